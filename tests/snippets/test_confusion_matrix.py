"""What the lesson on the confusion matrix teaches."""

from typing import Any

import matplotlib.pyplot as plt
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


@pytest.mark.parametrize("matrix", [[[3, 1], [2, 4]], [[90, 10], [1, 1]]])
def test_the_picture_has_each_count_in_its_place(lesson: Lesson, matrix: list[list[int]]) -> None:
    plt.close("all")
    lesson["draw"](np.array(matrix), ["zero", "one"])
    axes = plt.gca()
    texts = {(text.get_position()): text.get_text().split("\n")[0] for text in axes.texts}
    assert texts == {(c + 0.5, r + 0.5): str(matrix[r][c]) for r in range(2) for c in range(2)}
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("answer", "truth")
    assert axes.yaxis_inverted()
    plt.close("all")
