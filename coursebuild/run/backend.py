"""What a lesson's `show` shows is taken as SVG, with its numbers, and closed, as a window would be: our agg.

By itself agg shows nothing by itself, and stays what it is for all else: a program that asks for it gets it.
"""

import io
from typing import Any

from matplotlib import _pylab_helpers
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from coursebuild.run.plotted import tables
from coursebuild.run.steps import Table

Drawing = tuple[str, tuple[Table, ...]]  # a figure as SVG, and its tables
SHOWN: list[tuple[Figure, Drawing | Exception]] = []


def take(figure: Figure) -> None:
    """Draw a figure; one that cannot be drawn is told at the end of its cell, and does not end it."""
    buffer = io.StringIO()
    try:
        figure.savefig(buffer, format="svg", metadata={"Date": None})
        SHOWN.append((figure, (buffer.getvalue(), tables(figure))))
    except Exception as error:
        SHOWN.append((figure, error))


def draw_again(figure: Figure) -> None:
    """Draw a figure that was shown in an earlier cell; one that is open or shown in this cell is not drawn twice."""
    if not any(each is figure for each in [*managers(), *(each for each, _ in SHOWN)]):
        take(figure)


def managers() -> dict[Figure, Any]:
    """The open figures, and what manages each."""
    return {manager.canvas.figure: manager for manager in _pylab_helpers.Gcf.get_all_fig_managers()}


def close_all() -> None:
    """Close all figures; `figure.show()` shows one again, as long as a program has it."""
    closed = managers()
    _pylab_helpers.Gcf.destroy_all()
    for figure, manager in closed.items():
        figure.canvas.manager = manager


def taken() -> list[Drawing]:
    """What was shown since the last call, then the figures that are still open."""
    try:
        for figure in managers():
            if not any(each is figure for each, _ in SHOWN):
                take(figure)
        drawings = []
        for _, drawing in SHOWN:
            if isinstance(drawing, Exception):
                raise drawing
            drawings.append(drawing)
        return drawings
    finally:
        SHOWN.clear()
        close_all()


class FigureManager(FigureManagerBase):
    def show(self) -> None:
        """What `figure.show()` does: this figure, which stays open."""
        take(self.canvas.figure)

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """What `pyplot.show()` does: all open figures, which are then closed."""
        for figure in managers():
            take(figure)
        close_all()


FigureCanvasAgg.manager_class = FigureManager  # type: ignore[assignment]
