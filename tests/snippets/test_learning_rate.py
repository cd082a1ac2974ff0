"""What the lesson on the learning rate teaches."""

from typing import Any

import numpy as np
import pytest

Lesson = dict[str, Any]


def test_class_1_is_spam(lesson: Lesson) -> None:
    assert lesson["y_train"][:, 0].tolist() == lesson["train"].spam.tolist()
    assert lesson["always_ham"] == pytest.approx(1 - lesson["validation"].spam.mean())


def test_the_words_come_from_the_training_set(lesson: Lesson) -> None:
    words = {word for text in lesson["train"].text for word in lesson["counter"].build_analyzer()(text)}
    assert set(lesson["counter"].vocabulary_) <= words
    assert lesson["x_train"].shape == (len(lesson["train"]), 500)


def test_every_optimizer_runs_at_every_rate(lesson: Lesson) -> None:
    assert len(lesson["runs"]) == len(lesson["trainers"]) * len(lesson["rates"]) == 28
    assert np.isfinite(lesson["runs"].loss).all()


def test_a_run_does_not_depend_on_the_run_before(lesson: Lesson) -> None:
    again = lesson["trainers"]["Adam"](1e-3)
    assert again == pytest.approx(lesson["curves"]["Adam", 1e-3], abs=1e-5)


def test_each_optimizer_has_a_valley(lesson: Lesson) -> None:
    for name in lesson["trainers"]:
        losses = lesson["runs"].loc[name].loss
        assert losses.iloc[0] > 3 * losses.min()
        assert losses.iloc[-1] > 1.3 * losses.min()


def test_the_valleys_lie_at_different_rates(lesson: Lesson) -> None:
    best = {name: lesson["runs"].loc[name].loss.idxmin() for name in lesson["trainers"]}
    assert best["Adam"] < best["SGD with momentum"] < best["SGD"]


def test_runs_that_find_no_spam_score_like_always_ham(lesson: Lesson) -> None:
    none = lesson["found_none"]
    assert len(none) >= 3
    assert np.allclose(none.accuracy, lesson["always_ham"], atol=0.01)
    assert (none.recall == 0).all()


def test_adam_by_hand_is_keras(lesson: Lesson) -> None:
    assert lesson["by_hand"] == pytest.approx(lesson["weight"].numpy(), abs=1e-3)
    assert lesson["by_hand"] == pytest.approx([0.7, 0.7], abs=1e-3)


def test_fit_comes_to_the_same(lesson: Lesson) -> None:
    loop = lesson["runs"].loc[("Adam", 1e-3)]
    assert lesson["by_fit"]["loss"] == pytest.approx(loop.loss, abs=0.02)
    assert lesson["by_fit"]["recall"] == pytest.approx(loop.recall, abs=0.05)
