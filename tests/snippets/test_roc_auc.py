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
    assert table.crowded["200 thresholds"] < table.crowded["exact"] - 0.05


def test_the_auc_of_answers_is_the_balanced_accuracy(lesson: Lesson) -> None:
    truth, answers = lesson["y_test"], lesson["answers"]
    found, left_alone = answers[truth == 1].mean(), 1 - answers[truth == 0].mean()
    assert lesson["of_answers"] == pytest.approx((found + left_alone) / 2)
    assert lesson["of_answers"] < lesson["by_sklearn"] - 0.1


def test_the_interval_holds_the_auc_and_rests_on_the_rarer_class(lesson: Lesson) -> None:
    low, high = lesson["auc_range"]
    assert low < lesson["by_sklearn"] < high
    truth, scores = lesson["with_rare_spam"]()
    rare_low, rare_high = lesson["interval"](roc_auc_score, truth, scores, draws=50)
    assert rare_high - rare_low > 1.5 * (high - low)


def test_the_point_is_chosen_on_one_half_and_told_of_the_other(lesson: Lesson) -> None:
    here, there = (np.arange(len(lesson["y_test"]))[lesson[part]] for part in ("here", "there"))
    assert sorted([*here, *there]) == list(range(len(lesson["y_test"])))
    others = lesson["scores"][here][lesson["y_test"][here] == 0]
    assert np.mean(others >= lesson["limit"]) == pytest.approx(0.05, abs=0.002)


def test_equal_areas_of_curves_that_cross(lesson: Lesson) -> None:
    curves = [roc_curve(lesson["y_test"], order) for order in lesson["orders"].values()]
    areas = [np.trapezoid(true, false) for false, true, _ in curves]
    assert areas[0] == pytest.approx(areas[1], abs=0.03)
    at = np.linspace(0, 1, 101)
    sent, short = (np.interp(at, false, true) for false, true, _ in curves)
    assert short[10] > sent[10] + 0.1
    assert (sent > short + 0.02).any()


def test_rare_spam_leaves_the_mean_auc_and_sinks_the_precision(lesson: Lesson) -> None:
    every, rare = lesson["shares"].loc["all spam"], lesson["shares"].loc["rare: mean"]
    assert rare["AUC"] == pytest.approx(every["AUC"], abs=0.02)
    assert lesson["rare"].AUC.max() - lesson["rare"].AUC.min() > 0.07
    assert rare["average precision"] < 0.6 * every["average precision"]
    assert rare["precision at 0.1"] < 0.4 * every["precision at 0.1"]
    truth, scores = lesson["with_rare_spam"]()
    assert truth.sum() == 20
    assert set(scores[truth == 1]) <= set(lesson["spam_scores"])


def test_average_precision_by_hand(lesson: Lesson) -> None:
    assert lesson["by_steps"] == pytest.approx(average_precision_score(lesson["y_test"], lesson["scores"]))
    small = np.array([0, 1, 1]), np.array([0.5, 0.9, 0.1])
    assert average_precision_score(*small) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert roc_auc_score(*small) == 0.5
