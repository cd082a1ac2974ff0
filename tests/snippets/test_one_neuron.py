"""What the lesson on one neuron teaches."""

from typing import Any

import numpy as np
import pytest

Lesson = dict[str, Any]


def test_the_prediction_by_hand(lesson: Lesson) -> None:
    assert lesson["z"] == pytest.approx(1.2 * 3 - 0.5 - 0.7)
    assert lesson["probability"] == pytest.approx(1 / (1 + np.exp(-2.4)))


def test_keras_predicts_the_same(lesson: Lesson) -> None:
    assert lesson["by_keras"] == pytest.approx(lesson["probability"], abs=1e-6)
    assert np.allclose(lesson["scores"], lesson["by_numpy"], atol=1e-5)


def test_class_1_is_malignant(lesson: Lesson) -> None:
    assert lesson["tumours"].target_names[0] == "malignant"
    assert lesson["labels"].tolist() == (lesson["tumours"].target == 0).astype(int).tolist()


def test_on_the_border_the_probability_is_a_half(lesson: Lesson) -> None:
    weights, bias = lesson["weights"], lesson["bias"]
    across = np.array([-2.0, 0.0, 3.0])
    points = np.column_stack([across, -(weights[0] * across + bias) / weights[1]])
    assert np.allclose(lesson["neuron"](points), 0.5, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "expected"), [("sigmoid", 0.8808), ("tanh", 0.9640), ("ReLU", 2), ("none (linear)", 2)]
)
def test_activation_functions(lesson: Lesson, name: str, expected: float) -> None:
    function, _ = lesson["shapes"][name]
    assert float(function(2.0)) == pytest.approx(expected, abs=1e-4)
    assert float(function(0.0)) == pytest.approx(0.5 if name == "sigmoid" else 0)


def test_raw_features_make_every_tumour_malignant(lesson: Lesson) -> None:
    assert lesson["raw"].min() > 0.999


def test_no_neuron_gets_all_four_corners_and_three_do(lesson: Lesson) -> None:
    assert lesson["right"].max() == 3
    answers = lesson["two_units"].predict(lesson["corners"], verbose=0)[:, 0] >= 0.5
    assert answers.astype(int).tolist() == lesson["either"].tolist()
