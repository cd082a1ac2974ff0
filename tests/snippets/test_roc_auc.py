"""What the lesson on ROC and AUC teaches."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import mannwhitneyu
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

Lesson = dict[str, Any]


def test_class_1_is_spam(lesson: Lesson) -> None:
    assert lesson["labels"].tolist() == lesson["emails"]["spam"].tolist()
    assert "spam" not in lesson["columns"].columns


def test_pairs_area_ranks_and_libraries_agree(lesson: Lesson) -> None:
    u = mannwhitneyu(lesson["spam_scores"], lesson["other_scores"]).statistic
    exact = u / lesson["differences"].size
    for name in ("by_pairs", "by_area", "by_ranks", "by_sklearn"):
        assert lesson[name] == pytest.approx(exact, abs=1e-9)


def test_the_curve_is_that_of_scikit_learn(lesson: Lesson) -> None:
    false, true, _ = roc_curve(lesson["y_test"], lesson["scores"], drop_intermediate=False)
    assert np.allclose(lesson["false_rate"], false)
    assert np.allclose(lesson["true_rate"], true)


def test_keras_comes_closer_with_more_thresholds(lesson: Lesson) -> None:
    table = lesson["by_keras"]
    errors = (table.scores.drop("exact") - table.scores["exact"]).abs().to_numpy()
    assert errors[-1] < 0.005
    assert np.all(np.diff(errors) < 0)


def test_crowding_changes_no_pair_and_misleads_keras(lesson: Lesson) -> None:
    table = lesson["by_keras"]
    assert np.all(np.diff(lesson["crowded"][np.argsort(lesson["scores"])]) >= 0)
    assert table.crowded["exact"] == pytest.approx(table.scores["exact"])
    assert table.crowded[200] < table.crowded["exact"] - 0.05


def test_the_auc_of_answers_is_the_balanced_accuracy(lesson: Lesson) -> None:
    truth, answers = lesson["y_test"], lesson["answers"]
    found, left_alone = answers[truth == 1].mean(), 1 - answers[truth == 0].mean()
    assert lesson["of_answers"] == pytest.approx((found + left_alone) / 2)
    assert lesson["of_answers"] < lesson["by_sklearn"] - 0.1


def test_rare_spam_leaves_the_auc_and_sinks_the_precision(lesson: Lesson) -> None:
    every, rare = lesson["shares"].iloc[0], lesson["shares"].iloc[1]
    assert rare["share of spam"] < 0.2 * every["share of spam"]
    assert rare["AUC"] == pytest.approx(every["AUC"], abs=0.02)
    assert rare["average precision"] < 0.6 * every["average precision"]
    assert rare["precision at 0.1"] < 0.4 * every["precision at 0.1"]


def test_average_precision_by_hand(lesson: Lesson) -> None:
    assert lesson["by_steps"] == pytest.approx(average_precision_score(lesson["y_test"], lesson["scores"]))
    small = np.array([0, 1, 1]), np.array([0.5, 0.9, 0.1])
    assert average_precision_score(*small) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert roc_auc_score(*small) == 0.5
