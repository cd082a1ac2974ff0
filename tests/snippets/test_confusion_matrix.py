"""What the lesson on the confusion matrix teaches."""

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

Lesson = dict[str, Any]


def test_the_published_matrix(lesson: Lesson) -> None:
    truth, answers = lesson["truth"], lesson["answers"]
    assert lesson["accuracy"] == pytest.approx(np.mean(truth == answers)) == pytest.approx(0.85)
    assert lesson["precision"] == pytest.approx(precision_score(truth, answers)) == pytest.approx(0.909, abs=5e-4)
    assert lesson["recall"] == pytest.approx(recall_score(truth, answers)) == pytest.approx(0.833, abs=5e-4)
    assert lesson["f1"] == pytest.approx(f1_score(truth, answers)) == pytest.approx(0.870, abs=5e-4)


def test_class_1_is_spam(lesson: Lesson) -> None:
    assert lesson["labels"].tolist() == lesson["emails"]["spam"].tolist()
    assert lesson["labelled"].index[1] == "truly spam (1)"


def test_all_libraries_count_the_same(lesson: Lesson) -> None:
    counted = [0, 0, 0, 0]
    for truth, answer in zip(lesson["y_test"], lesson["called_spam"], strict=True):
        counted[2 * truth + answer] += 1
    assert counted == [int(number) for number in lesson["by_hand"].values()] == lesson["by_keras"]
    assert lesson["by_sklearn"].tolist() == lesson["by_tensorflow"].tolist() == [counted[:2], counted[2:]]


def test_swapping_truth_and_answers_flips_the_matrix(lesson: Lesson) -> None:
    assert lesson["swapped"].tolist() == lesson["by_sklearn"].T.tolist()
    (_, fp), (fn, tp) = lesson["by_sklearn"]
    assert tp / (tp + fp) != pytest.approx(tp / (tp + fn), abs=0.1)


def test_the_first_row_is_no_recall_of_class_1(lesson: Lesson) -> None:
    assert lesson["wrong_recall"] == pytest.approx(recall_score(lesson["y_test"], lesson["called_spam"], pos_label=0))


def test_rates_are_those_of_scikit_learn(lesson: Lesson) -> None:
    truth, called, rates = lesson["y_test"], lesson["called_spam"], lesson["rates"]
    assert rates["recall (true positive rate)"] == pytest.approx(recall_score(truth, called))
    assert rates["specificity"] == pytest.approx(recall_score(truth, called, pos_label=0))
    assert rates["miss rate"] == pytest.approx(1 - rates["recall (true positive rate)"])
    assert rates["false positive rate"] == pytest.approx(1 - rates["specificity"])


def test_the_picture_has_the_shares_of_each_row_at_both_thresholds(lesson: Lesson) -> None:
    for panel, threshold in zip(lesson["panels"], (0.5, 0.1), strict=True):
        texts = {tuple(text.get_position()): text.get_text() for text in panel.texts}
        called = lesson["scores"] >= threshold
        shares = {(c, t): np.mean(called[lesson["y_test"] == t] == c) for c in (0, 1) for t in (0, 1)}
        assert texts == {place: f"{share:.1%}" for place, share in shares.items()}
        assert (panel.get_xlabel(), panel.get_ylabel()) == ("answer", "truth")


def test_counts_add_up_over_batches_and_rates_do_not(lesson: Lesson) -> None:
    right, alarms = lesson["counted"]
    assert right / alarms == pytest.approx(precision_score(lesson["y_test"], lesson["called_spam"]))
    assert np.mean(lesson["by_batch"]) != pytest.approx(right / alarms, abs=0.02)
