"""What the lesson on reusing a trained part teaches."""

from typing import Any

import numpy as np
import pytest

Lesson = dict[str, Any]


def test_class_1_is_spam(lesson: Lesson) -> None:
    assert lesson["y_pool"].tolist() == lesson["train"].spam.tolist()
    assert lesson["y_judge"].tolist() == lesson["validation"].spam.tolist()


def test_the_trunk_saw_no_label_and_no_message_that_judges(lesson: Lesson) -> None:
    assert not set(lesson["train"].folded) & set(lesson["validation"].folded)
    assert lesson["last"] < 0.3 * lesson["first"]


def test_the_part_taken_ends_before_the_task(lesson: Lesson) -> None:
    body, published = lesson["body"], lesson["published"]
    assert body.output.shape == (None, 7, 7, 1024)
    assert published.count_params() - body.count_params() == 1024 * 1000 + 1000


def test_freezing_leaves_the_head(lesson: Lesson) -> None:
    assert lesson["head_only"] == 33
    assert lesson["everything"] == 1000 * 32 + 32 + 33


def test_training_the_head_leaves_the_trunk(lesson: Lesson) -> None:
    start = [*lesson["learned"], *lesson["head"]]
    lesson["train_head"](start, np.arange(100), 0)
    for before, after in zip(lesson["learned"], lesson["trunk"].get_weights(), strict=True):
        assert np.array_equal(before, after)


def test_a_run_is_repeated_by_its_seed(lesson: Lesson) -> None:
    start = [*lesson["learned"], *lesson["head"]]
    runs = [lesson["train_all"](start, np.arange(100), seed) for seed in (1, 1, 2)]
    assert runs[0] == pytest.approx(runs[1], abs=1e-6)
    assert runs[0] != pytest.approx(runs[2], abs=1e-6)


def test_with_few_labels_the_frozen_trunk_wins(lesson: Lesson) -> None:
    for size in (8, 32):
        few = lesson["means"].loc[size]
        assert few["frozen"] > few["from scratch"] + 0.1
        assert few["frozen"] > few[["fine-tuned", "logistic regression"]].max() + 0.05


def test_with_many_labels_the_ways_draw_near(lesson: Lesson) -> None:
    many = lesson["means"].loc[2048].drop("words mixed up")
    assert many.idxmax() == "frozen"
    assert many.min() > many.max() - 0.03


def test_a_rate_too_low_for_the_head_makes_the_trunk_seem_worse(lesson: Lesson) -> None:
    for start, labelled, _ in lesson["largest"]:
        assert len(set(labelled)) == 2048
        assert all(np.array_equal(a, b) for a, b in zip(start[:2], lesson["learned"], strict=True))
    assert lesson["slow"] < lesson["means"].loc[2048, "fine-tuned"]


def test_the_same_weights_for_other_words_are_no_help(lesson: Lesson) -> None:
    assert np.array_equal(np.sort(lesson["mixed_up"][0].ravel()), np.sort(lesson["learned"][0].ravel()))
    means = lesson["means"]
    assert (means["words mixed up"] < means["frozen"] - 0.1).all()
    assert (means["words mixed up"] < means["from scratch"]).loc[32:].all()


def test_freezing_needs_another_compile(lesson: Lesson) -> None:
    assert lesson["still_moves"]
    assert not lesson["moves_at_last"]


def test_keras_and_scikit_learn_agree(lesson: Lesson) -> None:
    assert lesson["by_keras"] == pytest.approx(lesson["by_sklearn"], abs=0.01)
