"""What the lesson on layer types teaches."""

from typing import Any

import numpy as np
import pytest
from scipy.signal import correlate2d

Lesson = dict[str, Any]


def test_the_rules_are_those_of_keras(lesson: Lesson) -> None:
    assert all(lesson["held"])
    assert len(lesson["held"]) == 5 * len(lesson["rules"])


@pytest.mark.parametrize(
    ("layer", "out", "weights"),
    [
        ("Conv1D(u, k)", (18, 16), 160),
        ("Embedding(v, u)", (20, 16), 16000),
        ("Flatten()", (2352,), 0),
        ("MultiHeadAttention(a, d)", (20, 3), 123),
    ],
)
def test_shapes(lesson: Lesson, layer: str, out: tuple[int, ...], weights: int) -> None:
    assert lesson["shapes"].out[layer] == out
    assert lesson["shapes"].weights[layer] == weights


def test_attention_is_a_weighted_average(lesson: Lesson) -> None:
    assert np.allclose(lesson["shares"].sum(axis=1), 1)
    places = [np.mean([at for at, each in enumerate(lesson["word"]) if each == own]) for own in lesson["word"]]
    assert np.allclose(lesson["attended"][:, 0], places, atol=0.01)
    assert np.allclose(lesson["attended"], lesson["head_by_keras"], atol=1e-4)


def test_heads_add_up_to_what_keras_gives(lesson: Lesson) -> None:
    assert np.allclose(sum(lesson["heads"]), lesson["heads_by_keras"], atol=1e-5)


def test_the_convolution_is_a_sliding_sum(lesson: Lesson) -> None:
    expected = correlate2d(lesson["digit"], lesson["edge"], mode="valid")
    assert np.allclose(lesson["by_loop"], expected)
    assert np.allclose(lesson["slid"], expected)


def test_dropout_works_in_training_alone(lesson: Lesson) -> None:
    assert set(lesson["while_training"].tolist()) == {0.0, 2.0}
    assert (lesson["afterwards"] == 1).all()


def test_batch_normalisation_notes_the_mean(lesson: Lesson) -> None:
    batch = lesson["batch"]
    expected = (batch[0, 0] - batch.mean()) / batch.std()
    assert lesson["alone"] == pytest.approx(expected, abs=0.02)


def test_the_notes_move_by_a_hundredth_of_the_way(lesson: Lesson) -> None:
    assert lesson["share"] == pytest.approx(1 - 0.99**100, abs=1e-3)


def test_only_the_mask_keeps_the_empty_places_out(lesson: Lesson) -> None:
    assert np.allclose(lesson["by_mask"][:1], lesson["two_words"])
    assert not np.allclose(lesson["careless"][:1], lesson["two_words"])
    assert np.allclose(lesson["careless"][1:], lesson["by_mask"][1:])  # a full text has nothing to leave out


def test_without_flatten_there_is_an_answer_for_each_place(lesson: Lesson) -> None:
    forgotten = lesson["forgotten"]
    assert forgotten.output_shape == (None, 26, 26, 1)
    forgotten.compile(loss="binary_crossentropy")
    with pytest.raises(ValueError, match="same rank"):
        forgotten.train_on_batch(lesson["image"], np.ones((4, 1)))
    forgotten.compile(loss="mse")
    assert np.isfinite(forgotten.train_on_batch(lesson["image"], np.ones(4)))
