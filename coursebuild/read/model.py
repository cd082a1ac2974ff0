"""What a lesson is, once it is read: plain values, which all later stages take and none changes."""

import functools
import re
import sys
import sysconfig
from dataclasses import dataclass
from functools import cached_property
from importlib.machinery import PathFinder
from pathlib import PurePosixPath
from typing import Literal

PROOFS, TRACE = "proofs.md", "trace.md"  # pages beside each that has some
MORE = re.compile(r'^<details[^>\n]* class="more".*?(?=^#|\Z)', re.DOTALL | re.MULTILINE)
OTHERS, LEAST = 20, 19  # runs with other seeds, and in how many of them a rule must hold


@dataclass(frozen=True)
class Expression:
    """What is asked after the cell above it, or of the page's end if there is none above: a value (`{python} …` in a
    code span), a claim of this run or a rule (in comments), or the data of the `explorer` that stands there, as JSON.

    A rule (`holds`) is true in this run, and in at least `least` of `OTHERS` runs with other seeds.
    """

    kind: Literal["value", "claim", "holds", "play"]
    line: int
    source: str
    explorer: str = ""
    least: int = 0

    @property
    def proves(self) -> bool:
        """Whether it is true or false: a claim or a rule."""
        return self.kind in ("claim", "holds")


@dataclass(frozen=True)
class Made:
    """A link to `@file/NAME`: a file that the cell above left in its folder."""

    line: int
    name: str


@dataclass(frozen=True)
class Figure:
    """An image whose target is `@figure`."""

    line: int
    alt: str


@dataclass(frozen=True)
class Formula:
    """A formula in LaTeX, and the MathML that it becomes. `block` is one between `$$`."""

    line: int
    latex: str
    block: bool
    mathml: str


@dataclass(frozen=True)
class Dollar:
    """A dollar that is no formula's, with a backslash or without."""

    written: str


Piece = str | Expression | Made | Figure | Formula | Dollar


@dataclass(frozen=True)
class Prose:
    """Text between fences, cut into its pieces in order."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Cell:
    """A `python` fence with its embeds expanded, and what the prose below it asks of it.

    `origins` names, for each line of `code`, the file and line it comes from. `raises` is the name of the error that
    the cell must raise and `message` a part of its text; both are empty for a cell that must not raise. `exercise` is
    what the learner of a lab gets instead of `code`; empty if that is the same.
    """

    line: int
    code: str
    origins: tuple[tuple[str, int], ...]
    raises: str = ""
    message: str = ""
    exercise: str = ""
    expressions: tuple[Expression, ...] = ()
    made: tuple[Made, ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A fence that is shown and not run, with the reason."""

    line: int
    info: str
    code: str
    reason: str


@dataclass(frozen=True)
class Link:
    """A link or an image of the prose that leads to a file of the course or to an anchor: its target as written. One
    of raw HTML is left as it is by who makes the page.
    """

    line: int
    target: str
    raw: bool = False


@functools.cache
def importable(name: str) -> bool:
    """Whether a package that is installed has a module of this name."""
    folders = [sysconfig.get_path(each) for each in ("purelib", "platlib")]
    return "." not in name and PathFinder.find_spec(name, folders) is not None


@dataclass(frozen=True)
class Lesson:
    """A page: its front matter and its parts in order.

    `path` is what faults call it, `name` its path below the folder of the pages. `anchors` are the ids that links may
    name.
    """

    path: str
    name: PurePosixPath
    meta: dict[str, object]
    head: str
    parts: tuple[Prose | Cell | Shown, ...]
    embeds: frozenset[tuple[str, str]] = frozenset()
    links: tuple[Link, ...] = ()
    anchors: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        return str(self.meta["title"]).strip()

    @cached_property
    def minutes(self) -> int:
        """Minutes to read the page: 200 words of prose or 25 lines of code in each, a convention of ours. Questions
        that are folded below the first are practice, and the checks of exercises are run, not read: they do not count.

        M. Brysbaert, "How many words do we read per minute?", Journal of Memory and Language 109, 2019, measured about
        240 words of plain English.
        """
        pieces = [piece for part in self.parts if isinstance(part, Prose) for piece in part.pieces]
        texts = (
            piece if isinstance(piece, str) else piece.latex if isinstance(piece, Formula) else "" for piece in pieces
        )
        words = len(MORE.sub("", "\0".join(texts)).replace("\0", " ").split())
        checks = {at + 1 for at, cell in enumerate(self.cells) if cell.exercise}
        lines = sum(len(cell.code.split("\n")) for at, cell in enumerate(self.cells) if at not in checks)
        return max(1, round(words / 200 + lines / 25))

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(part for part in self.parts if isinstance(part, Cell))

    @property
    def shown(self) -> tuple[Shown, ...]:
        return tuple(part for part in self.parts if isinstance(part, Shown))

    @property
    def plays(self) -> tuple[Expression, ...]:
        """The explorers of the page, with what gives their data."""
        return tuple(each for cell in self.cells for each in cell.expressions if each.kind == "play")

    @property
    def lab(self) -> bool:
        """Whether it has exercises, and so becomes notebooks."""
        return any(cell.exercise for cell in self.cells)

    @property
    def related(self) -> tuple[PurePosixPath, ...]:
        """The pages that its front matter names as `related`, by their paths from the root of the pages."""
        named = self.meta.get("related")
        return tuple(PurePosixPath(str(each)) for each in named) if isinstance(named, list) else ()

    @property
    def pages(self) -> tuple[PurePosixPath, ...]:
        """The pages that it becomes: itself, or the two notebooks of a lab."""
        if not self.lab:
            return (self.name,)
        return self.name.with_suffix(".ipynb"), self.name.with_name(f"{self.name.stem}-solved.ipynb")

    @property
    def program(self) -> str:
        """The name of its program, which never is that of a module: it would hide this from others."""
        named = self.name.stem.replace("-", "_")
        return f"{named}_page" if named in sys.stdlib_module_names or importable(named) else named

    @property
    def downloads(self) -> tuple[PurePosixPath, ...]:
        """The program and the notebook beside its page, or the two notebooks of a lab."""
        folder, stem = self.name.with_suffix(""), self.name.stem
        if self.lab:
            return folder / f"{stem}.ipynb", folder / f"{stem}-solved.ipynb"
        return (folder / f"{self.program}.py", folder / f"{self.program}.ipynb") if self.cells else ()

    @property
    def proofs(self) -> PurePosixPath | None:
        """The page of its proofs, if it has values, claims or rules."""
        asked = any(each.kind != "play" for cell in self.cells for each in cell.expressions)
        return self.name.with_suffix("") / PROOFS if asked else None

    @property
    def trace(self) -> PurePosixPath | None:
        """The page of its trace, if it has cells (and if these make something to follow)."""
        return self.name.with_suffix("") / TRACE if self.cells and not self.lab else None

    def ledger(self) -> dict[str, int]:
        """How many fences ran, must raise and are shown, and how many values, claims, rules and figures there are."""
        kinds = [expression.kind for cell in self.cells for expression in cell.expressions]
        return {
            "run": sum(not cell.raises for cell in self.cells),
            "must raise": sum(bool(cell.raises) for cell in self.cells),
            "shown": len(self.shown),
            "values": kinds.count("value"),
            "claims": kinds.count("claim"),
            "rules": kinds.count("holds"),
            "figures": sum(len(cell.figures) for cell in self.cells),
        }
