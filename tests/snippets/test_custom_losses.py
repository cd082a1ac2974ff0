"""What the lesson on custom losses teaches."""

from typing import Any

import keras
import numpy as np
import pytest
import torch

Lesson = dict[str, Any]


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray]:
    """Twenty labels and outputs before the sigmoid, as columns of 64-bit numbers."""
    random = np.random.default_rng(0)
    return random.integers(0, 2, (20, 1)).astype("float64"), random.normal(0, 3, (20, 1))


def by_formula(truth: np.ndarray, z: np.ndarray, weight: float, gamma: float) -> float:
    guess = 1 / (1 + np.exp(-z))
    terms = [
        -y * weight * (1 - p) ** gamma * np.log(p) - (1 - y) * p**gamma * np.log(1 - p)
        for y, p in zip(truth[:, 0], guess[:, 0], strict=True)
    ]
    return float(np.mean(terms))


@pytest.mark.parametrize(("weight", "gamma"), [(1.0, 0.0), (10.0, 0.0), (1.0, 2.0), (3.0, 0.5)])
@pytest.mark.parametrize("soft", [0.0, 0.05])
def test_the_loss_is_its_formula_in_both_libraries(
    lesson: Lesson, rows: tuple[np.ndarray, np.ndarray], weight: float, gamma: float, soft: float
) -> None:
    truth, z = np.clip(rows[0], soft, 1 - soft), rows[1]
    expected = by_formula(truth, z, weight, gamma)
    in_keras = lesson["WeightedFocal"](weight, gamma, dtype="float64")(truth, z)
    in_torch = lesson["torch_weighted_focal"](torch.tensor(z), torch.tensor(truth), weight, gamma)
    assert float(in_keras) == pytest.approx(expected, rel=1e-9)
    assert in_torch.item() == pytest.approx(expected, rel=1e-9)


def test_it_is_the_losses_of_keras_and_pytorch_in_special_cases(
    lesson: Lesson, rows: tuple[np.ndarray, np.ndarray]
) -> None:
    truth, z = rows
    plain = keras.losses.BinaryCrossentropy(from_logits=True, dtype="float64")
    focal = keras.losses.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.75, gamma=2, from_logits=True)
    ours = lesson["WeightedFocal"]
    assert float(ours(dtype="float64")(truth, z)) == pytest.approx(float(plain(truth, z)), rel=1e-6)
    assert float(ours(weight=3.0, gamma=2.0)(truth, z)) / 4 == pytest.approx(float(focal(truth, z)), rel=1e-4)
    weighted = torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor(10.0))
    theirs = weighted(torch.tensor(z), torch.tensor(truth)).item()
    assert float(ours(weight=10.0, dtype="float64")(truth, z)) == pytest.approx(theirs, rel=1e-9)
    each = np.asarray(lesson["weighted_crossentropy"](truth, z))
    assert each.shape == (20,)
    assert each.mean() == pytest.approx(theirs, rel=1e-5)


@pytest.mark.parametrize("extreme", [-200.0, 200.0])
def test_loss_and_gradient_stay_finite(lesson: Lesson, extreme: float) -> None:
    for gamma in (0.0, 2.0):
        tensor = torch.full((2, 1), extreme, requires_grad=True)
        value = lesson["torch_weighted_focal"](tensor, torch.tensor([[0.0], [1.0]]), 10.0, gamma)
        value.backward()
        assert tensor.grad is not None
        assert torch.isfinite(value)
        assert torch.isfinite(tensor.grad).all()
        assert np.isfinite(
            float(lesson["WeightedFocal"](10.0, gamma)(np.array([[0.0], [1.0]]), np.full((2, 1), extreme)))
        )


def test_class_1_is_spam_and_labels_are_a_column(lesson: Lesson) -> None:
    assert lesson["spam"][:, 0].tolist() == lesson["emails"]["spam"].tolist()
    assert "spam" not in lesson["columns"].columns


def test_the_networks_start_equal_and_share_nothing(lesson: Lesson) -> None:
    first, second = lesson["new_network"]("one"), lesson["new_network"]("two")
    for one, two in zip(first.get_weights(), second.get_weights(), strict=True):
        assert np.array_equal(one, two)
    owners = [id(weight) for network in lesson["networks"].values() for weight in network.weights]
    assert len(owners) == len(set(owners))


def test_the_weight_is_a_moved_threshold_and_no_better_ranking(lesson: Lesson) -> None:
    table = lesson["table"]
    weighted, plain, moved = (table.loc[each] for each in ("weighted", "plain", "plain, 1/11"))
    assert weighted.recall > plain.recall + 0.3
    assert weighted.precision < plain.precision
    assert moved.recall == pytest.approx(weighted.recall, abs=0.08)
    assert moved.precision == pytest.approx(weighted.precision, abs=0.08)
    assert np.ptp(table["AUC"]) < 0.03
    assert plain["mean p"] == pytest.approx(lesson["y_test"].mean(), abs=0.03)
    assert (lesson["gains"]["from"] < lesson["gains"]["AUC more than plain"]).all()


def test_settings_and_weights_survive_saving(lesson: Lesson) -> None:
    assert lesson["same"]
    assert type(lesson["loaded"].loss).__name__ == "WeightedFocal"
    assert (lesson["loaded"].loss.weight, lesson["loaded"].loss.gamma) == (10.0, 0.0)


def test_labels_as_a_row_are_compared_with_every_output(lesson: Lesson) -> None:
    assert lesson["shape"] == (4, 4)  # of the last: the row
    z, truth = lesson["outputs"].detach(), lesson["row"]
    each = [float(lesson["torch_weighted_focal"](one, other)) for one in z[:, 0] for other in truth]
    assert lesson["cost"].item() == pytest.approx(np.mean(each))


@pytest.mark.parametrize("labels", [np.ones(4), np.ones((4, 2))])
def test_labels_of_another_shape_are_refused(lesson: Lesson, labels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="labels of shape"):
        lesson["WeightedFocal"]()(labels, np.ones((4, 1)))
