"""What the lesson on example models teaches."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

Lesson = dict[str, Any]
DOT = np.zeros((3, 3, 1, 4))
DOT[1, 1, 0] = 1  # a convolution that looks at its own pixel alone


def arounds_and_sizes(lesson: Lesson) -> Any:
    """For each way, whether it has a way around, and how large its start is."""
    return np.array([*lesson["ways"].values()]).T[..., None, None, None]


def test_the_costs_are_the_loss_that_keras_trains(lesson: Lesson) -> None:
    model, (_, _, (x, truth)) = lesson["unet"](skip=True), lesson["in_parts"](lesson["noisy"], lesson["ink"])
    model.compile(loss="binary_crossentropy")
    assert np.mean(lesson["costs"](model(x), truth)) == pytest.approx(model.evaluate(x, truth, verbose=0), rel=1e-4)


def test_a_step_is_that_of_fit(lesson: Lesson) -> None:
    (x, truth), *_ = lesson["in_parts"](lesson["moved"], lesson["even"])
    model, other = lesson["dense"](), lesson["dense"]()
    other.set_weights(model.get_weights())
    other.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    other.fit(x[:60], truth[:60], batch_size=60, shuffle=False, verbose=0)
    _, step = lesson["training_step"](model, model.trainable_variables, 0.01, x, truth)
    step(np.arange(60))
    for mine, theirs in zip(model.get_weights(), other.get_weights(), strict=True):
        assert np.allclose(mine, theirs, atol=1e-5)


def test_no_row_is_in_two_parts(lesson: Lesson) -> None:
    numbers = np.arange(len(lesson["even"]))
    parts = [rows for rows, _ in lesson["in_parts"](numbers, numbers)]
    assert sorted(np.concatenate(parts).tolist()) == numbers.tolist()


def test_a_moved_digit_gives_a_convolution_the_same_answer_moved(lesson: Lesson) -> None:
    keras.utils.set_random_seed(0)
    canvas = np.zeros((2, 12, 12, 1), dtype="float32")
    digit = lesson["digits"].images[0][..., None] / 16
    canvas[0, 2:10, 2:10], canvas[1, 4:12, 4:12] = digit, digit  # moved by 2 pixels
    here, there = np.array(lesson["sliding"](layers.Conv2D).layers[0](canvas))
    assert np.ptp(here) > 0.1
    assert np.allclose(here[:-2, :-2], there[2:, 2:], atol=1e-6)
    assert np.ptp(np.array(lesson["dense"]()(canvas))) > 1e-6


@pytest.mark.parametrize("around", [True, False])
def test_a_tower_side_by_side_is_one_of_keras(lesson: Lesson, around: bool) -> None:
    arounds, sizes = arounds_and_sizes(lesson)
    weights, x = lesson["first_weights"](3, sizes), lesson["x_others"][:5]
    image = keras.Input((64,))
    made = layers.Dense(16, activation="relu")(image)
    for _ in range(3):
        made = lesson["block"](made, 3) if around else layers.Dense(16, activation="relu")(made)
    tower = keras.Model(image, layers.Dense(1, activation="sigmoid")(made))
    rate, way, seed = 1, 0 if around else 1, 4
    first, first_bias, kernels, biases, last, last_bias = (each.numpy() for each in weights)
    parts = [(first, first_bias), *zip(kernels, biases, strict=True), (last, last_bias)]
    own = [part[rate, way, seed] for pair in parts for part in pair]
    tower.set_weights([each[0] if number % 2 else each for number, each in enumerate(own)])
    assert np.allclose(lesson["towers"](x, weights, arounds)[rate, way, seed], tower(x), atol=1e-6)


def test_all_rates_and_ways_begin_alike_and_the_larger_start_is_larger(lesson: Lesson) -> None:
    _, sizes = arounds_and_sizes(lesson)
    for number, each in enumerate(lesson["first_weights"](3, sizes)[::2]):
        rates, ways = (0, 1) if number != 1 else (1, 2)
        array = np.moveaxis(each.numpy(), (rates, ways), (0, 1))
        assert (array == array[:1]).all()
        assert np.allclose(array[:, 1], array[:, 0])
        assert np.allclose(array[:, 2], array[:, 0] * (2**0.5 if number == 1 else 1))


def test_validation_rows_choose_the_rate_and_the_look(lesson: Lesson) -> None:
    record, looks = lesson["record"], lesson["looks"]
    for epochs in (1, 4, 24):
        tries = record[: looks.index(epochs) + 1, :, 1, 3].reshape(-1, record.shape[-1])
        best = min(tries, key=lambda each: each[:300].mean())
        assert np.array_equal(lesson["chosen"](epochs)[1, 3], best[300:])


def test_with_and_without_the_detail_there_are_equally_many_weights(lesson: Lesson) -> None:
    kept, lost = lesson["unet"](skip=True), lesson["unet"](skip=False)
    assert kept.count_params() == lost.count_params()
    one = np.zeros((1, 12, 12, 1), dtype="float32")
    for model, same in ((kept, False), (lost, True)):
        model.layers[1].set_weights([DOT, np.zeros(4)])
        here, there = one.copy(), one.copy()
        here[0, 5, 5], there[0, 6, 6] = 1, 1  # in the same square of 4 by 4 pixels
        assert np.allclose(model(here), model(there)) == same


def test_each_table_compares_with_its_first_line(lesson: Lesson) -> None:
    for table in (lesson["by_layer"], lesson["by_pixel"], lesson["by_depth"].loc[24]):
        assert (table.iloc[0][["worse from", "to"]] == 0).all()
        assert (table["worse from"] <= table["to"]).all()
