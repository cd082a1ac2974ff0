"""What the lesson on one neuron teaches."""

from typing import Any

import numpy as np
import pytest

Lesson = dict[str, Any]


def test_the_prediction_by_hand_and_its_odds(lesson: Lesson) -> None:
    assert lesson["z"] == pytest.approx(1.2 * 3 - 0.5 - 0.7)
    assert lesson["probability"] == pytest.approx(1 / (1 + np.exp(-2.4)))
    assert lesson["odds"] == pytest.approx(np.exp(2.4))
    assert lesson["larger"] / (1 - lesson["larger"]) == pytest.approx(np.exp(2.4 + 3))


def test_keras_predicts_the_same(lesson: Lesson) -> None:
    assert lesson["by_keras"] == pytest.approx(lesson["probability"], abs=1e-6)
    assert np.allclose(lesson["scores"], lesson["by_numpy"], atol=1e-5)


def test_class_1_is_malignant(lesson: Lesson) -> None:
    assert lesson["tumours"].target_names[0] == "malignant"
    assert lesson["labels"].tolist() == (lesson["tumours"].target == 0).astype(int).tolist()


def test_the_scale_is_that_of_the_training_rows(lesson: Lesson) -> None:
    x_train, x_test = lesson["x_train"], lesson["x_test"]
    assert not {tuple(row) for row in x_train} & {tuple(row) for row in x_test}
    assert np.allclose(lesson["standard"], ((x_test - x_train.mean(axis=0)) / x_train.std(axis=0))[:, :2])


def test_a_neuron_with_its_weights_is_logistic_regression(lesson: Lesson) -> None:
    assert np.allclose(lesson["same"], lesson["by_sklearn"], atol=1e-5)
    # It is fitted: the gradient of the training loss is 0.
    y = lesson["y_train"]
    for name, features in (("fitted", 2), ("three", 3)):
        x = lesson["scaler"].transform(lesson["x_train"])[:, :features]
        wrong = lesson[name].predict_proba(x)[:, 1] - y
        assert np.allclose([wrong.mean(), *(wrong @ x / len(y))], 0, atol=1e-3)


def test_a_feature_that_goes_with_another_turns_its_weight_around(lesson: Lesson) -> None:
    assert lesson["tumours"].feature_names[:3].tolist() == ["mean radius", "mean texture", "mean perimeter"]
    assert lesson["fitted"].coef_[0, 0] > 3
    assert lesson["three"].coef_[0, 0] < -10
    assert lesson["together"] > 0.99


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
