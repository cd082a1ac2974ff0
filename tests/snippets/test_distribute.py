"""What the lesson on sharing a training among devices teaches."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

Lesson = dict[str, Any]


def test_class_1_is_malignant(lesson: Lesson) -> None:
    data = load_breast_cancer()
    assert data.target_names.tolist() == ["malignant", "benign"]
    assert lesson["labels"].sum() == (data.target == 0).sum()
    assert lesson["labels"].mean() == pytest.approx(lesson["y_train"].mean(), abs=0.01)


def test_gradient_is_the_one_worked_out_by_hand(lesson: Lesson, folder: Path) -> None:
    start = keras.models.load_model(folder / "start.keras")
    inner, inner_bias, outer, outer_bias = start.get_weights()
    x, y = lesson["x_train"][:100], lesson["y_train"][:100, np.newaxis]
    before = x @ inner + inner_bias
    hidden = np.maximum(before, 0)
    error = (1 / (1 + np.exp(-(hidden @ outer + outer_bias))) - y) / 100
    back = (error @ outer.T) * (before > 0)
    by_hand = [x.T @ back, back.sum(0), hidden.T @ error, error.sum(0)]
    assert lesson["whole"] == pytest.approx(np.concatenate([part.ravel() for part in by_hand]), abs=1e-4)


def test_average_of_the_halves_is_the_gradient_and_their_sum_is_twice_that(lesson: Lesson) -> None:
    assert lesson["average"] == pytest.approx(lesson["whole"], abs=1e-5)
    assert lesson["wrong"] == pytest.approx(2 * lesson["whole"], abs=1e-5)
    assert abs(lesson["first_half"] - lesson["second_half"]).max() > 0.02


def test_loop_is_what_fit_does(lesson: Lesson, folder: Path) -> None:
    model = keras.models.load_model(folder / "start.keras")
    history = model.fit(lesson["x_train"], lesson["y_train"], batch_size=100, epochs=9, shuffle=False, verbose=0)
    assert history.history["loss"] == pytest.approx(lesson["one_machine"], abs=1e-4)


def test_two_devices_give_the_same_losses_and_weights(lesson: Lesson) -> None:
    assert len({copy.device for copy in lesson["copies"]}) == 2
    assert lesson["history"].history["loss"] == pytest.approx(lesson["one_machine"], abs=1e-3)
    assert lesson["distance"](lesson["mirrored"]) < 0.001


def test_more_machines_with_a_full_load_take_fewer_steps_and_end_higher(lesson: Lesson) -> None:
    table = lesson["table"]
    losses = table["loss after epoch 9"].tolist()
    assert table["steps"].tolist() == [72, 36, 9, 9, 72]
    assert losses[:3] == sorted(losses[:3])
    again = lesson["model"].evaluate(lesson["x_train"], lesson["y_train"], batch_size=400, verbose=0)
    assert losses[1] == pytest.approx(again, abs=1e-4)
