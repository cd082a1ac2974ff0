"""One walk over a lesson and its run gives woven parts; page, program, notebook and lab are writers of these."""

import ast
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from coursebuild.faults import Fault, LessonError
from coursebuild.read.model import Cell, Dollar, Expression, Figure, Formula, Lesson, Made, Piece, Prose, Shown
from coursebuild.run.process import Run
from coursebuild.run.replicate import Replications
from coursebuild.run.terminal import clean
from coursebuild.run.worker import Output, Table
from coursebuild.weave import marks
from coursebuild.weave.figures import PALETTE, foreign, size

MARKUP = re.compile(  # what a value may have that is Markdown, or that some extension writes otherwise
    r"""[!"#$&'*:<=>@\[\\\]^_`{|}~]|[+-](?!\d)|\.(?=\.)|(?<=www)\.|/(?=\d|o\b)|\((?=\w+\))|(?<=\d)[snrt](?=[tdh]\b)""",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Picture:
    """A figure of the page: its number, what there is to see, the drawing, its size in CSS pixels, its numbers."""

    number: int
    alt: str
    svg: str
    width: int
    height: int
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class File:
    """A file that a cell made and the prose links to."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Data:
    """What an explorer shows: the explorer's name, and JSON."""

    explorer: str
    json: str


@dataclass(frozen=True)
class Proof:
    """A value, a claim or a rule in its place: its number on the page and that of the cell after which it was asked (0:
    at the page's end), what it gave or compared, and in how many of how many other runs it held (of 0: none is known).
    """

    number: int
    cell: int
    asked: Expression
    gave: str
    held: int = 0
    runs: int = 0

    @property
    def written(self) -> str:
        """As a text has it until it is done (marks.py)."""
        return f"\0{self.number};" if self.asked.proves else f"\x01{self.number};{literal(self.gave)}\x01"


@dataclass(frozen=True)
class Ran:
    """A cell, its number, and what it gave, as a terminal would show it; `table` is the value's table as plain HTML."""

    cell: Cell
    number: int
    output: Output
    table: str | None
    pictures: tuple[Picture, ...]


Woven = Formula | Picture | File | Data | Dollar


@dataclass(frozen=True)
class Text:
    """Prose with its values in place: strings, formulas, pictures, files, data of explorers, and dollars."""

    pieces: tuple[str | Woven | Proof, ...]

    def written(self, how: Callable[[Woven], str], proofs: Callable[[str], str] = marks.plain) -> str:
        """The text, with each piece that is none yet as `how` writes it, and what `proofs` makes of the marks."""
        return proofs(
            "".join(
                piece if isinstance(piece, str) else piece.written if isinstance(piece, Proof) else how(piece)
                for piece in self.pieces
            )
        )


Part = Text | Ran | Shown


def parts(lesson: Lesson, run: Run | None, others: Replications | None = None) -> tuple[Part, ...]:
    """The woven parts of a lesson; `run` is None for a page without cells, `others` what is known of other runs.

    Raises LessonError for a figure without alt text, alt text without a figure, a colour that no palette has, and data
    of an explorer that are no JSON.
    """
    faults: list[Fault] = []
    done: list[Part] = []
    given = run.outputs if run else ()
    outputs = iter(given)
    others = others or Replications(0, tuple((0,) * len(cell.expressions) for cell in lesson.cells))
    answers = [
        answered(*each, others.runs, lesson.path, faults) for each in zip(lesson.cells, given, others.held, strict=True)
    ]
    numbers = itertools.count(1)
    values = answers[-1] if answers else iter(())  # prose above the first cell asks the page's end
    pictures: Iterator[Picture] = iter(())
    files: Iterator[File] = iter(())
    kept: dict[str, File] = {}
    count = 0
    for part in lesson.parts:
        if isinstance(part, Cell):
            output = cleaned(next(outputs))
            faults += check_figures(lesson, part, output)
            drawn = tuple(pictures_of(part, output, count))
            count += len(drawn)
            pictures = iter(drawn)
            left = [File(made.name, data or b"") for made, data in zip(part.made, output.files, strict=True)]
            for made, file in zip(part.made, left, strict=True):
                if kept.setdefault(file.name, file) != file:
                    faults.append(Fault(lesson.path, made.line, f"another '{file.name}' than above (a name for each)"))
            files = iter(left)
            number = sum(isinstance(each, Ran) for each in done) + 1
            values = answers[number - 1]
            done.append(Ran(part, number, output, plain_table(output.html), drawn))
        elif isinstance(part, Prose):
            cell = sum(isinstance(each, Ran) for each in done)
            pieces = (woven(piece, values, pictures, files) for piece in part.pieces)
            done.append(
                Text(
                    tuple(
                        replace(each, number=next(numbers), cell=cell) if isinstance(each, Proof) else each
                        for each in pieces
                    )
                )
            )
        else:
            done.append(part)
    if faults:
        raise LessonError(faults)
    return tuple(done)


def answered(
    cell: Cell, output: Output, held: tuple[int, ...], runs: int, path: str, faults: list[Fault]
) -> Iterator[Proof | Data]:
    """What was asked of a cell, in order: values, claims and rules, without numbers yet, and the data of explorers."""
    found: list[Proof | Data] = []
    for asked, (gave, _), so_often in zip(cell.expressions, output.values, held, strict=True):
        if asked.kind != "play":
            found.append(Proof(0, 0, asked, clean(str(gave)), so_often, runs))
            continue
        try:
            text = as_json(str(gave))
        except (ValueError, TypeError, SyntaxError, RecursionError) as error:
            text, what = "null", f"the data of {asked.explorer} are no JSON: {error}"
            faults.append(Fault(path, asked.line, f"{what} (a text that json.dumps gave, or a dict or list for it)"))
        found.append(Data(asked.explorer, text))
    return iter(found)


def as_json(gave: str) -> str:
    """The JSON that an expression gave, or that of the plain dict or list that it gave."""
    try:
        json.loads(gave, parse_constant=int)  # which refuses NaN and Infinity, as browsers do
        return gave
    except ValueError:
        if gave[:1] not in ("{", "["):
            raise
        return json.dumps(ast.literal_eval(gave), ensure_ascii=False, separators=(",", ":"))


def woven(piece: Piece, values: Iterator, pictures: Iterator, files: Iterator) -> str | Woven | Proof:
    if isinstance(piece, Expression):
        return next(values)
    if isinstance(piece, Figure):
        return next(pictures, "")
    return next(files) if isinstance(piece, Made) else piece


def cleaned(output: Output) -> Output:
    """An Output as a terminal would show it."""
    error = output.error
    if error:
        related = tuple((depth, word, clean(text)) for depth, word, text in error.related)
        error = replace(error, message=clean(error.message), traceback=clean(error.traceback), related=related)
    text, html = (each and clean(each) for each in (output.text, output.html))
    return replace(output, stdout=clean(output.stdout), late=clean(output.late), text=text, html=html, error=error)


def pictures_of(cell: Cell, output: Output, before: int) -> Iterator[Picture]:
    numbers = (*output.numbers, *((),) * (len(output.figures) - len(output.numbers)))
    drawn = zip(cell.figures, output.figures, numbers, strict=False)
    for number, (figure, svg, tables) in enumerate(drawn, before + 1):
        width, height = size(svg) or (0, 0)
        yield Picture(number, figure.alt, svg, width, height, tables)


def check_figures(lesson: Lesson, cell: Cell, output: Output) -> Iterator[Fault]:
    for figure in cell.figures[len(output.figures) :]:
        yield Fault(lesson.path, figure.line, "alt text and no figure (the cell above drew no more)")
    missing = len(output.figures) - len(cell.figures)
    if missing > 0:
        what = f"{missing} figure{'s' * (missing > 1)} without alt text"
        yield Fault(lesson.path, cell.line, f"{what} (write ![What there is to see.](@figure) below)")
    for svg in output.figures:
        if others := list(foreign(svg)):
            right = f"none, or {', '.join(PALETTE)}, each with its counterpart on a dark page"
            lines = [
                at for at, text in zip(cell.origins, cell.code.split("\n"), strict=True) if others[0] in text.lower()
            ]
            where, line = lines[0] if lines else (lesson.path, cell.line)
            yield Fault(where, line, f"a figure has the colour {', '.join(others[:3])} ({right})")


def plain_table(html: str | None) -> str | None:
    """The table in a value's HTML, plain; None if there is none, or one that brings more (styles, scripts)."""
    found = re.search(r"<table.*</table>", html or "", re.DOTALL)
    if not found or re.search(r"<(?!/?(table|thead|tbody|tfoot|tr|th|td|caption|br)\b)", found[0]):
        return None
    plain = re.sub(r"<[^>]*>", lambda tag: re.sub(r' (?!scope|colspan|rowspan)[a-z-]+="[^"]*"', "", tag[0]), found[0])
    return plain.replace("<th></th>", "<td></td>").replace("<table", '<table class="values"', 1)


def literal(value: str) -> str:
    """A value on one line, in which nothing is Markdown to any parser (they differ in what a backslash may precede),
    nor what some extension writes otherwise (quotes, dots, addresses, fractions, `1st`).
    """
    line = re.sub(r"\s+", " ", value).strip()
    return MARKUP.sub(lambda mark: f"&#{ord(mark[0])};", line)


def error_lines(output: Output) -> list[str]:
    """An error as the page shows it and the program prints it: what it says, then its notes, members and causes."""
    error = output.error
    assert error
    return [
        f"{error.names[0]}: {error.message}",
        *(f"{'  ' * depth}{word} {text}" for depth, word, text in error.related),
    ]
