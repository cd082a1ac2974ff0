"""The numbers behind a figure, as tables of text: what its lines, bars, marks, bands and images were drawn from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryLocator
from matplotlib.collections import PathCollection
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle, StepPatch
from matplotlib.ticker import FixedLocator

from coursebuild.run.steps import Table

ALL = 60  # points: of a longer series, SOME are given
SOME = 25
LARGE = 1024  # numbers: of a larger image, what they range over

Cells = tuple[str, ...]


@dataclass(frozen=True)
class Series:
    """What was drawn in one go: its name ("" if it has none), where along an axis ("x" or "y"), and its values there.

    A value has more than one column where it has an error; `ends` are those of the bars of a histogram.
    """

    name: str
    along: str
    places: Cells
    columns: tuple[tuple[str, Cells], ...]
    of: int


def tables(figure: Figure) -> tuple[Table, ...]:
    """The tables of a figure, panel by panel; a drawing without axes has none, and neither has a colour bar."""
    panels = [axes for axes in figure.axes if axes.name == "rectilinear" and axes.get_label() != "<colorbar>"]
    found: list[Table] = []
    for number, axes in enumerate(panels, 1):
        what = axes.get_title() or (f"panel {number}" if len(panels) > 1 else "")
        found += image_tables(axes, what)
        if axes.axison:
            found += [*text_table(axes, what), *series_tables(axes, what)]
    return tuple(found)


def number(value: object) -> str:
    """A number to four significant digits, or all of them before the point."""
    value = float(value) + 0.0  # type: ignore[arg-type]
    whole = np.isfinite(value) and (abs(value) >= 1000 or value == int(value)) and abs(value) < 1e12
    return f"{value:.0f}" if whole else f"{value:.4g}"


def names(axis: Axis) -> list[tuple[float, str]]:
    """The places and words of an axis whose ticks are words."""
    locator = axis.get_major_locator()
    if not isinstance(locator, FixedLocator | StrCategoryLocator):
        return []
    places = [float(place) for place in locator()]
    words = [str(word).strip() for word in axis.get_major_formatter().format_ticks(places)]
    return [] if all(numeric(word) for word in words) else list(zip(places, words, strict=True))


def numeric(word: str) -> bool:
    try:
        float(word.replace("\N{MINUS SIGN}", "-") or 0)
    except ValueError:
        return False
    return True


def plain(values: Any) -> np.ndarray:
    """Numbers as matplotlib holds them; those that are masked are none."""
    return np.asarray(np.ma.filled(np.ma.asarray(values, dtype=float), np.nan))


def on(axis: Axis, values: Any) -> Cells:
    """Places on an axis: numbers, or the words of the nearest ticks."""
    ticks = names(axis)
    if not ticks:
        return tuple(map(number, plain(values)))
    return tuple(min(ticks, key=lambda tick: abs(tick[0] - value))[1] for value in plain(values))


def called(axes: Axes, which: str) -> str:
    """What an axis is called, by itself, by the panels that share it, or by the figure."""
    shared = getattr(axes, f"get_shared_{which}_axes")().get_siblings(axes)
    own = [getattr(each, f"get_{which}label")() for each in (axes, *sorted(shared, key=axes.figure.axes.index))]
    plain_name = "name" if names(getattr(axes, f"{which}axis")) else which
    return next(filter(None, own), getattr(axes.figure, f"get_sup{which}label")() or plain_name)


def name(label: object) -> str:
    return "" if str(label).startswith("_") else str(label)


def some(count: int) -> list[int]:
    """Which points of a series are given."""
    return [*range(count)] if count <= ALL else [round(each) for each in np.linspace(0, count - 1, SOME)]


def series(axes: Axes, label: object, x: Any, y: Any, errors: tuple[tuple[str, Cells], ...] = ()) -> Series:
    """A series along x, unless only y has words for its places."""
    chosen = some(len(x))
    across, up = on(axes.xaxis, plain(x)[chosen]), on(axes.yaxis, plain(y)[chosen])
    turned = bool(names(axes.yaxis)) and not names(axes.xaxis)
    places, values = (up, across) if turned else (across, up)
    return Series(name(label), "y" if turned else "x", places, (("", values), *errors), len(x))


def drawn(axes: Axes) -> Iterator[Series]:
    parts: list[object] = []
    for container in axes.containers:
        if isinstance(container, BarContainer):
            parts += container.patches
            yield bars(axes, container)
        elif isinstance(container, ErrorbarContainer):
            line, caps, ranges = container.lines
            parts += [line, *caps]
            x, y = (plain(line.get_xdata(orig=False)), plain(line.get_ydata(orig=False))) if line else ((), ())
            chosen = some(len(x))
            errors = []
            ways = [way for way, has in ((0, container.has_xerr), (1, container.has_yerr)) if has]
            for way, each in zip(ways, ranges, strict=True):
                ends = each.get_segments()
                for end, word in ((0, "from"), (1, "to")):
                    errors.append((word, tuple(number(ends[i][end][way]) for i in chosen)))
            yield series(axes, container.get_label(), x, y, tuple(errors))
    for line in axes.lines:
        if line not in parts and line.get_transform() == axes.transData:
            yield series(axes, line.get_label(), line.get_xdata(orig=False), line.get_ydata(orig=False))
    for patch in axes.patches:
        if patch in parts:
            continue
        if isinstance(patch, StepPatch):
            values, edges, _ = patch.get_data()
            yield histogram(patch.get_label(), edges, values)
        elif isinstance(patch, Polygon) and (found := stairs(patch.get_xy())):
            yield histogram(patch.get_label(), *found)
    for collection in axes.collections:
        if isinstance(collection, PathCollection):
            yield series(axes, collection.get_label(), *plain(collection.get_offsets()).T)


def bars(axes: Axes, container: BarContainer) -> Series:
    upright = container.orientation != "horizontal"
    begins, widths, lengths = (
        [getattr(bar, f"get_{what}")() for bar in container.patches]
        for what in (("x", "width", "height") if upright else ("y", "height", "width"))
    )
    labels = [container.get_label(), *(bar.get_label() for bar in container.patches[:1])]  # `hist` names a bar
    label = next(filter(None, map(name, labels)), "")
    edges = plain([*begins, *(begin + width for begin, width in zip(begins[-1:], widths[-1:], strict=True))])
    if upright and len(begins) > 1 and np.allclose(np.diff(edges), widths):
        return histogram(label, edges, lengths)
    middle = [begin + width / 2 for begin, width in zip(begins, widths, strict=True)]
    chosen = some(len(middle))
    places = on(axes.xaxis if upright else axes.yaxis, plain(middle)[chosen])
    values = tuple(number(lengths[i]) for i in chosen)
    return Series(label, "x" if upright else "y", places, (("", values),), len(middle))


def histogram(label: object, edges: Any, values: Any) -> Series:
    chosen = some(len(values))
    edges = np.round(edges, 12 - int(np.log10(np.ptp(edges) or 1)))  # an edge was a place of ink and a width
    places = tuple(f"{number(edges[i])} to {number(edges[i + 1])}" for i in chosen)
    return Series(name(label), "x", places, (("", tuple(number(values[i]) for i in chosen)),), len(values))


def stairs(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """The edges and heights of the outline that `hist` draws with `histtype="step"`; None for another outline."""
    x, y = corners.T
    count = len(x) // 2
    x, y = x[: 2 * count], y[: 2 * count]
    upright = count > 1 and bool(np.all(x[::2] == x[1::2]) and np.all(y[1:-1:2] == y[2::2]))
    return (x[::2], y[1:-1:2]) if upright else None


def series_tables(axes: Axes, what: str) -> Iterator[Table]:
    """One table for all series over the same places, and one for single marks, lines across and bands."""
    every = list(drawn(axes))
    groups: dict[object, list[Series]] = {}
    for each in every:
        if len(each.places) > 1:
            groups.setdefault((each.along, each.places, each.of), []).append(each)
    unnamed = [each for each in every if not each.name and len(each.places) > 1]
    for group in groups.values():
        along, places, of = group[0].along, group[0].places, group[0].of
        value = called(axes, "y" if along == "x" else "x")
        head = [called(axes, along)]
        for each in group:
            own = each.name or (value if len(unnamed) == 1 else f"series {every.index(each) + 1}")
            head += [f"{own}, {word}" if word else own for word, _ in each.columns]
        columns = [column for each in group for _, column in each.columns]
        sampled = f"{len(places)} of {of} points" if len(places) < of else ""
        alone = group[0].name if len(groups) > 1 and len(group) == 1 else ""
        title = ", ".join(filter(None, [what, alone, "" if what or alone else f"{value} by {head[0]}", sampled]))
        yield title, tuple(head), tuple(zip(places, *columns, strict=True))
    marks = [*(mark(each) for each in every if len(each.places) == 1), *across(axes)]
    if marks:
        yield (
            ", ".join(filter(None, [what, "single marks and lines"])),
            ("name", called(axes, "x"), called(axes, "y")),
            tuple((label or "mark", x, y) for label, x, y in marks),
        )


def mark(each: Series) -> tuple[str, str, str]:
    value, *rest = (column[0] for _, column in each.columns)
    told = f"{value} ({' to '.join(rest)})" if rest else value
    return (each.name, each.places[0], told) if each.along == "x" else (each.name, told, each.places[0])


def across(axes: Axes) -> Iterator[tuple[str, str, str]]:
    """Lines and bands through a whole panel, by `axhline`, `axvline`, `axhspan` and `axvspan`."""
    upright, level = axes.get_xaxis_transform(), axes.get_yaxis_transform()
    for line in axes.lines:
        if line.get_transform() == upright:
            yield name(line.get_label()), on(axes.xaxis, line.get_xdata(orig=False))[0], "all"
        elif line.get_transform() == level:
            yield name(line.get_label()), "all", on(axes.yaxis, line.get_ydata(orig=False))[0]
    for patch in axes.patches:
        if isinstance(patch, Rectangle) and patch.get_data_transform() in (upright, level):
            if patch.get_data_transform() == upright:
                begin, end = patch.get_x(), patch.get_x() + patch.get_width()
                yield name(patch.get_label()), f"{number(begin)} to {number(end)}", "all"
            else:
                begin, end = patch.get_y(), patch.get_y() + patch.get_height()
                yield name(patch.get_label()), "all", f"{number(begin)} to {number(end)}"


def text_table(axes: Axes, what: str) -> Iterator[Table]:
    """The texts that stand where a word of one axis meets a word of the other, as in a confusion matrix."""
    across, down = names(axes.xaxis), names(axes.yaxis)
    told = {text.get_position(): " ".join(text.get_text().split("\n")) for text in axes.texts}
    rows = tuple((word, *(told.get((x, y), "") for x, _ in across)) for y, word in down)
    if across and any(any(row[1:]) for row in rows):
        axis_words = f"{called(axes, 'y')} (rows) and {called(axes, 'x')} (columns)"
        yield what or axis_words, (called(axes, "y"), *(word for _, word in across)), rows


def image_tables(axes: Axes, what: str) -> Iterator[Table]:
    """The numbers that an image shows as colours; a photograph has none."""
    for image in axes.images:
        shown = plain(image.get_array())
        if shown.ndim != 2:
            continue
        down, across = shown.shape
        what = what or f"{called(axes, 'y')} (rows) and {called(axes, 'x')} (columns)"
        if shown.size > LARGE:
            facts = ("lowest", np.nanmin(shown)), ("mean", np.nanmean(shown)), ("highest", np.nanmax(shown))
            told = tuple((word, number(value)) for word, value in facts)
            yield f"{what}, {down} by {across} numbers", ("of all", "value"), told
            continue
        labels = [
            on(axis, [*range(count)]) if names(axis) else tuple(str(each + 1) for each in range(count))
            for axis, count in ((axes.yaxis, down), (axes.xaxis, across))
        ]
        rows = tuple((label, *(f"{value:.3g}" for value in row)) for label, row in zip(labels[0], shown, strict=True))
        yield what, ("row", *labels[1]), rows
