"""What the lesson on making one machine faster teaches."""

from typing import Any

import keras
import numpy as np
import pytest

Lesson = dict[str, Any]


def test_class_1_is_malignant_and_the_network_begins_alike(lesson: Lesson) -> None:
    assert lesson["y_train"].mean() == pytest.approx(1 - lesson["benign"].mean(), abs=0.01)
    assert lesson["apart"](lesson["build"](), lesson["build"]()) == 0


def test_a_batch_is_learned_from_when_it_is_read_and_one_after_another(lesson: Lesson) -> None:
    assert lesson["ends"] == {"in turn": 80, "prefetch": 56, "from memory": 30}
    for reads, learns in lesson["begins"].values():
        assert all(learn >= read + lesson["fetch"] for read, learn in zip(reads, learns, strict=False))
        assert all(np.diff(learns) >= lesson["learn"])
        assert all(np.diff(reads) >= lesson["fetch"])


def test_accumulated_pieces_make_the_step_of_the_whole(lesson: Lesson) -> None:
    pieces = lesson["pieces"].optimizer
    assert pieces.gradient_accumulation_steps == 4
    assert int(pieces.iterations.numpy()) == int(lesson["whole"].optimizer.iterations.numpy()) == 20
    assert lesson["apart"](lesson["whole"], lesson["pieces"]) < 1e-4


def test_mixed_precision_keeps_the_weights_and_loses_the_small(lesson: Lesson) -> None:
    assert lesson["half"].kernel.dtype == "float32"
    assert lesson["half"].compute_dtype == "float16"
    assert np.float16(lesson["tiny"]) == 0 != np.float16(1024 * lesson["tiny"])


def test_the_second_start_does_the_epochs_that_were_left(lesson: Lesson) -> None:
    assert lesson["history"].epoch == [3, 4]
    assert lesson["apart"](lesson["steady"], lesson["again"]) < 1e-4
    assert lesson["apart"](lesson["steady"], lesson["broken"]) > 1e-3


def test_seconds_is_the_least_of_three_after_a_warm_up(lesson: Lesson) -> None:
    calls: list[int] = []
    assert 0 <= lesson["seconds"](lambda: calls.append(1)) < 1
    assert len(calls) == 4


def test_a_bound_is_told_as_it_is_and_the_ratio_returned(lesson: Lesson, capsys: pytest.CaptureFixture[str]) -> None:
    assert lesson["compare"]("this", 6, 2, bound=2) == 3
    assert lesson["compare"]("that", 6, 3, bound=2) == 2
    assert capsys.readouterr().out == "this: more than 2 times as fast\nthat: not more than 2 times as fast\n"


def test_several_steps_in_one_go_are_the_same_steps(lesson: Lesson) -> None:
    one, many = lesson["build"](), lesson["build"](steps_per_execution=4)
    for model in (one, many):
        model.fit(lesson["x_train"], lesson["y_train"], batch_size=100, shuffle=False, verbose=0)
    assert lesson["apart"](one, many) < 1e-5
    assert isinstance(one, keras.Model)
