"""What the lesson on a first network teaches."""

from typing import Any

import keras
import numpy as np
import pytest
from sklearn.metrics import accuracy_score

Lesson = dict[str, Any]


def test_rows_for_training_for_the_test_and_for_later_do_not_overlap(lesson: Lesson) -> None:
    training, test, later = (
        {row.tobytes() for row in lesson[name]} for name in ("x_train", "x_test", "later_features")
    )
    assert (len(training), len(test), len(later)) == (1500, 500, 10_000)
    assert len(training | test | later) == len(lesson["rows"])


def test_network_is_the_one_of_the_note(lesson: Lesson) -> None:
    hidden, output = lesson["network"].layers
    assert (hidden.units, hidden.activation) == (16, keras.activations.relu)
    assert (output.units, output.activation) == (1, keras.activations.sigmoid)
    assert lesson["network"].loss == "binary_crossentropy"
    assert isinstance(lesson["network"].optimizer, keras.optimizers.Adam)
    assert lesson["history"].epoch == list(range(10))


def test_no_neuron_gets_all_four_corners_and_three_units_do(lesson: Lesson) -> None:
    corners, either = lesson["corners"], [0, 1, 1, 0]
    every = np.stack(np.meshgrid(*[np.linspace(-3, 3, 25)] * 3), axis=-1).reshape(-1, 3)
    right = ((every[:, :2] @ corners.T + every[:, 2:] >= 0) == either).sum(axis=1)
    assert right.max() == 3
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "relu"), keras.layers.Dense(1, "sigmoid")])
    network.set_weights([np.ones((2, 2)), np.array([0.0, -1.0]), np.array([[10.0], [-20.0]]), np.array([-5.0])])
    by_keras = np.asarray(network(corners))[:, 0]
    assert by_keras == pytest.approx(1 / (1 + np.exp(-lesson["z"])), abs=1e-6)
    assert (by_keras > 0.5).astype(int).tolist() == either


def test_training_lowers_the_loss(lesson: Lesson) -> None:
    loss = lesson["history"].history["loss"]
    assert loss[-1] < 0.8 * loss[0]
    assert loss[-1] < np.log(2) < loss[0]


def test_predictions_are_probabilities_above_one_half(lesson: Lesson) -> None:
    probabilities = lesson["probabilities"]
    assert probabilities.shape == lesson["y_test"].shape
    assert probabilities.min() >= 0
    assert probabilities.max() <= 1
    assert lesson["predictions"].tolist() == [int(each > 0.5) for each in probabilities]
    assert lesson["accuracy"] == accuracy_score(lesson["y_test"], lesson["predictions"])
    assert lesson["by_hand"] == pytest.approx(lesson["accuracy"])


def test_twenty_tests_of_500_rows_scatter_as_much_as_they_should(lesson: Lesson) -> None:
    twenty, everything = lesson["twenty"], lesson["is_right"].mean()
    assert twenty.mean() == pytest.approx(everything)
    expected = np.sqrt(everything * (1 - everything) / 500)
    assert 0.5 * expected < twenty.std() < 1.6 * expected


def test_high_accuracy_hides_misses_when_class_1_is_rare(lesson: Lesson) -> None:
    assert lesson["rare_y_test"].mean() < 0.1
    assert lesson["rare_accuracy"] > lesson["accuracy"]
    assert lesson["rare_accuracy"] == pytest.approx(lesson["always_zero"], abs=0.04)
    assert lesson["rare_misses"] > 0.5 * lesson["rare_y_test"].sum()


def test_a_column_against_a_row_compares_each_with_every_one(lesson: Lesson) -> None:
    column, labels, compared = lesson["column"], lesson["y_test"], lesson["compared"]
    assert column[:, 0].tolist() == (lesson["predictions"] == 1).tolist()
    assert compared.shape == (500, 500)
    share, ones = column.mean(), labels.mean()
    assert compared.mean() == pytest.approx(share * ones + (1 - share) * (1 - ones))
