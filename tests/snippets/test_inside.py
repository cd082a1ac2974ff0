"""What the lesson on the inside of classifiers shows."""

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


def test_attention_is_a_mean_over_places(lesson: Lesson) -> None:
    assert lesson["attended"].shape == (2, 32, 32)
    assert np.allclose(lesson["attended"].sum(axis=-1), 1, atol=1e-4)
    assert lesson["received"] == pytest.approx(
        lesson["attended"][:, : lesson["count"], : lesson["count"]].mean(axis=(0, 1))
    )


def test_without_the_querys_weights_attention_is_even(lesson: Lesson) -> None:
    attention, model = lesson["attention"], lesson["model"]
    learned = attention.get_weights()
    embedded = model.layers[1](lesson["tokens"])
    try:
        attention.set_weights([np.zeros_like(learned[0]), *learned[1:]])
        _, even = attention(embedded, embedded, return_attention_scores=True)
        evened = lesson["score"](lesson["message"])
    finally:
        attention.set_weights(learned)
    assert attention.weights[0].path.endswith("query/kernel")
    assert np.allclose(even, 1 / 32)
    assert lesson["evened"] == pytest.approx(evened)
    assert evened < 0.5 < lesson["score"](lesson["message"])
    assert 0 < lesson["changed"] < 0.15 * len(lesson["validation"])


def test_the_message_is_real_spam_and_harmless(lesson: Lesson) -> None:
    assert lesson["messages"].spam[1460] == 1
    assert "ringtone" in lesson["message"]
    assert not any(part.isdigit() and len(part) > 3 for part in lesson["message"].split())


def test_influence_is_what_an_unknown_word_in_its_place_costs(lesson: Lesson) -> None:
    row = np.asarray(lesson["tokens"]).copy()
    place = list(lesson["names"]).index("ringtone")
    row[0, place] = 1
    with_it, without = (float(lesson["model"](x)[0, 0]) for x in (np.asarray(lesson["tokens"]), row))
    expected = np.log(with_it / (1 - with_it)) - np.log(without / (1 - without))
    assert lesson["influence"][place] == pytest.approx(expected, abs=1e-3)


def test_ringtones_give_the_message_away(lesson: Lesson) -> None:
    names, influence = lesson["names"], lesson["influence"]
    assert {"ringtone", "tones"} <= {names[i] for i in np.argsort(influence)[::-1][:4]}
