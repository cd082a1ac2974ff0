"""What the lesson on reusing a trained part teaches."""

from typing import Any

import numpy as np
import pytest

Lesson = dict[str, Any]


def test_class_1_is_spam(lesson: Lesson) -> None:
    for name in ("train", "validation", "test"):
        assert lesson[f"y_{name}"].tolist() == lesson[name].spam.tolist()


def test_the_trunk_saw_no_label_and_no_message_that_judges(lesson: Lesson) -> None:
    assert not set(lesson["train"].folded) & (set(lesson["validation"].folded) | set(lesson["test"].folded))
    assert lesson["last"] < 0.3 * lesson["first"]


def test_freezing_leaves_the_head(lesson: Lesson) -> None:
    assert lesson["head_only"] == 33
    assert lesson["everything"] == 1000 * 32 + 32 + 33


def test_training_the_head_leaves_the_trunk_and_training_all_does_not(lesson: Lesson) -> None:
    start = lesson["taken"]
    for name, stays in (("the_head", True), ("all_of_it", False)):
        after = lesson["run"](lesson[name], start, np.arange(100), 0.01, 0)[2]
        assert np.array_equal(after[0], start[0]) == stays
        assert not np.array_equal(after[2], start[2])


def test_a_run_is_repeated_by_its_seed_and_its_rate_is_chosen_on_validation_rows(lesson: Lesson) -> None:
    how, rows = (lesson["all_of_it"], lesson["taken"]), np.arange(100)
    slow, quick = (lesson["run"](*how, rows, rate, 1) for rate in (1e-5, 0.01))
    both = lesson["best_of"](*how, rows, (1e-5, 0.01), 1)
    assert both[0] == pytest.approx(max(slow[0], quick[0]), abs=1e-6)
    assert both[1] == pytest.approx(max(slow, quick, key=lambda run: run[0])[1], abs=1e-6)


def test_with_few_labels_the_trunk_wins_and_a_cold_head_spoils_it(lesson: Lesson) -> None:
    for size in (8, 32):
        few = lesson["means"].loc[size]
        assert few["frozen"] > few[["from scratch", "words alone"]].max()
        assert few["head first"] > few["all at once"]


def test_with_many_labels_the_ways_draw_near(lesson: Lesson) -> None:
    many = lesson["means"].loc[1024]
    assert many.min() > many.max() - 0.03


def test_a_trunk_that_read_the_messages_beats_those_from_elsewhere(lesson: Lesson) -> None:
    by_source = lesson["others"].groupby("labels").mean()
    for size in (8, 32):
        read = by_source.loc[size]
        assert read["these messages"] > read[["tweets", "film reviews"]].max() + 0.05
        assert read[["tweets", "film reviews"]].min() > read["nothing"]


def test_the_trunks_differ_in_what_they_read_alone(lesson: Lesson) -> None:
    assert lesson["x_other"].shape == lesson["x_train"].shape
    shapes = [[each.shape for each in trunk] for trunk in lesson["trunks"].values()]
    assert shapes == [[(1000, 32), (32,)]] * 3


def test_a_draw_is_used_again_as_it_was(lesson: Lesson) -> None:
    head, labelled, seed = lesson["draws"][8, 0]
    frozen = lesson["best_of"](lesson["the_head"], [*lesson["learned"], *head], labelled, lesson["rates"], seed)
    assert frozen[1] == pytest.approx(lesson["each"].loc[(8, 0), "frozen"], abs=1e-6)
    assert len(labelled) == 8
    assert lesson["y_train"][labelled].sum() == 1


def test_batch_normalization_forgets_unless_it_is_frozen(lesson: Lesson) -> None:
    assert (lesson["learns"], lesson["frozen_learns"], lesson["fixed_learns"]) == (True, False, False)


def test_freezing_needs_another_compile(lesson: Lesson) -> None:
    trunk, model = lesson["trunk"], lesson["model"]

    def moves() -> bool:
        before = trunk.get_weights()[0]
        model.fit(lesson["x_train"][:64], lesson["y_train"][:64], verbose=0)
        return not np.array_equal(before, trunk.get_weights()[0])

    trunk.trainable = True
    model.compile(loss="binary_crossentropy", optimizer="adam")
    assert moves()
    trunk.trainable = False
    assert moves()
    model.compile(loss="binary_crossentropy", optimizer="adam")
    assert not moves()
