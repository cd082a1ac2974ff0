"""What the lesson on fit teaches."""

from typing import Any

import keras
import numpy as np
import pytest

Lesson = dict[str, Any]


def equal(some: list[Any], others: list[Any]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(some, others, strict=True))


def test_class_1_is_spam_and_comes_first_in_the_file(lesson: Lesson) -> None:
    labels, emails = lesson["labels"], lesson["emails"]
    assert int(labels.sum()) == (emails["yesno"] == "y").sum() == 1813
    assert labels[:1813].all()
    assert not labels[1813:].any()


def test_parts_are_stratified_and_lose_no_row(lesson: Lesson) -> None:
    parts = [lesson[f"y_{name}"] for name in ("train", "validation", "test")]
    assert [len(part) for part in parts] == [400, 2000, 2201]
    assert sum(len(part) for part in parts) == len(lesson["labels"])
    for part in parts:
        assert part.mean() == pytest.approx(lesson["labels"].mean(), abs=0.005)


def test_an_update_for_each_batch_the_unfilled_one_too(lesson: Lesson) -> None:
    assert lesson["steps"] == len(range(0, 400, 32)) == 13
    for size, updates in ((32, 13), (150, 3), (400, 1)):
        lesson["begin_again"]()
        lesson["model"].fit(lesson["x_train"], lesson["y_train"], batch_size=size, verbose=0)
        assert int(lesson["model"].optimizer.iterations) == updates


def test_second_fit_went_on_and_has_a_history_of_its_own(lesson: Lesson) -> None:
    more = lesson["more"].history
    assert set(more) == {"accuracy", "loss"}
    assert lesson["more"].epoch == [0, 1]
    assert max(more["loss"]) < lesson["history"].history["loss"][0]


def test_beginning_again_repeats_a_training_exactly(lesson: Lesson) -> None:
    once = lesson["train"](epochs=2, batch_size=32)
    assert lesson["train"](epochs=2, batch_size=32)["loss"] == once["loss"]
    lesson["begin_again"]()
    assert equal(lesson["model"].get_weights(), lesson["first_weights"])
    assert int(lesson["model"].optimizer.iterations) == 0


def test_validation_data_change_no_weight(lesson: Lesson) -> None:
    assert equal(lesson["watched"], lesson["unwatched"])
    assert not equal(lesson["watched"], lesson["first_weights"])


def test_the_loop_by_hand_does_what_fit_does(lesson: Lesson) -> None:
    by_keras = lesson["by_keras"]
    for ours, theirs, first in zip(lesson["by_loop"], by_keras, lesson["first_weights"], strict=True):
        assert np.allclose(ours, theirs, atol=1e-5)
        assert np.abs(theirs - first).max() > 0.01
    lesson["train"](epochs=2)
    shuffled = lesson["model"].get_weights()
    assert max(np.abs(a - b).max() for a, b in zip(shuffled, by_keras, strict=True)) > 1e-3


def test_early_stopping_restored_the_best_epoch(lesson: Lesson) -> None:
    val_loss, best = lesson["val_loss"], lesson["best"]
    assert len(val_loss) == best + 1 + 10
    assert lesson["stopping"].stopped_epoch == len(val_loss) - 1
    assert min(val_loss) == val_loss[best]
    lesson["train"](epochs=best + 1)
    assert equal(lesson["stopping"].best_weights, lesson["model"].get_weights())
    assert lesson["model"].evaluate(**lesson["on_test"])[0] == pytest.approx(lesson["restored"], abs=1e-5)
    assert lesson["restored"] < lesson["default"]
    lesson["train"](epochs=len(val_loss))
    assert equal(lesson["last"].weights, lesson["model"].get_weights())


@pytest.mark.filterwarnings("ignore:Early stopping conditioned")
def test_defaults_keep_the_last_weights_and_need_validation_data(lesson: Lesson) -> None:
    hasty = keras.callbacks.EarlyStopping(patience=2)
    record = lesson["train"](epochs=30, callbacks=[hasty], **lesson["watch"])
    ended = len(record["loss"])
    assert ended == 1 + int(np.argmin(record["val_loss"])) + 2
    stopped = lesson["model"].get_weights()
    lesson["train"](epochs=ended)
    assert equal(lesson["model"].get_weights(), stopped)
    unwatched = lesson["train"](epochs=9, callbacks=[keras.callbacks.EarlyStopping()])
    assert len(unwatched["loss"]) == 9


def test_validation_split_takes_the_last_rows(lesson: Lesson) -> None:
    model, cut = lesson["model"], lesson["cut"]
    assert lesson["labels"][cut:].sum() == 0
    lesson["begin_again"]()
    x, y = lesson["scaler"].transform(lesson["features"]), lesson["labels"]
    record = model.fit(x, y, batch_size=400, validation_split=0.2, verbose=0).history
    probability = np.array(model(x[cut:]))[:, 0]
    assert record["val_accuracy"][0] == pytest.approx(np.mean(probability <= 0.5), abs=1e-3)


def test_fit_repeats_one_order_and_a_shuffled_data_set_does_not(lesson: Lesson) -> None:
    assert lesson["by_fit"][0] == lesson["by_fit"][1] == lesson["by_fit"][2] != list(range(10))
    assert len({tuple(order) for order in lesson["by_dataset"]}) == 3
