"""What the lesson on losses and metrics teaches."""

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss

Lesson = dict[str, Any]


def test_class_1_is_spam(lesson: Lesson) -> None:
    assert lesson["labels"].tolist() == lesson["emails"]["spam"].tolist()
    assert "spam" not in lesson["columns"].columns
    assert lesson["never_spam"] == pytest.approx(1 - lesson["labels"].mean(), abs=0.005)


def test_the_bold_model_is_more_often_right_and_has_the_higher_loss(lesson: Lesson) -> None:
    truth = lesson["truth"]
    by_hand = -np.mean(np.log(np.where(truth == 1, lesson["bold"], 1 - lesson["bold"])))
    assert log_loss(truth, lesson["bold"]) == pytest.approx(by_hand)
    assert by_hand > 2 * log_loss(truth, lesson["timid"])
    assert accuracy_score(truth, lesson["bold"] >= 0.5) > accuracy_score(truth, lesson["timid"] >= 0.5)


def test_each_pair_of_epochs_disagrees_as_it_says(lesson: Lesson) -> None:
    loss, accuracy = lesson["val_loss"], lesson["val_accuracy"]
    assert len(lesson["worse"]) > 50
    for early, late in lesson["worse"].values():
        assert early < late
        assert loss[late] > loss[early]
        assert accuracy[late] > accuracy[early]


def test_the_run_overfits_by_its_loss_and_not_by_its_accuracy(lesson: Lesson) -> None:
    loss, accuracy = lesson["val_loss"], lesson["val_accuracy"]
    assert loss[-1] > 1.05 * loss.min()
    assert accuracy[-1] == pytest.approx(accuracy[loss.argmin()], abs=0.02)
    early, late = lesson["pair"]
    assert accuracy[late] > accuracy[early] + 0.005


def test_the_guesses_are_those_of_each_epoch(lesson: Lesson) -> None:
    assert len(lesson["guesses"]) == len(lesson["val_accuracy"])
    truth = lesson["y_validation"]
    for guess, accuracy in zip(lesson["guesses"], lesson["val_accuracy"], strict=True):
        assert accuracy_score(truth, guess[: len(truth)] >= 0.5) == pytest.approx(accuracy, abs=1e-3)


def test_there_are_fewer_mistakes_and_they_are_surer(lesson: Lesson) -> None:
    wrong, costs = lesson["wrong"], lesson["costs"]
    for row, epoch in enumerate(lesson["pair"]):
        assert wrong[row].mean() == pytest.approx(1 - lesson["val_accuracy"][epoch], abs=1e-3)
        assert costs[row, wrong[row]].min() > np.log(2) > costs[row, ~wrong[row]].max()
    remaining = wrong.all(axis=0)
    assert wrong[1].sum() < wrong[0].sum()
    assert costs[1, remaining].mean() > 1.1 * costs[0, remaining].mean()


def test_no_row_is_in_two_parts(lesson: Lesson) -> None:
    assert len(lesson["x_train"]) + len(lesson["x_validation"]) + len(lesson["x_test"]) == len(lesson["emails"])


def test_the_temperature_is_the_best_on_the_validation_set_and_changes_no_answer(lesson: Lesson) -> None:
    truth, z, best = lesson["y_validation"], lesson["on_validation"], lesson["temperature"]
    losses = {
        t: log_loss(truth, 1 / (1 + np.exp(-z / t))) for t in (0.5 * best, 0.95 * best, best, 1.05 * best, 2 * best)
    }
    assert min(losses, key=lambda t: losses[t]) == best
    table = lesson["cooled"]
    assert table.accuracy["last, divided"] == table.accuracy["last epoch"]
    assert table.loss["last, divided"] < table.loss["last epoch"]


def test_the_loss_of_the_regression_is_the_cross_entropy(lesson: Lesson) -> None:
    x, y = lesson["x_train"], lesson["y_train"]
    accuracy, loss = lesson["accuracy_and_loss"](lesson["weights"][0])
    assert loss == pytest.approx(log_loss(y, lesson["regression"].predict_proba(x)[:, 1]), rel=1e-4)
    assert accuracy == pytest.approx(lesson["regression"].score(x, y))


def test_the_loss_is_a_bowl_and_the_accuracy_a_staircase(lesson: Lesson) -> None:
    slopes = np.diff(lesson["losses"])
    assert np.all(np.diff(slopes) > -1e-9)  # convex
    assert len(set(lesson["accuracies"])) < len(lesson["grid"]) / 3
    assert lesson["flat"][0] > 0.99
    assert lesson["flat"][1] < 0.05


def test_the_surrogates_bound_the_mistakes(lesson: Lesson) -> None:
    margin = lesson["margin"]
    for values in lesson["surrogates"].values():
        assert np.all(values >= (margin <= 0) - 1e-9)
    at_zero = np.abs(margin).argmin()
    assert [values[at_zero] for values in lesson["surrogates"].values()] == pytest.approx([1, 1, 1])


def test_the_share_of_mistakes_is_one_minus_the_accuracy(lesson: Lesson) -> None:
    share = float(lesson["share_of_mistakes"](np.array([1.0, 0.0, 1.0]), np.array([0.9, 0.8, 0.2])))
    assert share == pytest.approx(2 / 3)


def test_the_best_score_of_each_surrogate_has_the_sign_of_the_larger_class(lesson: Lesson) -> None:
    table = lesson["best_scores"]
    for name in table:
        assert ((table[name] > 0) == (table.index > 0.5)).all()
    assert table["squared"].to_numpy() == pytest.approx(2 * table.index.to_numpy() - 1, abs=0.02)
