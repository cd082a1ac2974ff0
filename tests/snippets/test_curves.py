"""What the lesson on training curves teaches."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

Lesson = dict[str, Any]
Draw = Callable[..., None]


@pytest.fixture
def plot_history(lesson: Lesson) -> Iterator[Draw]:
    plt.close("all")
    yield lesson["plot_history"]
    plt.close("all")


def history(**record: list[float]) -> SimpleNamespace:
    return SimpleNamespace(history=record)


@pytest.mark.parametrize("metric", ["loss", "auc", "accuracy"])
def test_draws_the_two_lines_of_the_metric(lesson: Lesson, plot_history: Draw, metric: str) -> None:
    plot_history(lesson["large_history"], metric)
    axes = plt.gca()
    record = lesson["large_history"].history
    drawn = {line.get_label(): line for line in axes.get_lines()}
    legend = axes.get_legend()
    assert legend is not None
    assert set(drawn) == {text.get_text() for text in legend.get_texts()} == {f"train_{metric}", f"val_{metric}"}
    for label, key in ((f"train_{metric}", metric), (f"val_{metric}", f"val_{metric}")):
        assert np.asarray(drawn[label].get_ydata()).tolist() == record[key]
        assert np.asarray(drawn[label].get_xdata()).tolist() == list(range(1, len(record[key]) + 1))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Epoch", metric)


def test_plot_history_draws_accuracy_unless_told_otherwise(plot_history: Draw) -> None:
    plot_history(history(accuracy=[0.5, 0.7], val_accuracy=[0.5, 0.6]))
    assert plt.gca().get_ylabel() == "accuracy"


def test_plot_history_makes_a_figure_of_its_own_each_time(plot_history: Draw) -> None:
    run = history(loss=[2.0, 1.0], val_loss=[2.0, 3.0])
    plot_history(run, "loss")
    plot_history(run, "loss")
    assert len(plt.get_fignums()) == 2


def test_lines_differ_without_colour(plot_history: Draw) -> None:
    plot_history(history(loss=[2.0, 1.0], val_loss=[2.0, 3.0]), "loss")
    first, second = plt.gca().get_lines()
    assert first.get_linestyle() != second.get_linestyle()
    assert first.get_marker() != second.get_marker()


def test_unknown_metric_is_named_with_those_present(lesson: Lesson, plot_history: Draw) -> None:
    with pytest.raises(KeyError, match="recall") as raised:
        plot_history(lesson["large_history"], "recall")
    for name in lesson["large_history"].history:
        assert name in str(raised.value)
    assert not plt.get_fignums()


def test_history_without_validation_is_refused(plot_history: Draw) -> None:
    with pytest.raises(KeyError, match=r"no 'val_loss' .*\(it has: loss\)"):
        plot_history(history(loss=[2.0, 1.0]), "loss")


def test_class_1_is_spam(lesson: Lesson) -> None:
    emails, labels = lesson["emails"], lesson["labels"]
    assert labels.tolist() == emails["spam"].tolist()
    assert "spam" not in lesson["features"].columns
    assert emails["dollar"].max() > 1
    assert set(emails["winner"]) == {0, 1}
    assert lesson["never_spam"] == pytest.approx(1 - labels.mean(), abs=0.005)


def test_runs_differ_in_their_hidden_layers_only(lesson: Lesson) -> None:
    large, small = lesson["large"], lesson["small"]
    assert [layer.units for layer in large.layers] == [128, 128, 1]
    assert [layer.units for layer in small.layers] == [8, 1]
    assert type(large.optimizer) is type(small.optimizer)
    assert large.optimizer.learning_rate == small.optimizer.learning_rate
    assert large.loss == small.loss
    assert lesson["large_history"].epoch == lesson["small_history"].epoch


def test_seed_fixes_a_run_whatever_ran_before(lesson: Lesson) -> None:
    _, again = lesson["train"]([8])
    first = lesson["small_history"].history["loss"]
    assert again.history["loss"] == pytest.approx(first, rel=1e-4)


def test_large_network_overfits(lesson: Lesson) -> None:
    record = lesson["large_history"].history
    best = int(np.argmin(record["val_loss"]))
    assert best == lesson["best"] < len(record["loss"]) - 4
    assert record["val_loss"][-1] > 1.1 * record["val_loss"][best]
    assert record["loss"][-1] < 0.85 * record["loss"][best]
    assert record["val_auc"][-1] < max(record["val_auc"])


def test_accuracy_does_not_show_it(lesson: Lesson) -> None:
    accuracy = lesson["large_history"].history["val_accuracy"]
    assert accuracy[-1] > max(accuracy) - 0.02


def test_small_network_does_not_overfit(lesson: Lesson) -> None:
    small = lesson["small_history"].history["val_loss"]
    assert small[-1] < 1.05 * min(small)
    assert small[-1] < 0.95 * lesson["large_history"].history["val_loss"][-1]


def test_large_network_learns_its_training_set_better(lesson: Lesson) -> None:
    large, small = lesson["large_history"].history, lesson["small_history"].history
    assert large["loss"][-1] < 0.8 * small["loss"][-1]
    assert min(large["val_loss"]) == pytest.approx(min(small["val_loss"]), abs=0.04)


def test_both_beat_never_saying_spam_by_little(lesson: Lesson) -> None:
    for name in ("large_history", "small_history"):
        accuracy = lesson[name].history["val_accuracy"][-1]
        assert lesson["never_spam"] < accuracy < lesson["never_spam"] + 0.04


def test_overfitted_network_is_sure_and_wrong_more_often(lesson: Lesson) -> None:
    truth = lesson["y_validation"]
    counted = {}
    for name in ("large", "small"):
        probability = lesson[name].predict(lesson["x_validation"], verbose=0)[:, 0]
        sure = np.where(truth == 1, probability < 0.01, probability > 0.99)
        counted[name] = int(sure.sum())
    assert lesson["sure_and_wrong"] == pytest.approx(counted, abs=1)
    assert counted["large"] > 1.5 * counted["small"]
