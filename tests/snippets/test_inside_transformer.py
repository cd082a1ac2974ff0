"""What the lesson on the inside of a Transformer shows."""

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import spearmanr

Lesson = dict[str, Any]


def test_the_sum_is_the_score_before_the_sigmoid(lesson: Lesson) -> None:
    some = lesson["x_validation"][:20]
    sums = np.array(lesson["sums_of"](some))
    assert 1 / (1 + np.exp(-sums)) == pytest.approx(np.array(lesson["model"](some))[:, 0], abs=1e-5)


def test_attention_received_adds_up_over_the_words(lesson: Lesson) -> None:
    received, weights = lesson["received"](lesson["long_spam"][:5])
    assert received.sum(axis=1) == pytest.approx(np.ones(5), abs=1e-4)
    assert (received[lesson["long_spam"][:5] == 0] == 0).all()
    assert weights.sum(axis=-1) == pytest.approx(np.ones(weights.shape[:2]), abs=1e-4)


def test_without_the_querys_weights_attention_is_even(lesson: Lesson) -> None:
    count = lesson["count"]
    assert lesson["attention"].weights[0].path.endswith("query/kernel")
    assert lesson["even"][0, :count, :count] == pytest.approx(np.full((count, count), 1 / count), abs=1e-6)


def test_even_attention_was_given_back(lesson: Lesson) -> None:
    scores = lesson["model"].predict(lesson["x_validation"], batch_size=256, verbose=0)[:, 0]
    assert scores == pytest.approx(lesson["scores"], abs=1e-5)
    assert lesson["moved"] > 0  # the two were not one and the same


def test_influence_is_what_an_empty_place_costs(lesson: Lesson) -> None:
    row, place = lesson["row"].copy(), lesson["names"].index("tones")
    whole = float(lesson["sums_of"](row[None])[0])
    row[place] = 0
    assert lesson["effect"][place] == pytest.approx(whole - float(lesson["sums_of"](row[None])[0]), abs=1e-3)


def test_the_message_is_real_spam_and_harmless(lesson: Lesson) -> None:
    assert lesson["validation"].spam[1460] == 1
    assert "ringtone" in lesson["message"]
    assert not any(part.isdigit() and len(part) > 3 for part in lesson["message"].split())


def test_all_long_spam_messages_are_measured(lesson: Lesson) -> None:
    known = (lesson["x_validation"] > 1).sum(axis=1)
    chosen = (lesson["y_validation"] == 1) & (known >= 8)
    assert len(lesson["long_spam"]) == len(lesson["effects"]) == chosen.sum() > 100
    for each in lesson["agreements"].values():
        assert len(each) == len(lesson["effects"])
    first, effect = lesson["all_looked_at"][0], lesson["effects"][0]
    expected = spearmanr(first[: len(effect)], np.abs(effect)).statistic
    assert lesson["agreements"]["attention, size of influence"][0] == pytest.approx(expected)


def test_the_gradient_is_the_slope(lesson: Lesson) -> None:
    rows, step = np.array(lesson["rows"][:1]).astype("float64"), 1e-2
    up, down = rows.copy(), rows.copy()
    up[0, 0, 0] += step
    down[0, 0, 0] -= step
    ends = [float(lesson["sums_of"](lesson["long_spam"][:1], tf.constant(each, "float32"))[0]) for each in (up, down)]
    assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(lesson["gradients"][0, 0, 0], abs=0.01, rel=0.05)


def test_a_word_is_not_its_own_neighbour(lesson: Lesson) -> None:
    for word in ("free", "home"):
        found = lesson["nearest"](word)
        assert len(set(found)) == 6
        assert set(found) <= set(lesson["vocabulary"][2:202])  # the commonest: fit for all eyes
        assert word not in found
