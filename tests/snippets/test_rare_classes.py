"""What the lesson on rare classes teaches."""

from typing import Any

import numpy as np
import pytest
from sklearn import metrics

Lesson = dict[str, Any]


def test_class_1_has_the_policy(lesson: Lesson) -> None:
    assert (lesson["customers"]["Purchase"][lesson["bought"] == 1] == "Yes").all()
    assert (len(lesson["bought"]), lesson["bought"].sum()) == (5822, 348)
    assert lesson["features"].shape[1] == 85


def test_lazy_answers_by_balanced_accuracy_and_correlation(lesson: Lesson) -> None:
    truth, scores = lesson["y_test"], lesson["plain"]
    answers = scores > lesson["y_train"].mean()
    recalls = answers[truth == 1].mean(), 1 - answers[truth == 0].mean()
    row = lesson["table"].iloc[3]
    assert row["balanced accuracy"] == pytest.approx(np.mean(recalls))
    assert row["MCC"] == pytest.approx(np.corrcoef(truth, answers)[0, 1])
    assert lesson["table"].loc[["never", "always"], "MCC"].tolist() == [0, 0]


def test_precision_at_k_by_hand(lesson: Lesson) -> None:
    truth, scores = np.array([0, 1, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1])
    assert lesson["precision_at"](1, truth, scores) == 0
    assert lesson["precision_at"](3, truth, scores) == pytest.approx(2 / 3)


def test_keras_divides_the_weighted_costs_by_the_rows(lesson: Lesson) -> None:
    assert lesson["record"].history["loss"][0] == pytest.approx(lesson["costs"].mean(), abs=1e-3)


def test_resampled_rows_are_even_and_from_training(lesson: Lesson) -> None:
    truth, ones = lesson["y_train"], lesson["ones"]
    assert truth[lesson["more"]].mean() == truth[lesson["fewer"]].mean() == 0.5
    assert len(set(lesson["fewer"])) == len(lesson["fewer"]) == 2 * len(ones)
    assert set(np.flatnonzero(truth == 0)) <= set(lesson["more"])


def test_weights_move_probabilities_and_undoing_brings_them_back(lesson: Lesson) -> None:
    truth, ratio = lesson["y_test"], lesson["ratio"]
    for name, scores in lesson["ways"].items():
        if name == "plain":
            continue
        undone = lesson["undo"](scores, ratio)
        odds = scores / (1 - scores) / ratio
        assert undone == pytest.approx(odds / (1 + odds))
        assert scores.mean() > 5 * truth.mean()
        assert undone.mean() == pytest.approx(truth.mean(), abs=0.015)
        assert metrics.roc_auc_score(truth, undone) == pytest.approx(metrics.roc_auc_score(truth, scores))


def test_evened_test_rows_flatter(lesson: Lesson) -> None:
    assert lesson["y_test"][lesson["half"]].mean() == 0.5
    assert lesson["evened"] > 3 * lesson["as_it_is"]
