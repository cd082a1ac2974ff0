"""What the lesson on four pitfalls teaches."""

from typing import Any

import numpy as np
import pytest

Lesson = dict[str, Any]


def test_pulls_are_the_slopes(lesson: Lesson) -> None:
    z, step = lesson["z"], 1e-5
    for pull, loss in (
        (lesson["pull_entropy"], lambda s: np.log1p(np.exp(-s))),
        (lesson["pull_squared"], lambda s: (1 - 1 / (1 + np.exp(-s))) ** 2),
    ):
        assert pull == pytest.approx((loss(z - step) - loss(z + step)) / (2 * step), abs=1e-6)


def test_squared_error_is_stuck_under_sgd_at_the_rate_of_cross_entropy_only(lesson: Lesson) -> None:
    after = lesson["after"]
    assert after.loc["mean_squared_error", "SGD, rate 0.1"] < 0.8 < after.loc["binary_crossentropy", "SGD, rate 0.1"]
    assert after[["SGD, rate 10", "Adam, rate 0.1"]].min().min() > 0.85


def test_softmax_on_one_unit_answers_1(lesson: Lesson) -> None:
    assert np.all(lesson["answers"] == 1)
    assert lesson["accuracy"](lesson["softmax"]) == pytest.approx(lesson["y_test"].mean())


def test_accuracy_and_cost_choose_the_opposite(lesson: Lesson) -> None:
    choice, truth = lesson["choice"], lesson["died"][lesson["held"]]
    assert choice.loc["accuracy"].idxmax() == choice.loc["cost"].idxmax() == "no alarm"
    assert choice.loc["cost", "no alarm"] == 50 * truth.sum()


def test_the_network_went_back_to_its_best_weights(lesson: Lesson) -> None:
    record = lesson["record"]["val_loss"]
    truth = lesson["s_validation"][:, None]
    loss = lesson["keras"].losses.BinaryCrossentropy()(truth, lesson["network"](lesson["e_validation"]))
    assert float(loss) == pytest.approx(min(record), abs=1e-3)
    assert lesson["best"] < 20


def test_training_on_costs_log_loss_and_little_accuracy(lesson: Lesson) -> None:
    ignored, heeded = lesson["ignored"], lesson["heeded"]
    assert ignored[1] > 1.15 * heeded[1]
    assert ignored[0] == pytest.approx(heeded[0], abs=0.08)
    p, truth = np.asarray(lesson["network"](lesson["e_test"]))[:, 0], lesson["s_test"]
    sure_mistakes = ((p > 0.95) & (truth == 0)) | ((p < 0.05) & (truth == 1))
    assert heeded[2] == pytest.approx(100 * sure_mistakes.mean(), abs=0.1)
    assert ignored[2] > 1.5 * heeded[2]


def test_the_leak_is_in_the_added_column_alone(lesson: Lesson) -> None:
    assert not {"dvcat", "injSeverity", "dead", "weight"} & set(lesson["known"])
    assert lesson["aucs"]["leaky"] > 0.95
    assert lesson["aucs"]["honest"] < 0.8


def test_alone_only_the_leaking_column_knows_the_class(lesson: Lesson) -> None:
    alone = lesson["alone"].sort_values()
    assert alone.index[-1] == "injSeverity"
    assert alone.iloc[-1] > 0.95
    assert 0.5 <= alone.iloc[0] < alone.iloc[-2] < 0.75
