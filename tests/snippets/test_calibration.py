"""What the lesson on probabilities teaches."""

from typing import Any

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn import metrics

Lesson = dict[str, Any]


def test_class_1_is_spam_and_the_parts_are_apart(lesson: Lesson) -> None:
    assert (lesson["emails"]["yesno"][lesson["is_spam"] == 1] == "y").all()
    assert sum(len(lesson[f"y_{part}"]) for part in ("train", "validation", "test")) == len(lesson["is_spam"]) == 4601


def test_groups_count_every_row_once(lesson: Lesson) -> None:
    table = lesson["by_group"]
    assert len(table) == 10
    assert table["said"].is_monotonic_increasing
    assert table["happened"].mean() == pytest.approx(lesson["y_test"].mean(), abs=0.002)
    assert ((table["from"] < table["happened"]) & (table["happened"] < table["to"])).all()


def test_an_interval_of_no_ones_is_not_empty(lesson: Lesson) -> None:
    none = lesson["groups"](np.zeros(40, int), np.linspace(0, 0.1, 40), 2)
    assert (none["to"] > 0.1).all()
    assert none["from"].to_numpy() == pytest.approx(0, abs=1e-12)


def test_scores_are_those_of_scikit_learn(lesson: Lesson) -> None:
    truth, p = lesson["y_test"], lesson["on_test"]
    assert lesson["brier"](truth, p) == pytest.approx(metrics.brier_score_loss(truth, p))
    assert lesson["log_loss"](truth, p) == pytest.approx(metrics.log_loss(truth, p))


def test_temperature_is_found_again(lesson: Lesson) -> None:
    random = np.random.default_rng(0)
    p = random.random(50_000).clip(0.001, 0.999)
    truth = (random.random(50_000) < p).astype(int)
    assert lesson["temperature"](truth, expit(3 * logit(p))) == pytest.approx(3, rel=0.05)


def test_temperature_keeps_order_and_answers(lesson: Lesson) -> None:
    p, cooled = lesson["on_test"], lesson["cooled"]
    assert ((p > 0.5) == (cooled > 0.5)).all()
    assert (np.diff(cooled[np.argsort(p)]) >= 0).all()
    assert lesson["t"] > 1.5
    assert (np.abs(cooled - 0.5) <= np.abs(p - 0.5) + 1e-12).all()


def test_validation_rows_cure_and_training_rows_do_not(lesson: Lesson) -> None:
    log_loss, truth = lesson["log_loss"], lesson["y_test"]
    assert log_loss(truth, lesson["cooled"]) < 0.85 * log_loss(truth, lesson["on_test"])
    assert lesson["loss_wrong"] > log_loss(truth, lesson["cooled"]) + 0.08


def test_a_shift_needs_platt(lesson: Lesson) -> None:
    means = {name: p.mean() - lesson["y_test"].mean() for name, p in lesson["shifted"].items()}
    assert min(means["class weights"], means["temperature"]) > 0.08
    assert abs(means["Platt"]) < 0.04
