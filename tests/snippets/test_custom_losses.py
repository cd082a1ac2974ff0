"""What the lesson on custom losses teaches."""

from typing import Any

import keras
import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss, precision_score, recall_score

Lesson = dict[str, Any]


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray]:
    """Twenty labels and probabilities, as columns of 64-bit numbers."""
    random = np.random.default_rng(0)
    return random.integers(0, 2, (20, 1)).astype("float64"), random.uniform(0.01, 0.99, (20, 1))


def by_formula(truth: np.ndarray, guess: np.ndarray, weight: float, gamma: float) -> float:
    terms = [
        -weight * (1 - p) ** gamma * np.log(p) if y == 1 else -(p**gamma) * np.log(1 - p)
        for y, p in zip(truth[:, 0], guess[:, 0], strict=True)
    ]
    return float(np.mean(terms))


@pytest.mark.parametrize(("weight", "gamma"), [(1.0, 0.0), (10.0, 0.0), (1.0, 2.0), (3.0, 0.5)])
def test_the_loss_is_its_formula_in_both_libraries(
    lesson: Lesson, rows: tuple[np.ndarray, np.ndarray], weight: float, gamma: float
) -> None:
    truth, guess = rows
    expected = by_formula(truth, guess, weight, gamma)
    in_keras = lesson["WeightedFocal"](weight, gamma, dtype="float64")(truth, guess)
    in_torch = lesson["TorchWeightedFocal"](weight, gamma)(torch.tensor(guess), torch.tensor(truth))
    assert float(in_keras) == pytest.approx(expected, rel=1e-9)
    assert in_torch.item() == pytest.approx(expected, rel=1e-9)


def test_plain_is_binary_cross_entropy(lesson: Lesson, rows: tuple[np.ndarray, np.ndarray]) -> None:
    truth, guess = rows
    plain = float(lesson["WeightedFocal"](dtype="float64")(truth, guess))
    assert plain == pytest.approx(log_loss(truth[:, 0], guess[:, 0]), rel=1e-9)
    torch_plain = torch.nn.functional.binary_cross_entropy(torch.tensor(guess), torch.tensor(truth))
    assert plain == pytest.approx(torch_plain.item(), rel=1e-9)


def test_with_a_weight_it_is_the_balanced_focal_loss_of_keras(
    lesson: Lesson, rows: tuple[np.ndarray, np.ndarray]
) -> None:
    truth, guess = rows
    theirs = keras.losses.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.75, gamma=2)
    ours = lesson["WeightedFocal"](weight=3.0, gamma=2.0)
    assert float(ours(truth, guess)) / 4 == pytest.approx(float(theirs(truth, guess)), rel=1e-4)


def test_the_function_is_the_class_with_weight_ten(lesson: Lesson, rows: tuple[np.ndarray, np.ndarray]) -> None:
    truth, guess = rows
    each = np.asarray(lesson["weighted_crossentropy"](truth, guess))
    assert each.shape == (20,)
    assert each.mean() == pytest.approx(float(lesson["losses"]["weighted"](truth, guess)), rel=1e-5)


def test_gradients_agree_with_the_formula(lesson: Lesson) -> None:
    # d/dp of -w (1-p)^2 log p, and the same for class 0 with 1-p; the mean divides by four rows.
    def slope(p: float) -> float:
        return 2 * (1 - p) * np.log(p) - (1 - p) ** 2 / p

    expected = np.array([3 * slope(0.9), 3 * slope(0.2), -slope(0.9), -slope(0.4)]) / 4
    for name in ("keras_gradient", "torch_gradient", "differences"):
        assert np.asarray(lesson[name]) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("extreme", [0.0, 1.0])
def test_the_clip_keeps_loss_and_gradient_finite(lesson: Lesson, extreme: float) -> None:
    for gamma in (0.0, 2.0):
        tensor = torch.full((2, 1), extreme, requires_grad=True)
        value = lesson["TorchWeightedFocal"](10.0, gamma)(tensor, torch.tensor([[0.0], [1.0]]))
        value.backward()
        assert tensor.grad is not None
        assert torch.isfinite(value)
        assert torch.isfinite(tensor.grad).all()
        in_keras = lesson["WeightedFocal"](10.0, gamma)(np.array([[0.0], [1.0]]), np.full((2, 1), extreme))
        assert np.isfinite(float(in_keras))


