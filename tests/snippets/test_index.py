"""What the home page's filter and its lever's data are, held against the run."""

import re
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix


def test_the_filter_is_asked_about_messages_that_it_has_not_seen(lesson: dict[str, Any]) -> None:
    seen, asked = ({" ".join(text.casefold().split()) for text in lesson[part].text} for part in ("train", "test"))
    assert len(asked) == len(lesson["test"]) == len(lesson["scores"]) == 2000
    assert not seen & asked


def test_the_counts_at_one_half(lesson: dict[str, Any]) -> None:
    answers = lesson["scores"] >= 0.5
    table = [[lesson["left"], lesson["alarms"]], [lesson["missed"], lesson["caught"]]]
    assert table == confusion_matrix(lesson["test"].spam, answers).tolist()
    assert lesson["right"] == accuracy_score(lesson["test"].spam, answers)


@pytest.mark.parametrize("line", range(101))
def test_the_bins_count_as_the_literal_threshold_does(lesson: dict[str, Any], line: int) -> None:
    """Also for a score that lies on a line, and just beside it."""
    scores = lesson["scores"]
    counts = lesson["lever"]["counts"]
    literal = eval(f"{line / 100:.2f}")
    for truth in (0, 1):
        reached = int((scores[lesson["test"].spam == truth] >= literal).sum())
        assert sum(counts[truth][line:]) == reached
    near = np.array([np.nextafter(literal, 0), literal, np.nextafter(literal, 1)])
    bins = np.searchsorted(lesson["lines"], near, side="right") - 1
    assert ((bins >= line) == (near >= literal)).all()


def test_the_task_can_be_solved_and_not_by_chance(lesson: dict[str, Any]) -> None:
    task = lesson["lever"]["task"]
    truth, scores = lesson["test"].spam.to_numpy(), lesson["scores"]
    solved = [
        line
        for line in lesson["lines"]
        if (scores[truth == 1] >= line).mean() >= task["caught"] and (scores[truth == 0] >= line).sum() < task["alarms"]
    ]
    assert solved == lesson["solutions"]
    assert 2 <= len(solved) <= 15


def test_the_messages_are_the_test_sets_own_in_their_hundredths(lesson: dict[str, Any]) -> None:
    for truth, mail in enumerate(lesson["lever"]["mail"]):
        texts = lesson["test"].text[lesson["test"].spam == truth]
        begins = {lesson["short"](text) for text in texts}
        at = [hundredth for hundredth, _ in mail]
        assert at == sorted(set(at))
        assert {text for _, text in mail} <= begins
        assert set(at) <= set(lesson["of_class"][truth].tolist())


def test_no_telephone_number_and_nothing_that_is_not_for_all(lesson: dict[str, Any]) -> None:
    for mail in lesson["lever"]["mail"]:
        for _, text in mail:
            assert len(text) <= 52
            assert not re.search(r"\d{5}|&\w+;", text)
            assert not re.search("sex|xxx|porn|horny|erotic", text, re.IGNORECASE)


def test_the_filter_that_never_says_spam(lesson: dict[str, Any]) -> None:
    assert lesson["recall"] == 0
    assert lesson["accuracy"] == pytest.approx(1 - lesson["test"].spam.mean())
