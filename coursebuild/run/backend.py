"""The matplotlib backend of a lesson: what `show` shows is taken as SVG, and closed, as a window's would be."""

import io

from matplotlib import pyplot
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

SHOWN: list[tuple[Figure, str]] = []


def svg(figure: Figure) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def take(figure: Figure) -> None:
    SHOWN.append((figure, svg(figure)))


def draw_again(figure: Figure) -> None:
    """Draw a figure that was shown in an earlier cell; one that is open or shown in this cell is not drawn twice."""
    known = [pyplot.figure(number) for number in pyplot.get_fignums()] + [each for each, _ in SHOWN]
    if not any(each is figure for each in known):
        take(figure)


def taken() -> list[str]:
    """What was shown since the last call, then the figures that are still open."""
    try:
        for number in pyplot.get_fignums():
            take(pyplot.figure(number))
        return [drawing for _, drawing in SHOWN]
    finally:
        SHOWN.clear()
        pyplot.close("all")


class FigureManager(FigureManagerBase):
    def show(self) -> None:
        """What `figure.show()` does: this figure, which stays open where a window would."""
        take(self.canvas.figure)
        pyplot.close(self.canvas.figure)

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """What `pyplot.show()` does: all open figures, which are then closed."""
        for number in pyplot.get_fignums():
            take(pyplot.figure(number))
        pyplot.close("all")


class FigureCanvas(FigureCanvasAgg):
    manager_class = FigureManager  # type: ignore[assignment]
