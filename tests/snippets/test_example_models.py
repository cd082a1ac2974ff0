"""What the lesson on example models teaches."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

Lesson = dict[str, Any]


def test_the_row_losses_are_the_loss_that_was_trained(lesson: Lesson) -> None:
    model, (_, _, (x, truth)) = lesson["unet"](skip=True), lesson["in_parts"](lesson["noisy"], lesson["ink"])
    model.compile(loss="binary_crossentropy")
    losses = lesson["row_losses"](model, x, truth)
    assert losses.shape == (len(x),)
    assert losses.mean() == pytest.approx(model.evaluate(x, truth, verbose=0), rel=1e-4)


def test_no_row_is_in_two_parts(lesson: Lesson) -> None:
    numbers = np.arange(len(lesson["even"]))
    parts = [rows for rows, _ in lesson["in_parts"](numbers, numbers)]
    assert sorted(np.concatenate(parts).tolist()) == numbers.tolist()


def test_a_moved_digit_gives_a_convolution_the_same_answer_moved(lesson: Lesson) -> None:
    keras.utils.set_random_seed(0)
    canvas = np.zeros((2, 16, 16, 1), dtype="float32")
    digit = lesson["digits"].images[0][..., None] / 16
    canvas[0, 2:10, 2:10], canvas[1, 4:12, 6:14] = digit, digit  # moved by 2 and 4 pixels, both even
    here, there = np.array(lesson["sliding"](layers.Conv2D).layers[0](canvas))
    assert np.ptp(here) > 0.1
    assert np.allclose(here[:-2, :-4], there[2:, 4:], atol=1e-6)
    assert np.ptp(np.array(lesson["dense"]()(canvas))) > 1e-6


@pytest.mark.parametrize("around", [True, False])
def test_where_nothing_should_change_the_way_around_has_only_to_learn_0(lesson: Lesson, around: bool) -> None:
    stack = lesson["Stack"](3, around, 1)
    x = np.ones((1, 32), dtype="float32")
    stack(x)
    stack.set_weights([np.zeros_like(each) for each in stack.get_weights()])
    assert np.array_equal(stack(x), x if around else 0 * x)


def test_without_the_skip_connection_the_detail_is_lost(lesson: Lesson) -> None:
    # The same 4 by 4 square after its first convolution, so that only the pooling can tell the two apart.
    names = [each.name for each in lesson["unet"](skip=False).layers]
    assert not [name for name in names if "concatenate" in name]
    assert [type(each) for each in lesson["unet"](skip=True).layers].count(layers.Concatenate) == 1


@pytest.mark.parametrize("wide", [True, False])
def test_the_wide_part_is_one_weight_for_each_pair(lesson: Lesson, wide: bool) -> None:
    tables = [tuple(each.shape) for each in lesson["film_model"](wide).weights if "embedding" in each.path]
    users, films, pairs = lesson["counts"]
    assert tables == [(users, 8), (films, 8), (pairs, 1)][: 2 + wide]


def test_each_table_compares_with_its_first_line(lesson: Lesson) -> None:
    for name in ("by_layer", "by_depth", "by_pixel", "by_film"):
        assert (lesson[name].iloc[0][["worse from", "to"]] == 0).all()
        assert (lesson[name]["worse from"] <= lesson[name]["to"]).all()
