"""What the lesson on the inside of a digit classifier shows."""

from typing import Any

import numpy as np
import pytest

Lesson = dict[str, Any]


def test_class_1_is_an_eight(lesson: Lesson) -> None:
    assert lesson["is_eight"].tolist() == (lesson["digits"].target == 8).tolist()
    assert lesson["y_test"].tolist() == (lesson["digit_test"] == 8).tolist()


def test_the_recall_by_hand(lesson: Lesson) -> None:
    found = np.mean(lesson["scores"][lesson["y_test"] == 1] >= 0.5)
    assert lesson["by_sklearn"] == pytest.approx(found)
    assert lesson["measured"]["recall"] == pytest.approx(found, abs=1e-6)


def test_the_bars_add_up_to_the_answer(lesson: Lesson) -> None:
    sums = lesson["shares"].sum(axis=1) + lesson["bias"]
    assert np.allclose(1 / (1 + np.exp(-sums)), lesson["scores"], atol=1e-5)


def test_the_worst_is_the_eight_with_the_lowest_score(lesson: Lesson) -> None:
    of_eights = lesson["scores"][lesson["digit_test"] == 8]
    assert lesson["digit_test"][lesson["worst"]] == 8
    assert lesson["scores"][lesson["worst"]] == of_eights.min() < 0.5
    assert len(lesson["missed"]) == np.sum(of_eights < 0.5)


def test_the_sum_by_hand_is_the_networks(lesson: Lesson) -> None:
    for name in ("network", "another", "untrained"):
        sums = lesson["final_sum"](lesson["x_test"], lesson[name])
        scores = lesson[name].predict(lesson["x_test"], verbose=0)[:, 0]
        assert 1 / (1 + np.exp(-sums)) == pytest.approx(scores, abs=1e-5)


def test_slopes_are_those_of_small_steps(lesson: Lesson) -> None:
    row, step = lesson["x_test"][:1].astype("float64"), 1e-6
    for name in ("network", "another"):
        now = lesson["final_sum"](row, lesson[name])
        found = [
            (lesson["final_sum"](row + step * np.eye(64)[pixel], lesson[name]) - now)[0] / step for pixel in range(64)
        ]
        assert lesson["sloped"](row, lesson[name])[0] == pytest.approx(row[0] * found, abs=1e-3)


def test_a_pixel_without_ink_is_worth_nothing(lesson: Lesson) -> None:
    rows = lesson["eights"]
    assert np.abs(lesson["by_cover"][rows == 0]).max() == 0
    assert np.median(lesson["off"]) > 0.05


def test_agreement_is_over_the_pixels_with_ink(lesson: Lesson) -> None:
    rows = np.array([[0.0, 0.5, 1.0, 1.0], [1.0, 1.0, 1.0, 0.0]])
    one = np.array([[9.0, 1.0, 2.0, 3.0], [1.0, 2.0, 3.0, -5.0]])
    assert lesson["agreement"](one, -one, rows) == -1
    assert lesson["agreement"](one, one * [0, 1, 1, 1], rows) == 1
    assert lesson["agreement"](one, np.array([[0, 3, 2, 1], [0, 0, 0, 7]]), rows) == -1  # the second map has no order


def test_the_fall_is_that_without_the_best_pixels(lesson: Lesson) -> None:
    rows, network = lesson["eights"][:3], lesson["network"]
    worth = lesson["covered"](rows, network)
    one = lesson["fall"](rows, network, worth, count=1)
    assert one == pytest.approx(worth.max(axis=1), abs=1e-4)
    best = np.argsort(-worth[0])[:5]
    without = np.where(np.isin(np.arange(64), best), 0, rows[:1])
    lost = lesson["final_sum"](rows[:1], network) - lesson["final_sum"](without, network)
    assert lesson["fall"](rows, network, worth)[0] == pytest.approx(lost[0], abs=1e-4)
    assert (rows > 0).sum(axis=1).min() > 5  # so chance takes ink only


def test_without_a_slope_no_unit_speaks(lesson: Lesson) -> None:
    silent = lesson["eights"][lesson["silent"]["another seed"]]
    weights, bias, _, last = lesson["another"].get_weights()
    assert len(silent) > 0
    assert (silent @ weights + bias).max() <= 0
    assert lesson["final_sum"](silent, lesson["another"]) == pytest.approx(np.full(len(silent), last[0]))


def test_the_untrained_network_knows_nothing(lesson: Lesson) -> None:
    assert np.isclose(lesson["untrained"].get_weights()[1], 0).all()
