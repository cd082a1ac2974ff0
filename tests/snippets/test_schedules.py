"""What the lesson on schedules teaches."""

from typing import Any

import keras
import numpy as np
import pytest

Lesson = dict[str, Any]


def test_shapes_begin_and_end_where_the_page_says(lesson: Lesson) -> None:
    shapes = lesson["shapes"]
    assert len(shapes) == lesson["steps"] == 600
    assert set(shapes["constant"]) == {1}
    assert sorted(set(shapes["steps"].round(6))) == [0.01, 0.1, 1]
    assert shapes["cosine"].is_monotonic_decreasing
    assert shapes["cosine"].iloc[300] == pytest.approx(0.5)
    assert shapes["warm-up, cosine"].iloc[0] == 0
    assert shapes["warm-up, cosine"].idxmax() == 60


@pytest.mark.parametrize(("patience", "factor"), [(1, 0.5), (2, 0.3), (3, 0.1)])
def test_plateau_does_what_the_callback_of_keras_does(lesson: Lesson, patience: int, factor: float) -> None:
    losses = [1, 0.9, 0.95, 0.91, 0.89995, 0.8, 0.85, 0.85, 0.85, 0.85, 0.7, 0.75, 0.75]
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(1.0), loss="mse")
    callback = keras.callbacks.ReduceLROnPlateau(factor=factor, patience=patience)
    callback.set_model(model)
    callback.on_train_begin()
    plateau = lesson["Plateau"]((1, 1), factor, patience)
    for epoch, loss in enumerate(losses):
        callback.on_epoch_end(epoch, {"val_loss": loss})
        assert plateau(np.array([[loss]]))[0, 0] == pytest.approx(float(model.optimizer.learning_rate), rel=1e-5)


def test_each_way_is_judged_at_its_own_rate_from_validation(lesson: Lesson) -> None:
    for name in lesson["ways"]:
        best = int(lesson["val"][name][-1].mean(axis=1).argmin())
        assert lesson["last"][name].tolist() == lesson["test"][name][-1, best].tolist()


def test_early_stopping_takes_the_epoch_from_validation(lesson: Lesson) -> None:
    val, test = lesson["val"]["constant"], lesson["test"]["constant"]
    peak = int(val.min(axis=0).mean(axis=1).argmin())
    for seed, loss in enumerate(lesson["stopped"]["constant"]):
        assert loss == test[int(val[:, peak, seed].argmin()), peak, seed]


def test_all_ways_begin_alike(lesson: Lesson) -> None:
    assert lesson["train"]["constant"][0] == pytest.approx(lesson["train"]["plateau"][0], abs=1e-4)


def test_a_schedule_counted_in_epochs_is_over_at_once(lesson: Lesson) -> None:
    assert float(keras.optimizers.schedules.CosineDecay(0.1, 5)(5)) == pytest.approx(0, abs=1e-9)
    assert lesson["updates"] == 5 * len(range(0, len(lesson["x_train"]), 64))


def test_errors_are_over_seeds_and_over_rows_of_the_same_difference(lesson: Lesson) -> None:
    difference = lesson["difference"]
    assert difference.shape == (8, 1001)
    assert difference.mean() == pytest.approx((lesson["last"]["cosine"] - lesson["last"]["constant"]).mean(), abs=1e-5)
    for luck, means in (("seeds", difference.mean(axis=1)), ("rows", difference.mean(axis=0))):
        assert lesson["errors"][luck] == pytest.approx(np.std(means, ddof=1) / len(means) ** 0.5)
