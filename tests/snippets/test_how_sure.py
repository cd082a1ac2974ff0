"""What the lesson on how sure a score is teaches."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import binom, binomtest

Lesson = dict[str, Any]


def test_class_1_is_spam(lesson: Lesson) -> None:
    assert lesson["labels"].tolist() == lesson["emails"]["spam"].tolist()


def test_the_interval_of_a_share_is_that_of_drawing_with_replacement(lesson: Lesson) -> None:
    right = np.repeat([1, 0], [180, 20])
    exact = binom(200, 0.9).ppf([0.025, 0.975]) / 200
    assert lesson["interval"](np.mean, right, draws=4000) == pytest.approx(exact, abs=0.01)


def test_rows_stay_together(lesson: Lesson) -> None:
    rows = np.arange(50)
    together = lesson["interval"](lambda a, b: np.max(np.abs(a - b)), rows, rows, draws=20)
    assert together.tolist() == [0, 0]


def test_the_same_seed_gives_the_same_interval(lesson: Lesson) -> None:
    rows = np.arange(50)
    one, again, other = (lesson["interval"](np.mean, rows, draws=50, seed=seed) for seed in (1, 1, 2))
    assert one.tolist() == again.tolist() != other.tolist()


def test_the_interval_keeps_its_word_with_many_rows_and_not_with_few(lesson: Lesson) -> None:
    assert lesson["large"] > 0.9
    assert lesson["small"] < 0.8
    assert lesson["by_drawing"].tolist() == [1, 1]


def test_a_paired_difference_is_surer_than_two_intervals(lesson: Lesson) -> None:
    both = np.sqrt(sum(np.ptp(each) ** 2 for each in lesson["alone"]))
    assert np.ptp(lesson["paired"]) < 0.9 * both


def test_mcnemar_asks_a_coin_about_the_rows_on_which_one_alone_is_right(lesson: Lesson) -> None:
    neuron, network = (lesson[name] == lesson["y_test"] for name in ("neuron", "network"))
    alone = np.sum(neuron & ~network), np.sum(network & ~neuron)
    assert alone == (lesson["only_neuron"], lesson["only_network"])
    assert lesson["mcnemar"].pvalue == pytest.approx(binomtest(alone[0], sum(alone)).pvalue)


def test_seeds_move_the_recall_and_do_not_stand_in_for_rows(lesson: Lesson) -> None:
    assert lesson["networks"].shape == (len(lesson["y_test"]), 10)
    assert lesson["by_seed"].recall.std() > 0.03
    assert np.ptp(lesson["over_both"]) > 0.9 * np.ptp(lesson["over_rows"]) > 0.005
