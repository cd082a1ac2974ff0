"""What the lesson on fit teaches."""

from typing import Any

import keras
import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

Lesson = dict[str, Any]


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
    assert max(more["loss"]) < 0.3 < lesson["losses"][32][0]


def test_beginning_again_repeats_a_training_exactly(lesson: Lesson) -> None:
    again = lesson["train"](epochs=2, batch_size=32)
    assert again["loss"] == lesson["losses"][32][:2]
    lesson["begin_again"]()
    assert lesson["same"](lesson["model"].get_weights(), lesson["first_weights"])
    assert int(lesson["model"].optimizer.iterations) == 0


def test_validation_data_change_no_weight(lesson: Lesson) -> None:
    assert lesson["same"](lesson["watched"], lesson["unwatched"])
    assert not lesson["same"](lesson["watched"], lesson["first_weights"])


def test_one_big_batch_learns_less_in_as_many_epochs(lesson: Lesson) -> None:
    losses = lesson["losses"]
    assert losses[400][-1] > 1.4 * max(losses[8][-1], losses[32][-1])
    assert len({len(record) for record in losses.values()}) == 1


def test_early_stopping_restored_the_best_epoch(lesson: Lesson) -> None:
    val_loss, best, pages = lesson["val_loss"], lesson["best"], lesson["diary"].pages
    assert len(pages) == len(val_loss) == best + 1 + 10
    assert lesson["stopping"].stopped_epoch == len(val_loss) - 1
    assert lesson["same"](lesson["stopping"].best_weights, pages[best])
    assert min(val_loss) == val_loss[best]
    assert lesson["test_loss"]["best epoch"] < lesson["test_loss"]["last epoch"]


@pytest.mark.parametrize(
    ("record", "patience", "epoch"),
    [
        ([3, 2, 1], 0, 3),
        ([3, 4, 1], 0, 2),
        ([3, 4, 1], 1, 2),
        ([3, 4, 1, 2, 2], 2, 5),
        ([3, 4, 5, 1], 2, 3),
        ([1, 1, 1, 1], 2, 3),
    ],
)
def test_patience_is_replayed_as_keras_does_it(lesson: Lesson, record: list[float], patience: int, epoch: int) -> None:
    assert lesson["ends_after"](record, patience) == epoch
    stopping = keras.callbacks.EarlyStopping(monitor="loss", patience=patience, mode="min")
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.stop_training = False
    stopping.set_model(model)
    stopping.on_train_begin()
    for ran, value in enumerate(record, start=1):
        stopping.on_epoch_end(ran - 1, {"loss": value})
        if model.stop_training:
            break
    assert ran == epoch


@pytest.mark.filterwarnings("ignore:Early stopping conditioned")
def test_defaults_keep_the_last_weights_and_need_validation_data(lesson: Lesson) -> None:
    pages = lesson["diary"].pages
    hasty = keras.callbacks.EarlyStopping(patience=2)
    record = lesson["train"](epochs=30, callbacks=[hasty], **lesson["watch"])
    assert len(record["loss"]) == lesson["ends_after"](record["val_loss"], 2) == lesson["best"] + 3
    assert lesson["same"](lesson["model"].get_weights(), pages[lesson["best"] + 2])
    unwatched = lesson["train"](epochs=9, callbacks=[keras.callbacks.EarlyStopping()])
    assert len(unwatched["loss"]) == 9


def test_class_weight_multiplies_each_rows_cost(lesson: Lesson) -> None:
    cost, labels = lesson["cost"], lesson["y_train"]
    expected = (cost[labels == 0].sum() + 5 * cost[labels == 1].sum()) / 400
    record = lesson["train"](epochs=1, batch_size=400, class_weight={0: 1, 1: 5})
    assert record["loss"][0] == pytest.approx(expected, rel=1e-3)


def test_class_weights_trade_precision_for_recall_as_a_threshold_does(lesson: Lesson) -> None:
    scores = lesson["scores"]
    for row, (weights, threshold, precision, recall, *_) in enumerate(scores.itertuples(index=False)):
        said = lesson["answers"][weights] > threshold
        (_, false_alarms), (misses, hits) = confusion_matrix(lesson["y_validation"], said)
        assert precision == pytest.approx(hits / (hits + false_alarms), abs=0.005), row
        assert recall == pytest.approx(hits / (hits + misses), abs=0.005), row
    plain, spam, low, others, high = scores.to_dict("records")
    assert spam["recall"] > plain["recall"] > others["recall"]
    assert spam["precision"] < plain["precision"] < others["precision"]
    for weighted, moved in ((spam, low), (others, high)):
        assert weighted["recall"] == pytest.approx(moved["recall"], abs=0.05)
        assert weighted["precision"] == pytest.approx(moved["precision"], abs=0.05)


def test_validation_split_takes_the_last_rows(lesson: Lesson) -> None:
    model, cut = lesson["model"], lesson["cut"]
    assert lesson["labels"][cut:].sum() == lesson["held_back"]["file"][1] == 0
    assert lesson["held_back"]["shuffled"][1] > 300
    lesson["begin_again"]()
    x, y = lesson["scaler"].transform(lesson["features"]), lesson["labels"]
    record = model.fit(x, y, batch_size=400, validation_split=0.2, verbose=0).history
    probability = np.array(model(x[cut:]))[:, 0]
    assert record["val_accuracy"][0] == pytest.approx(np.mean(probability <= 0.5), abs=1e-3)
