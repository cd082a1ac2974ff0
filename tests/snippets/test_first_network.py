"""What the lesson on a first network teaches."""

from typing import Any

import keras
import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.tree import DecisionTreeClassifier

Lesson = dict[str, Any]


def test_training_and_test_rows_do_not_overlap(lesson: Lesson) -> None:
    training = {row.tobytes() for row in lesson["x_train"]}
    assert not any(row.tobytes() in training for row in lesson["x_test"])
    assert len(lesson["x_train"]) + len(lesson["x_test"]) == len(lesson["features"])


def test_network_is_the_one_of_the_note(lesson: Lesson) -> None:
    hidden, output = lesson["network"].layers
    assert (hidden.units, hidden.activation) == (16, keras.activations.relu)
    assert (output.units, output.activation) == (1, keras.activations.sigmoid)
    assert lesson["network"].loss == "binary_crossentropy"
    assert isinstance(lesson["network"].optimizer, keras.optimizers.Adam)
    assert lesson["history"].epoch == list(range(10))


def test_training_lowers_the_loss(lesson: Lesson) -> None:
    loss = lesson["history"].history["loss"]
    assert loss[-1] < 0.8 * loss[0]
    assert loss[-1] < np.log(2) < loss[0]


def test_predictions_are_probabilities_above_one_half(lesson: Lesson) -> None:
    probabilities = lesson["probabilities"]
    assert probabilities.shape == lesson["y_test"].shape
    assert probabilities.min() >= 0
    assert probabilities.max() <= 1
    expected = [1 if probability > 0.5 else 0 for probability in probabilities]
    assert lesson["predictions"].tolist() == expected


def test_accuracy_by_hand_is_that_of_scikit_learn(lesson: Lesson) -> None:
    expected = accuracy_score(lesson["y_test"], lesson["predictions"])
    assert lesson["accuracy"] == expected
    assert lesson["by_hand"] == pytest.approx(expected)
    assert 0.7 < expected < 0.99


def test_both_errors_counted_by_hand_are_those_of_the_confusion_matrix(lesson: Lesson) -> None:
    matrix = confusion_matrix(lesson["y_test"], lesson["predictions"])
    assert lesson["false_alarms"] == matrix[0, 1]
    assert lesson["misses"] == matrix[1, 0]
    assert lesson["false_alarms"] > 0
    assert lesson["misses"] > 0


def test_high_accuracy_hides_misses_when_class_1_is_rare(lesson: Lesson) -> None:
    assert lesson["rare_y_test"].mean() < 0.1
    assert lesson["rare_accuracy"] > lesson["accuracy"]
    assert lesson["rare_accuracy"] == pytest.approx(lesson["always_zero"], abs=0.04)
    assert lesson["rare_misses"] > 0.5 * lesson["rare_y_test"].sum()


def test_shuffled_labels_are_the_same_labels_on_other_rows(lesson: Lesson) -> None:
    assert lesson["shuffled"].sum() == lesson["y_train"].sum()
    assert 0.4 < np.mean(lesson["shuffled"] == lesson["y_train"]) < 0.6


def test_shuffled_labels_leave_the_test_accuracy_near_chance(lesson: Lesson) -> None:
    assert 0.35 < lesson["fooled_on_test"] < 0.65
    assert lesson["accuracy"] > lesson["fooled_on_test"] + 0.1


def test_shuffled_labels_are_memorised_a_little(lesson: Lesson) -> None:
    first, *_, last = lesson["fooled_history"].history["accuracy"]
    assert first < last == lesson["fooled_on_training"] < 0.65


def test_shuffled_labels_do_not_show_a_leak(lesson: Lesson) -> None:
    rows = np.concatenate([lesson["x_train"], lesson["x_test"]])
    labels = np.concatenate([lesson["y_train"], lesson["y_test"]])
    shuffled = np.random.default_rng(0).permutation(labels)
    for given, low, high in ((labels, 0.99, 1), (shuffled, 0.4, 0.6)):
        leaky = DecisionTreeClassifier(random_state=0).fit(rows, given)
        assert low <= leaky.score(lesson["x_test"], lesson["y_test"]) <= high


def test_network_must_be_compiled_before_it_is_trained(lesson: Lesson) -> None:
    forgetful = lesson["new_network"]()
    with pytest.raises(ValueError, match="compile"):
        forgetful.fit(lesson["x_train"], lesson["y_train"], verbose=0)
