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
    assert 1 / (1 + np.exp(-lesson["final_sum"](lesson["x_test"]))) == pytest.approx(lesson["scores"], abs=1e-5)


def test_slopes_are_those_of_small_steps(lesson: Lesson) -> None:
    row = lesson["x_test"][:1].astype("float64")
    step = 1e-6
    found = [
        (lesson["final_sum"](row + step * np.eye(64)[pixel]) - lesson["final_sum"](row))[0] / step
        for pixel in range(64)
    ]
    assert lesson["sloped"](row)[0] == pytest.approx(row[0] * found, abs=1e-3)


def test_a_pixel_without_ink_is_worth_nothing(lesson: Lesson) -> None:
    rows = lesson["eights"]
    assert np.abs(lesson["covered"](rows)[rows == 0]).max() == 0
    assert np.median(lesson["agreement"]) > 0.85
    assert np.median(lesson["off"]) > 0.05
