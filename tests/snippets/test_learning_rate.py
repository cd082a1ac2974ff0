"""What the lesson on the learning rate teaches."""

from typing import Any

import keras
import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss, recall_score

Lesson = dict[str, Any]


def test_class_1_is_spam_and_no_row_is_lost(lesson: Lesson) -> None:
    assert lesson["labels"].tolist() == lesson["emails"]["spam"].tolist()
    parts = [lesson[f"y_{name}"] for name in ("train", "validation", "test")]
    assert [len(part) for part in parts] == [1920, 1000, 1001]
    assert sum(part.sum() for part in parts) == lesson["labels"].sum()


def test_a_network_side_by_side_learns_what_it_learns_alone(lesson: Lesson) -> None:
    record, weights = lesson["train_together"](keras.optimizers.Adam, [0.001, 0.01], epochs=1)
    seed = 5
    model = lesson["new_network"](0)
    model.set_weights(lesson["first"][seed])
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.01))
    order = np.random.default_rng(seed).permutation(1920)
    x, y = lesson["x_train"][order], lesson["y_train"][order]
    loss = model.fit(x, y, batch_size=64, shuffle=False, verbose=0).history["loss"][0]
    assert record[0, 1, seed] == pytest.approx(loss, abs=1e-4)
    for together, alone in zip(weights, model.get_weights(), strict=True):
        assert together.numpy()[12 + seed] == pytest.approx(np.atleast_2d(alone), abs=1e-4)


def test_scores_are_those_of_scikit_learn(lesson: Lesson) -> None:
    _, weights = lesson["train_together"](keras.optimizers.Adam, [0.01], epochs=1)
    found = lesson["scores"](weights, lesson["x_test"], lesson["y_test"])
    model = lesson["new_network"](0)
    model.set_weights([part.numpy()[3].reshape(own.shape) for part, own in zip(weights, model.weights, strict=True)])
    probability = model.predict(lesson["x_test"], verbose=0)[:, 0].astype(float)
    truth = lesson["y_test"]
    assert found["loss"][0, 3] == pytest.approx(log_loss(truth, probability), abs=1e-4)
    assert found["accuracy"][0, 3] == pytest.approx(accuracy_score(truth, probability >= 0.5))
    assert found["recall"][0, 3] == pytest.approx(recall_score(truth, probability >= 0.5))


def test_the_valleys_lie_at_different_rates(lesson: Lesson) -> None:
    best = lesson["best"]
    assert best["Adam"] < best["SGD with momentum"] < best["SGD"]


def test_rates_are_chosen_on_validation_rows_and_judged_on_others(lesson: Lesson) -> None:
    for name, losses in lesson["reached"].items():
        at = int(np.nanargmin(lesson["validation"][name]["loss"].mean(axis=1)))
        assert losses.tolist() == lesson["test"][name]["loss"][at].tolist()


def test_adam_by_hand_is_keras(lesson: Lesson) -> None:
    assert lesson["by_hand"] == pytest.approx(lesson["weight"].numpy(), abs=1e-3)
    assert lesson["by_hand"] == pytest.approx([0.7, 0.7], abs=1e-3)


def test_differences_are_taken_within_each_seed(lesson: Lesson) -> None:
    losses = lesson["validation"]["Adam"]["loss"]
    rates = lesson["rates"]
    difference = losses[rates.index(0.1)] - losses[rates.index(0.01)]
    mean, error = lesson["paired"]["0.1 minus 0.01"]
    assert mean == pytest.approx(difference.mean())
    assert error == pytest.approx(difference.std(ddof=1) / np.sqrt(12))


def test_batches_are_compared_over_the_same_epochs(lesson: Lesson) -> None:
    assert lesson["by_size"].index.tolist() == [(size, 8 * (1920 // size)) for size in (16, 64, 256)]
    assert lesson["by_size"].loc[(64, 240), 1.0] == pytest.approx(lesson["valley"]["SGD"][1.0], abs=1e-6)


def test_a_rate_above_the_border_of_the_bowl_climbs(lesson: Lesson) -> None:
    for rate, path in lesson["paths"].items():
        walked = [2.0]
        for _ in range(6):
            walked.append(walked[-1] - rate * 2 * walked[-1])
        assert path == pytest.approx(walked)
        assert (abs(path[-1]) > 2) == (rate > 1)


def test_momentum_acts_as_a_rate_ten_times_as_high(lesson: Lesson) -> None:
    rates, valley = lesson["rates"], lesson["valley"]
    for rate, tenfold in ((0.001, 0.01), (0.01, 0.1), (0.03, 0.3), (0.1, 1.0)):
        assert rates.index(tenfold) == rates.index(rate) + 2
        assert valley["SGD with momentum"][rate] == pytest.approx(valley["SGD"][tenfold], rel=0.1)
