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


def test_no_row_is_in_two_parts(lesson: Lesson) -> None:
    assert [[len(y) for _, y in of] for of in lesson["sets"].values()] == [[1920, 1000, 1001], [7680, 1000, 4000]]
    assert lesson["sets"]["diamonds"][0][1].mean() == pytest.approx(lesson["dear"].mean(), abs=1e-3)
    assert ((lesson["diamonds"]["price"] > 2400) == lesson["dear"]).all()


def test_a_network_side_by_side_learns_what_keras_trains_alone(lesson: Lesson) -> None:
    x, y = lesson["sets"]["e-mails"][0]
    model = lesson["network"](x.shape[1], 3)
    optimizer = keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 600), momentum=0.9)
    model.compile(loss="binary_crossentropy", optimizer=optimizer)
    order = np.random.default_rng(3).permutation(len(x))
    history = model.fit(x[order], y[order], batch_size=64, shuffle=False, verbose=0).history
    way, peak = lesson["ways"].index("cosine"), lesson["peaks"].index(0.1)
    assert lesson["train"]["e-mails"][0, way, peak, 3] == pytest.approx(history["loss"][0], abs=1e-3)
    x, y = lesson["sets"]["e-mails"][1]
    loss = model.evaluate(x, y, verbose=0)
    assert lesson["val"]["e-mails"][0, way, peak, 3] == pytest.approx(loss, abs=1e-3)


@pytest.mark.parametrize("name", ["e-mails", "diamonds"])
@pytest.mark.parametrize("stopped", [False, True])
def test_rates_and_checks_are_chosen_on_validation_and_judged_on_test(lesson: Lesson, name: str, stopped: bool) -> None:
    for at, way in enumerate(lesson["ways"]):
        val, test = lesson["val"][name][:, at], lesson["test"][name][:, at]
        rate, losses = lesson["kept"](name, way, stopped)
        scores = val.min(axis=0) if stopped else val[-1]
        best = int(scores.mean(axis=1).argmin())
        assert rate == lesson["peaks"][best]
        for seed in range(lesson["seeds"]):
            check = int(val[:, best, seed].argmin()) if stopped else -1
            assert losses[seed].tolist() == test[check, best, seed].tolist()


def test_step_decay_is_the_constant_rate_until_half(lesson: Lesson) -> None:
    for val in lesson["val"].values():
        assert val[:10, 0, :4] == pytest.approx(val[:10, 1, :4], rel=1e-3)
        assert val[11, 0, 3] != pytest.approx(val[11, 1, 3], rel=1e-3)


def test_a_schedule_counted_in_epochs_is_over_at_once(lesson: Lesson) -> None:
    assert float(keras.optimizers.schedules.CosineDecay(0.1, 5)(5)) == pytest.approx(0, abs=1e-9)
    assert lesson["updates"] == 5 * len(range(0, len(lesson["x_train"]), 64))


def test_the_interval_has_both_kinds_of_luck_in_it(lesson: Lesson) -> None:
    base, cosine = (lesson["kept"]("diamonds", way, False)[1] for way in ("constant", "cosine"))
    difference = cosine - base
    assert difference.shape == (8, 4000)
    seeds = difference.mean(axis=1).std(ddof=1) / 8**0.5
    rows = difference.mean(axis=0).std(ddof=1) / 4000**0.5
    mean, margin = lesson["found"]["diamonds", "cosine", False]
    assert mean == pytest.approx(100 * difference.mean() / base.mean())
    assert margin == pytest.approx(200 * np.hypot(seeds, rows) / base.mean(), rel=1e-4)
