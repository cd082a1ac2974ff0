"""What the lesson on compile teaches."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from sklearn.metrics import log_loss

SNIPPET = Path(__file__).parents[2] / "snippets" / "compile.py"
Lesson = dict[str, Any]


def test_the_line_of_the_note_stands_in_the_snippet() -> None:
    line = 'neuron.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])\n'
    assert line in SNIPPET.read_text(encoding="utf-8")


def test_class_1_is_malignant(lesson: Lesson) -> None:
    assert lesson["tumours"].target_names[0] == "malignant"
    assert lesson["labels"].tolist() == (lesson["tumours"].target == 0).astype(int).tolist()


def test_compile_trains_nothing(lesson: Lesson) -> None:
    assert lesson["same"]


@pytest.mark.parametrize("truth", [[1, 0, 1], [0, 0, 1]])
def test_cross_entropy_by_hand(lesson: Lesson, truth: list[int]) -> None:
    probability = np.array([0.3, 0.6, 0.9])
    by_hand = -np.mean([np.log(p if y else 1 - p) for p, y in zip(probability, truth, strict=True)])
    by_keras = keras.losses.BinaryCrossentropy()(np.array(truth)[:, None], probability[:, None])
    assert by_hand == pytest.approx(log_loss(truth, probability)) == pytest.approx(float(by_keras), abs=1e-5)
    assert lesson["by_hand"] == pytest.approx(lesson["by_keras"], abs=1e-5)


def test_strings_and_objects_train_the_same(lesson: Lesson) -> None:
    for string, thing, begin in zip(lesson["with_strings"], lesson["with_objects"], lesson["start"], strict=True):
        assert np.array_equal(string, thing)
        assert not np.array_equal(string, begin)


def test_only_the_absolute_error_is_not_smallest_at_the_right_probability(lesson: Lesson) -> None:
    best = [lesson["q"][cost.argmin()] for cost in lesson["costs"].values()]
    assert best == pytest.approx([0.7, 0.7, 0.99])


@pytest.mark.parametrize("task", ["yes or no", "one of three", "same, one-hot", "three tags"])
def test_each_task_has_the_loss_of_its_row_in_the_table(lesson: Lesson, task: str) -> None:
    units, activation, _, labels = lesson["tasks"][task]
    keras.utils.set_random_seed(1)
    network = keras.Sequential([keras.Input((30,)), keras.layers.Dense(units, activation)])
    said, truth = network.predict(lesson["x_train"][:2], verbose=0).astype("float64"), np.array(labels)
    if activation == "softmax":
        classes = truth.argmax(axis=1) if truth.shape[1] > 1 else truth[:, 0]
        by_hand = -np.mean(np.log(said[[0, 1], classes]))
    else:
        by_hand = -np.mean(truth * np.log(said) + (1 - truth) * np.log(1 - said))
    assert lesson["losses"][task] == pytest.approx(by_hand, abs=1e-4)


def test_the_string_accuracy_is_wrong_for_several_labels(lesson: Lesson) -> None:
    assert lesson["becomes"]["three tags"] == "CategoricalAccuracy"
    right = (lesson["said"] > 0.5) == lesson["tags"]
    assert lesson["trap"]["each_tag"] == pytest.approx(right.mean())
    assert right.all(axis=1).tolist() == [True, False, True, True]
    assert lesson["trap"]["accuracy"] == pytest.approx(1 / 4)


def test_a_sigmoid_too_many_leaves_doubt(lesson: Lesson) -> None:
    assert float(lesson["twice"]([[1.0]], [[1.0]])) == pytest.approx(np.log(1 + np.exp(-1)), abs=1e-4)
