"""What the lesson on choosing a metric teaches."""

from typing import Any

import numpy as np
import pytest

Lesson = dict[str, Any]


def rank_auc(truth: np.ndarray, scores: np.ndarray) -> float:
    """The share of (died, survived) pairs in the right order, a tie counting half: by its definition."""
    died, survived = scores[truth == 1], np.sort(scores[truth == 0])
    below = np.searchsorted(survived, died, side="left")
    not_above = np.searchsorted(survived, died, side="right")
    return float((below + not_above).sum() / (2 * len(died) * len(survived)))


def test_class_1_is_died_among_the_belted(lesson: Lesson) -> None:
    people, died = lesson["people"], lesson["died"]
    assert set(lesson["belted"]["seatbelt"]) == {"belted"}
    assert (people.loc[died.index[died == 1], "dead"] == "dead").all()
    assert (len(died), died.sum()) == (18_572, 500)  # 18,573 belted, one of them without a model year


def test_neither_the_answer_nor_the_weights_are_features(lesson: Lesson) -> None:
    features = lesson["features"]
    assert not {"injSeverity", "weight", "dead", "caseid", "rownames"} & set(features.columns)
    assert np.isfinite(features.to_numpy()).all()
    codes = dict(zip(lesson["belted"]["dvcat"], features["speed"], strict=True))
    assert codes == {"1-9km/h": 0, "10-24": 1, "25-39": 2, "40-54": 3, "55+": 4}


def test_no_car_is_on_both_sides(lesson: Lesson) -> None:
    car, in_train, in_test = lesson["car"], lesson["in_train"], lesson["in_test"]
    assert not set(car[in_train]) & set(car[in_test])
    assert (in_train ^ in_test).all()
    assert lesson["y_train"].mean() == pytest.approx(lesson["y_test"].mean(), abs=0.004)


def test_accuracy_of_every_run_is_that_of_never_looking(lesson: Lesson) -> None:
    lazy = np.mean(lesson["y_test"] == 0)
    for run in lesson["runs"]:
        right = (run > 0.5) == lesson["y_test"]
        assert right.mean() == pytest.approx(lazy, abs=0.005)
        assert (run > 0.5)[lesson["y_test"] == 1].mean() < 0.15


def test_ranking_is_good_all_the_same(lesson: Lesson) -> None:
    for run, auc in zip(lesson["runs"], lesson["aucs"], strict=True):
        assert auc == pytest.approx(rank_auc(lesson["y_test"], run), abs=1e-9)
        assert 0.88 < auc < 0.95


def test_by_answers_on_a_case_done_by_hand(lesson: Lesson) -> None:
    truth = lesson["y_test"]
    perfect = lesson["by_answers"](truth.astype(float), 0.5)
    assert perfect == {"accuracy": 1, "precision": 1, "recall": 1}
    everyone = lesson["by_answers"](np.ones(len(truth)), 0.5)
    assert everyone["accuracy"] == everyone["precision"] == pytest.approx(truth.mean())
    assert everyone["recall"] == 1


def test_lazy_answers_meet_at_one_half_only(lesson: Lesson) -> None:
    rng = np.random.default_rng(0)
    for share in (0.5, lesson["base_rate"]):
        truth, guess = rng.random((2, 200_000)) < share
        by_formula = share**2 + (1 - share) ** 2
        assert (truth == guess).mean() == pytest.approx(by_formula, abs=0.01)
        assert (by_formula == pytest.approx(0.5)) == (share == 0.5)


def test_accuracy_of_a_coin_and_nearly_all_deaths_found(lesson: Lesson) -> None:
    assert 0.48 < lesson["half"]["accuracy"] < 0.58
    assert lesson["half"]["recall"] > 0.9


def test_cost_counts_each_miss_twenty_times(lesson: Lesson) -> None:
    truth, cost = lesson["y_test"], lesson["cost"]
    assert cost(truth) == 0
    assert cost(np.zeros(len(truth))) == 20 * truth.sum()
    assert cost(np.ones(len(truth))) == (truth == 0).sum()


def test_threshold_is_where_the_two_costs_are_equal(lesson: Lesson) -> None:
    threshold = lesson["threshold"]
    assert lesson["miss_costs"] * threshold == pytest.approx(1 - threshold)
    plain, cost = lesson["plain"], lesson["cost"]
    assert cost(plain > threshold) < 0.65 * cost(plain > 0.5)
    best = min(cost(plain > t) for t in np.geomspace(0.005, 0.5, 100))
    assert cost(plain > threshold) < 1.15 * best


def test_class_weights_change_decisions_and_not_the_ranking(lesson: Lesson) -> None:
    assert lesson["ratio"] == pytest.approx((lesson["y_train"] == 0).sum() / lesson["y_train"].sum())
    assert lesson["by_answers"](lesson["weighted"], 0.5)["recall"] > 0.75
    assert rank_auc(lesson["y_test"], lesson["weighted"]) == pytest.approx(np.mean(lesson["aucs"]), abs=0.015)


def test_class_weights_wreck_calibration(lesson: Lesson) -> None:
    truth = lesson["y_test"]
    assert lesson["weighted"].mean() > 6 * truth.mean()
    assert lesson["plain"].mean() == pytest.approx(truth.mean(), abs=0.006)
    assert np.mean((lesson["weighted"] - truth) ** 2) > 3 * truth.mean() * (1 - truth.mean())


def test_undoing_the_weights_divides_the_odds_and_mends(lesson: Lesson) -> None:
    weighted, mended, truth = (lesson[name].astype(float) for name in ("weighted", "mended", "y_test"))
    odds = weighted / (1 - weighted) / lesson["ratio"]
    assert mended == pytest.approx(odds / (1 + odds), rel=1e-3)
    assert mended.mean() == pytest.approx(truth.mean(), abs=0.006)
    assert np.mean((mended - truth) ** 2) == pytest.approx(np.mean((lesson["plain"] - truth) ** 2), abs=0.002)


def test_keras_and_scikit_learn_agree(lesson: Lesson) -> None:
    gap = (lesson["agreement"]["Keras"] - lesson["agreement"]["scikit-learn"]).abs()
    assert set(lesson["by_keras"]) == set(lesson["by_sklearn"])
    assert gap.drop(["average precision", "ROC AUC (coarse)"]).max() < 5e-4
    assert gap["average precision"] < 0.015


def test_200_thresholds_are_coarse_where_scores_crowd(lesson: Lesson) -> None:
    plain, auc = lesson["plain"], rank_auc(lesson["y_test"], lesson["plain"])
    assert np.mean(plain < 1 / 199) > 0.3
    assert abs(lesson["by_keras"]["ROC AUC (coarse)"] - auc) > 5 * abs(lesson["by_keras"]["ROC AUC"] - auc)


def test_labels_in_place_of_scores_ruin_an_auc(lesson: Lesson) -> None:
    labels = (lesson["plain"] > 0.5).astype(float)
    assert lesson["from_answers"] == pytest.approx(rank_auc(lesson["y_test"], labels))
    assert lesson["from_answers"] < 0.6 < 0.88 < lesson["from_scores"]
