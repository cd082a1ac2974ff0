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


def test_keras_and_scikit_learn_measure_the_same(lesson: Lesson) -> None:
    for name, value in lesson["by_scikit_learn"].items():
        assert lesson["measured"][name] == pytest.approx(value, abs=0.01 if name == "auc" else 1e-4)


def test_all_ways_learn_and_sgd_at_its_own_rate_as_fast_as_adam(lesson: Lesson) -> None:
    assert lesson["ends"].accuracy.min() > 0.93
    ways = {name: by_epoch.accuracy.tolist() for name, by_epoch in lesson["ways"].items()}
    *at_one_rate, quick = ways
    assert all(ways[name][0] < ways[name][-1] for name in at_one_rate)
    assert ways["cross-entropy, sgd"][2] < ways["cross-entropy, adam"][2] - 0.1
    assert ways[quick][2] > ways["cross-entropy, adam"][2] - 0.01


def test_the_loss_for_many_classes_is_zero_on_one_unit_and_pushes_one_way(lesson: Lesson) -> None:
    assert lesson["history"]["loss"] == [0.0, 0.0]
    assert lesson["slopes"][0] == 0
    assert lesson["slopes"][1] > 0.1


def test_a_sigmoid_too_many_leaves_doubt(lesson: Lesson) -> None:
    assert float(lesson["twice"]([[1.0]], [[1.0]])) == pytest.approx(np.log(1 + np.exp(-1)), abs=1e-4)
