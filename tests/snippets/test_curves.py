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


@pytest.mark.parametrize("metric", ["loss", "accuracy"])
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


def test_large_network_overfits(lesson: Lesson) -> None:
    record, best = lesson["large_history"].history, lesson["best"]
    assert best == int(np.argmin(record["val_loss"])) < len(record["loss"]) - 3
    assert record["val_loss"][-1] > 1.05 * record["val_loss"][best]
    assert record["loss"][-1] < 0.9 * record["loss"][best]


def test_the_diary_has_what_keras_measured(lesson: Lesson) -> None:
    measured = lesson["large_history"].history["val_loss"]
    assert lesson["costs"].mean(axis=1)[:3] == pytest.approx(measured[:3], rel=0.02)
    assert np.all(lesson["costs"].mean(axis=1) < np.array(measured) + 1e-3)  # a cost is capped
    assert lesson["costs"].shape == (15, len(lesson["y_validation"]))


def test_few_rows_tell_little(lesson: Lesson) -> None:
    assert lesson["by_part"].shape == (200, 15)
    assert lesson["by_part"][:, -1].mean() == pytest.approx(lesson["costs"][-1].mean(), rel=0.15)
    assert lesson["high"] > 3 * lesson["low"]


def test_remedies_differ_in_one_thing_each(lesson: Lesson) -> None:
    large, gentle, small = lesson["large"], lesson["gentle"], lesson["small"]
    assert [layer.units for layer in large.layers] == [layer.units for layer in gentle.layers] == [128, 128, 1]
    assert [layer.units for layer in small.layers] == [8, 1]
    rates = [float(model.optimizer.learning_rate) for model in (large, small, gentle)]
    assert rates == pytest.approx([0.005, 0.005, 0.001])
    ends = [lesson[f"{name}_history"].history["val_loss"][-1] for name in ("large", "small", "gentle")]
    assert min(ends) < max(ends) == ends[0]


def test_one_missing_number_spoils_every_answer(lesson: Lesson) -> None:
    assert np.isnan(lesson["broken"]).sum() == 1
    assert lesson["broken"].size == 11_400
    assert set(lesson["nan_answers"].values()) == {1.0}