def test_without_the_clip_it_is_not_a_number(lesson: Lesson) -> None:
    assert np.isnan(lesson["unclipped"].numpy()[0])
    assert np.isnan(lesson["slope"].numpy()[0])


def test_class_1_is_died_and_labels_are_a_column(lesson: Lesson) -> None:
    labels, belted = lesson["labels"], lesson["belted"]
    assert labels.shape == (len(belted), 1)
    assert labels.sum() == (belted["dead"] == "dead").sum()
    assert "injSeverity" not in lesson["features"].columns


def test_a_car_is_on_one_side_of_the_split_as_a_whole(lesson: Lesson) -> None:
    cars = lesson["belted"]["yearacc"].astype(str) + lesson["belted"]["caseid"]
    in_train, in_test = lesson["in_train"], lesson["in_test"]
    assert (in_train ^ in_test).all()
    assert not set(cars[in_train]) & set(cars[in_test])
    assert lesson["y_train"].mean() == pytest.approx(lesson["y_test"].mean(), rel=0.1)


def test_networks_of_a_seed_start_equal_and_share_nothing(lesson: Lesson) -> None:
    first, second = lesson["new_network"](1, "one"), lesson["new_network"](1, "two")
    for one, two in zip(first.get_weights(), second.get_weights(), strict=True):
        assert np.array_equal(one, two)
    owners = [id(weight) for network in lesson["networks"].values() for weight in network.weights]
    assert len(owners) == len(set(owners))


def test_the_weight_moves_recall_and_not_the_ranking(lesson: Lesson) -> None:
    table = lesson["table"]
    half = table[table.threshold == 0.5].groupby("loss")[["recall", "precision", "AUC", "mean p"]].mean()
    moved = table[table.threshold < 0.5][["recall", "precision"]].mean()
    assert half.recall["weighted"] > half.recall["plain"] + 0.4
    assert half.recall["focal"] == pytest.approx(half.recall["plain"], abs=0.1)
    assert half.precision["weighted"] < half.precision["plain"]
    assert half.AUC.max() - half.AUC.min() < 0.03
    assert moved.recall == pytest.approx(half.recall["weighted"], abs=0.15)
    assert moved.precision == pytest.approx(half.precision["weighted"], abs=0.05)
    assert half["mean p"]["plain"] == pytest.approx(lesson["y_test"].mean(), abs=0.01)


def test_the_table_holds_the_metrics_of_the_networks(lesson: Lesson) -> None:
    row = lesson["table"].iloc[4]
    assert row["loss"] == "weighted"
    answers = lesson["networks"]["weighted", 1].predict(lesson["x_test"], verbose=0) >= 0.5
    assert row["recall"] == pytest.approx(recall_score(lesson["y_test"], answers), abs=0.01)
    assert row["precision"] == pytest.approx(precision_score(lesson["y_test"], answers), abs=0.01)


def test_settings_and_weights_survive_saving(lesson: Lesson) -> None:
    assert lesson["same"]
    assert type(lesson["loaded"].loss).__name__ == "WeightedFocal"
    assert (lesson["loaded"].loss.weight, lesson["loaded"].loss.gamma) == (10.0, 0.0)


def test_a_row_of_labels_teaches_the_base_rate_only(lesson: Lesson) -> None:
    truth = np.array([1.0, 0.0, 0.0, 0.0], "float32")
    loss = lesson["WeightedFocal"]()
    constant, right = np.full((4, 1), 0.25, "float32"), np.array([[0.9], [0.1], [0.1], [0.1]], "float32")
    assert float(loss(truth[:, None], right)) < float(loss(truth[:, None], constant))
    assert float(loss(truth, right)) > float(loss(truth, constant))  # the wrong way round
    assert lesson["broken"].std() < 0.5 * lesson["healthy"].std()


def test_rounding_has_no_slope(lesson: Lesson) -> None:
    assert lesson["weight"].grad.item() == 0
