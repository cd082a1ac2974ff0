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
    died = lesson["died"]
    assert set(lesson["belted"]["seatbelt"]) == {"belted"}
    assert (lesson["belted"]["dead"][died == 1] == "dead").all()
    assert (len(died), died.sum()) == (18_572, 500)  # 18,573 belted, one of them without a model year


def test_no_car_is_on_both_sides(lesson: Lesson) -> None:
    car, train, test = lesson["car"], lesson["train"], lesson["test"]
    assert not set(car[train]) & set(car[test])
    assert len(train) + len(test) == len(car)


def test_accuracy_is_that_of_never_looking(lesson: Lesson) -> None:
    right = (lesson["scores"] > 0.5) == lesson["y_test"]
    assert right.mean() == pytest.approx(np.mean(lesson["y_test"] == 0), abs=0.005)


def test_two_worlds_with_the_accuracy_and_the_recall_of_the_question(lesson: Lesson) -> None:
    worlds = lesson["worlds"]
    found, missed, false_alarms = worlds["found"], worlds["missed"], worlds["false alarms"]
    assert (1000 - missed - false_alarms).tolist() == pytest.approx([980, 980])
    assert (found / (found + missed)).tolist() == pytest.approx([0.12, 0.12])
    assert worlds["precision"].tolist() == pytest.approx([3 / 31, 0.5])


def test_saved_cost_is_that_of_no_alarm_minus_that_of_the_alarms(lesson: Lesson) -> None:
    truth, scores, threshold = lesson["y_test"], lesson["scores"], lesson["threshold"]
    alarm = scores > threshold
    cost = 20 * np.sum(~alarm & (truth == 1)) + np.sum(alarm & (truth == 0))
    assert lesson["saved"](truth, scores) * len(truth) == pytest.approx(20 * truth.sum() - cost)
    assert 20 * threshold == pytest.approx(1 - threshold)


def test_five_questions(lesson: Lesson) -> None:
    answers = lesson["answers"]
    assert ((answers["from"] < answers["score"]) & (answers["score"] < answers["to"])).all()
    assert answers["score"].iloc[0] == pytest.approx(rank_auc(lesson["y_test"], lesson["scores"]))
    assert answers["from"].iloc[3] > 0


def test_each_metric_chooses_another(lesson: Lesson) -> None:
    choice = lesson["choice"]
    assert choice["accuracy"].idxmax() == "never"
    assert choice["recall"].idxmax() == "age, in hundreds of years"
    assert choice["cost saved in 1,000"].idxmax() == choice["Brier score"].idxmin() == "the network"
    assert choice.loc["the network", "ROC AUC"] == choice.loc["its probabilities, doubled", "ROC AUC"]


def test_keras_and_scikit_learn_agree(lesson: Lesson) -> None:
    gap = (lesson["agreement"]["Keras"] - lesson["agreement"]["scikit-learn"]).abs()
    assert gap.drop("average precision").max() < 5e-4
    assert gap["average precision"] < 0.015


def test_labels_in_place_of_scores_ruin_an_auc(lesson: Lesson) -> None:
    labels = (lesson["scores"] > 0.5).astype(float)
    assert lesson["from_answers"] == pytest.approx(rank_auc(lesson["y_test"], labels))
    assert lesson["from_answers"] < 0.53 < 0.63 < lesson["from_scores"]
