"""The numbers behind a figure are those that its cell drew."""

from collections.abc import Callable, Iterator
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from coursebuild.run.plotted import ALL, SOME, tables
from coursebuild.run.worker import STYLE, Table


@pytest.fixture(autouse=True)
def style() -> Iterator[None]:
    with matplotlib.rc_context():
        matplotlib.use("agg")
        matplotlib.style.use(STYLE)
        plt.close("all")  # what other tests left open
        yield
        plt.close("all")


def behind() -> tuple[Table, ...]:
    return tables(plt.gcf())


def lines() -> None:
    plt.plot([1, 2, 3], [0.123456, 1234.56, 1e-9], label="training")
    plt.plot([1, 2, 3], [1, -2, np.nan], label="validation")
    plt.xlabel("Epoch")
    plt.ylabel("loss")
    plt.axhline(0.5, label="baseline")
    plt.axvline(2)
    plt.axvspan(1, 2.5, label="patience")
    plt.axhspan(0, 0.25, label="band")
    plt.plot(2, 0.75, "*", label="best")


def panels() -> None:
    _, (left, right) = plt.subplots(1, 2, sharey=True)
    left.plot([1, 2], [3, 4])
    left.set(title="A", ylabel="both")
    right.plot([1, 2], [5, 6])
    right.plot([1, 2, 3], [7, 8, 9])
    right.set(xlabel="x of B")


def histograms() -> None:
    bins = [0, 1 / 3, 2 / 3, 1]
    plt.hist([0.1, 0.2, 0.9], bins, label="class 0")
    plt.hist([0.5, 0.9, 0.95], bins, histtype="step", label="class 1")
    plt.stairs([4, 5], [0, 1, 2], label="steps")


def named_bars() -> None:
    plt.barh(["never", "always"], [0.25, 0.75])
    plt.xlabel("accuracy")


def bars_on_words() -> None:
    plt.bar(range(3), [1, -1, 0.5], label="influence")
    plt.xticks(range(3), ["win", "a", "prize"])


def rows_of_marks() -> None:
    for place in (0, 1):
        plt.plot([0.5 + place, 0.75 + place], [place - 0.2, place + 0.2], "o", label="honest" if place == 0 else None)
    plt.yticks([0, 1], ["leak", "none"])
    plt.xlabel("AUC")


def errors() -> None:
    plt.errorbar([1, 2], [3, 4], yerr=[[0.1, 0.2], [0.3, 0.4]], label="won")
    plt.errorbar(5, 6, yerr=1, label="one")


def matrix() -> None:
    for row in range(2):
        for column in range(2):
            plt.text(column + 0.5, row + 0.5, f"{10 * row + column}\nof ten")
    for axis in (plt.xticks, plt.yticks):
        axis([0.5, 1.5], ["not spam (0)", "spam (1)"])
    plt.xlabel("answer")
    plt.ylabel("truth")


def images() -> None:
    _, (small, large, photograph) = plt.subplots(1, 3)
    small.imshow([[0.5, 1], [2, 3.14159]])
    small.axis("off")
    shown = large.imshow(np.arange(2500).reshape(50, 50))
    photograph.imshow(np.zeros((2, 2, 3)))
    plt.colorbar(shown)


def cloud() -> None:
    plt.scatter([1, 2], [3, 4], label="rows")


def drawing() -> None:
    plt.plot([1, 2], [3, 4])
    plt.text(1, 2, "a box")
    plt.axis("off")


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (
            lines,
            (
                (
                    "loss by Epoch",
                    ("Epoch", "training", "validation"),
                    (("1", "0.1235", "1"), ("2", "1235", "-2"), ("3", "1e-09", "nan")),
                ),
                (
                    "single marks and lines",
                    ("name", "Epoch", "loss"),
                    (
                        ("best", "2", "0.75"),
                        ("baseline", "all", "0.5"),
                        ("mark", "2", "all"),
                        ("patience", "1 to 2.5", "all"),
                        ("band", "all", "0 to 0.25"),
                    ),
                ),
            ),
        ),
        (
            panels,
            (
                ("A", ("x", "both"), (("1", "3"), ("2", "4"))),
                ("panel 2", ("x of B", "series 1"), (("1", "5"), ("2", "6"))),
                ("panel 2", ("x of B", "series 2"), (("1", "7"), ("2", "8"), ("3", "9"))),
            ),
        ),
        (
            histograms,
            (
                (
                    "y by x",
                    ("x", "class 0", "class 1"),
                    (("0 to 0.3333", "2", "0"), ("0.3333 to 0.6667", "0", "1"), ("0.6667 to 1", "1", "2")),
                ),
                ("steps", ("x", "steps"), (("0 to 1", "4"), ("1 to 2", "5"))),
            ),
        ),
        (named_bars, (("accuracy by name", ("name", "accuracy"), (("never", "0.25"), ("always", "0.75"))),)),
        (bars_on_words, (("y by name", ("name", "influence"), (("win", "1"), ("a", "-1"), ("prize", "0.5"))),)),
        (
            rows_of_marks,
            (
                ("honest", ("name", "honest"), (("leak", "0.5"), ("leak", "0.75"))),
                ("AUC by name", ("name", "AUC"), (("none", "1.5"), ("none", "1.75"))),
            ),
        ),
        (
            errors,
            (
                ("y by x", ("x", "won", "won, from", "won, to"), (("1", "3", "2.9", "3.3"), ("2", "4", "3.8", "4.4"))),
                ("single marks and lines", ("name", "x", "y"), (("one", "5", "6 (5 to 7)"),)),
            ),
        ),
        (
            matrix,
            (
                (
                    "truth (rows) and answer (columns)",
                    ("truth", "not spam (0)", "spam (1)"),
                    (("not spam (0)", "0 of ten", "1 of ten"), ("spam (1)", "10 of ten", "11 of ten")),
                ),
            ),
        ),
        (
            images,
            (
                ("panel 1", ("row", "1", "2"), (("1", "0.5", "1"), ("2", "2", "3.14"))),
                (
                    "panel 2, 50 by 50 numbers",
                    ("of all", "value"),
                    (("lowest", "0"), ("mean", "1250"), ("highest", "2499")),
                ),
            ),
        ),
        (cloud, (("y by x", ("x", "rows"), (("1", "3"), ("2", "4"))),)),
        (drawing, ()),
        (plt.figure, ()),
    ],
)
def test_the_numbers_are_those_that_were_drawn(draw: Callable[[], Any], expected: tuple[Table, ...]) -> None:
    draw()
    plt.gcf().savefig("/dev/null", format="svg")
    assert behind() == expected


@pytest.mark.parametrize("count", [ALL, ALL + 1, 10 * ALL])
def test_of_a_long_series_some_are_given_from_end_to_end_and_the_table_says_so(count: int) -> None:
    plt.plot(np.arange(count), np.arange(count) ** 2)
    ((what, _, rows),) = behind()
    assert len(rows) == (count if count <= ALL else SOME)
    assert ("" if count <= ALL else f", {SOME} of {count} points") == what.removeprefix("y by x")
    assert rows[-1] == (str(count - 1), str((count - 1) ** 2))
    assert all(int(square) == int(place) ** 2 for place, square in rows)


def test_labels_of_ticks_may_be_numbers() -> None:
    plt.plot([8, 32], [0.5, 1], label="AUC")
    counts: Any = [8, 32]
    plt.xticks(counts, counts)
    with_numbers = tables(plt.gcf())
    plt.xticks(counts, ["8", "32"])
    assert with_numbers == tables(plt.gcf()) != ()
    plt.close("all")
