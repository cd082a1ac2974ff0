"""What the lesson on example models teaches."""

from typing import Any

import keras
import numpy as np
import pytest

Lesson = dict[str, Any]


def test_each_model_answers_with_probabilities(lesson: Lesson) -> None:
    for model in lesson["models"]:
        inputs = [np.ones((2, *each.shape[1:]), dtype=each.dtype) for each in model.inputs]
        answer = np.asarray(model(inputs if len(inputs) > 1 else inputs[0]))
        assert answer.shape == (2, 32, 32, 1) if model is lesson["unet"] else (2, 1)
        assert np.all((answer > 0) & (answer < 1))


def test_lenets_parameters_by_hand(lesson: Lesson) -> None:
    counts = [layer.count_params() for layer in lesson["lenet"].layers if layer.count_params()]
    assert counts[:2] == [lesson["by_hand"]["first convolution"], lesson["by_hand"]["second convolution"]]
    assert sum(counts[2:]) == lesson["by_hand"]["dense layers"]


@pytest.mark.parametrize("channels", [8, 16])
def test_a_residual_block_with_no_change_passes_its_input(lesson: Lesson, channels: int) -> None:
    image = keras.Input(shape=(4, 4, 8))
    model = keras.Model(image, lesson["residual_block"](image, channels))
    assert model.output.shape == (None, 4, 4, channels)
    if channels == 8:
        model.set_weights([np.zeros_like(each) for each in model.get_weights()])
        x = np.random.default_rng(0).uniform(size=(1, 4, 4, 8)).astype("float32")
        assert np.allclose(model(x), x)


def test_the_gradient_of_the_plain_stack_vanishes(lesson: Lesson) -> None:
    assert lesson["plain"][-1] < 1e-3 * lesson["skipping"][-1]
    assert lesson["skipping"][-1] > 0.005 * lesson["skipping"][0]


def test_a_separable_convolution_is_its_two_parts(lesson: Lesson) -> None:
    depthwise, pointwise = (tuple(each.shape) for each in lesson["separable"].weights)
    assert depthwise == (3, 3, 64, 1)
    assert pointwise == (1, 1, 64, 128)


def test_without_the_skip_connection_the_detail_is_lost(lesson: Lesson) -> None:
    here, there = lesson["here"], lesson["there"]
    assert not np.array_equal(here, there)
    assert np.array_equal(lesson["without_skip"](here), lesson["without_skip"](there))
    assert not np.allclose(lesson["unet"](here), lesson["unet"](there), atol=1e-5)


def test_lenets_convolution_moves_with_the_stroke(lesson: Lesson) -> None:
    assert not np.array_equal(lesson["stroke"], lesson["moved_stroke"])
    assert np.ptp(lesson["answer"]) > 0.1
    assert lesson["same"]


def test_larger_first_weights_help_the_plain_stack_too(lesson: Lesson) -> None:
    assert lesson["better"] > 1000 * lesson["plain"][-1]


def test_both_tables_of_the_encoder_can_learn(lesson: Lesson) -> None:
    tables = [tuple(each.shape) for each in lesson["encoder"].trainable_weights if "embedding" in each.path]
    assert tables == [(2000, 8), (32, 8)]


def test_a_box_for_each_step_and_a_thick_one_where_ways_meet(lesson: Lesson) -> None:
    joins = {}
    for model, panel in zip(lesson["models"], lesson["panels"].flat, strict=True):
        names = [text.get_text() for text in panel.texts if text.get_text()]
        assert len(names) == len(panel.patches) == len(keras.Model(model.inputs, model.outputs).operations)
        joins[model.name] = [name for name, box in zip(names, panel.patches, strict=True) if box.get_linewidth() > 2]
    assert joins == {
        "lenet": [],
        "resnet": ["Add"] * 3,
        "encoder": ["Add"] * 3,
        "mobilenet": [],
        "unet": ["Concatenate"],
        "wide_deep": ["Concatenate"],
    }


def test_an_arrow_for_each_link(lesson: Lesson) -> None:
    arrows = {
        model.name: sum(not text.get_text() for text in panel.texts)
        for model, panel in zip(lesson["models"], lesson["panels"].flat, strict=True)
    }
    # a chain of n boxes has n - 1; each join adds one, each second beginning takes one
    assert arrows == {"lenet": 8, "resnet": 20, "encoder": 17, "mobilenet": 8, "unet": 7, "wide_deep": 5}


def test_attention_makes_the_order_of_words_matter(lesson: Lesson) -> None:
    words = np.arange(1, 33)[None, :]
    assert not np.allclose(lesson["encoder"](words), lesson["encoder"](words[:, ::-1]), atol=1e-7)


def test_the_counts_are_those_of_keras(lesson: Lesson) -> None:
    for model in lesson["models"]:
        assert lesson["counted"].parameters[model.name] == sum(int(np.prod(w.shape)) for w in model.weights)
