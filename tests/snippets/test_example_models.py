"""What the lesson on example models teaches."""

import runpy
from pathlib import Path
from typing import Any

import keras
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

SNIPPET = Path(__file__).parents[2] / "snippets" / "example_models.py"
Lesson = dict[str, Any]


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    matplotlib.use("agg")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("example_models"))
        names = runpy.run_path(str(SNIPPET))
    plt.close("all")
    return names


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


def test_attention_makes_the_order_of_words_matter(lesson: Lesson) -> None:
    words = np.arange(1, 33)[None, :]
    assert not np.allclose(lesson["encoder"](words), lesson["encoder"](words[:, ::-1]), atol=1e-7)


def test_the_counts_are_those_of_keras(lesson: Lesson) -> None:
    for model in lesson["models"]:
        assert lesson["counted"].parameters[model.name] == sum(int(np.prod(w.shape)) for w in model.weights)
