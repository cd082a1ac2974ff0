"""What the lesson on a part from a stranger teaches."""

from typing import Any

import numpy as np
import pytest

Lesson = dict[str, Any]


def test_the_weights_are_those_of_the_locked_package(lesson: Lesson) -> None:
    assert lesson["package"].version == "0.5.2"
    assert "mit" in lesson["package"].metadata["License"].lower()
    assert [weight.shape for weight in lesson["parts"]["lstm_1"]] == [(44, 1024), (256, 1024), (1024,)]


def test_a_letter_is_one_place_and_an_unknown_one_is_left_out(lesson: Lesson) -> None:
    alphabet = lesson["alphabet"]
    rows = lesson["one_hot"](["Ab€a", ""], alphabet, 4)
    assert rows.shape == (2, 4, 44)
    assert [alphabet[place] for place in rows[0, :3].argmax(axis=1)] == ["a", "b", "a"]
    assert rows.sum(axis=(1, 2)).tolist() == [3, 0]


def test_the_chatbot_needs_its_own_alphabet_zeros_and_sigmoid(lesson: Lesson) -> None:
    assert sorted(lesson["mixed_up"]) == lesson["alphabet"] != lesson["mixed_up"]
    others = (lesson[f"other_{name}"] for name in ("letters", "zeros", "gate"))
    assert lesson["right"] > max(others) + 0.01


def test_the_gate_is_that_of_keras_2(lesson: Lesson) -> None:
    assert np.array(lesson["hard"](np.array([-3.0, 0.0, 1.0, 3.0]))) == pytest.approx([0, 0.5, 0.7, 1])


def test_class_1_is_spam_and_no_message_is_on_both_sides(lesson: Lesson) -> None:
    assert lesson["y_judge"].tolist() == lesson["judge"].spam.tolist()
    assert not set(lesson["pool"].folded) & set(lesson["judge"].folded)


def test_each_way_gives_a_row_a_message(lesson: Lesson) -> None:
    for name, (pool, judge) in lesson["ways"].items():
        assert len(pool) == len(judge) == 800
        assert pool.shape[1] == {"letters counted": 44, "digits alone": 10}.get(name, 512)


def test_the_baseline_beats_the_stranger(lesson: Lesson) -> None:
    means = lesson["means"]
    assert (means["letters counted"] > means["trained by a stranger"] + 0.03).all()
    assert (means["trained by a stranger"] > means["alphabet mixed up"]).all()
