"""A lesson as a page of plain Markdown with everything in it, which any site generator can take."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

import yaml

from coursebuild.read.model import TRACE, Dollar, Formula, Lesson, Shown
from coursebuild.run.alone import Lines
from coursebuild.run.imports import Need
from coursebuild.run.process import Run
from coursebuild.run.replicate import Replications
from coursebuild.weave import marks
from coursebuild.weave.alone import blocks
from coursebuild.weave.figures import dark, light
from coursebuild.weave.notebook import notebook
from coursebuild.weave.outputs import card, data, fence, figure, front_matter, given, images, not_run, numbers
from coursebuild.weave.parts import Data, File, Part, Picture, Proof, Ran, Text, Woven, parts
from coursebuild.weave.plain import plain
from coursebuild.weave.program import program
from coursebuild.weave.proofs import proofs
from coursebuild.weave.records import record, seal
from coursebuild.weave.terms import Notes
from coursebuild.weave.trace import trace

TITLE = re.compile(r"^(?:#(?!#).*|[^\s#>|`<-][^\n]*\n=+[ \t]*)$", re.MULTILINE)
ASKED = re.compile(r"^(- \*\*[A-Z]\.\*\*(?:.+\n)+\n+<details)(?= )", re.MULTILINE)  # choices, and their folded answer
INSIDE = re.compile(r"[ \t>:]|[-+*][ \t]|\d+[.)][ \t]|\[\^")  # a list, a quotation, an admonition, a note
BLANK = re.compile(r"\n[ \t]*(?=\n)")
AFTER = re.compile(rf"{BLANK.pattern}(?!\n(?:[ \t]*\n)*(?:{INSIDE.pattern}))")
TEXTS = ("title", "description", "tags", "related")  # keys of the front matter that are text, whatever YAML reads


@dataclass(frozen=True)
class Page:
    """A woven page: its Markdown ("" for a lab, which is files alone), and its files by path from the root."""

    markdown: str
    files: dict[str, bytes]


def render(
    lesson: Lesson,
    run: Run | None,
    titles: Mapping[PurePosixPath, str],
    terms: Mapping[str, str] | None = None,
    needs: Sequence[Need] = (),
    how_to_run: str = "",
    others: Replications | None = None,
    repository: str = "",
    alone: Sequence[Sequence[Lines]] = (),
) -> Page:
    """Weave a lesson. `run` is None for a page without cells; `titles` are those of the pages it may name as related,
    `terms` what the glossary says of each term; `needs` is what it needs to run, and `how_to_run` the page that says
    how; `others` tells what held in other runs, if any are known, `repository` is the course's address on GitHub, and
    `alone` has the lines above that each cell needs.

    Raises LessonError as `parts` does.
    """
    made = parts(lesson, run, others)
    folder = lesson.name.stem
    files = drawings(lesson, made) | {f"{lesson.name}.txt": plain(lesson, made)} | proofs(lesson, made, repository)
    files |= {
        str(lesson.name.parent / folder / piece.name): piece.content
        for part in made
        if isinstance(part, Text)
        for piece in part.pieces
        if isinstance(piece, File)
    }
    top = [about(lesson, titles)] if lesson.related else []
    if run:
        script, book = lesson.downloads
        files[str(script)] = program(lesson.title, made, script.name, needs, run.versions.get("Python", "")).encode()
        files[str(book)] = notebook(lesson.title, made, needs)
        top.append(seal(lesson, run, "[{}]({})", others))
        links = " ".join(f"[{path.name}]({quote(f'{folder}/{path.name}')}){{ download }}" for path in lesson.downloads)
        if repository:
            links += f" [Colab]({colab(repository, lesson.downloads[1])})"
        if "check" in lesson.anchors:
            links += " [Check](#check)"
        if followed := trace(lesson, run):
            files |= followed
            links += f" [Trace]({quote(f'{folder}/{TRACE}')})"
        top.append(f"{links}\n{{ .downloads }}")
        top += needed(lesson, needs, how_to_run, run.versions.get("Python", ""))
    notes = Notes(terms or {})
    body = []
    python = run.versions.get("Python", "") if run else ""
    whole = dict(blocks(lesson, made, alone, tuple(needs), python))
    files |= {str(lesson.name.parent / folder / each.file): each.text.encode() for each in whole.values()}
    for part, pictures in carded(made):
        block = whole.get(part.number) if isinstance(part, Ran) else None
        text = written(part, folder, pictures, block.link(folder) if block else "")
        body.append(marks.elements(notes.put(text)) if isinstance(part, Text) else text)
    if top:  # the first part is always prose: a comment in a cell is no title
        title = TITLE.search(
            re.sub("<!--.*?-->", lambda comment: re.sub(r"\S", " ", comment[0]), body[0], flags=re.DOTALL)
        )
        at = title.end() if title else 0
        rest = body[0][at:].lstrip("\n")
        body[0] = "\n\n".join(each for each in (body[0][:at], *top, rest) if each) + ("" if rest else "\n")
    text = "\n".join(body).rstrip() + notes.rest() + (f"\n\n{record(lesson, run, others)}" if run else "")
    return Page(f"{head(lesson)}\n{text}\n", files)


def colab(repository: str, notebook: PurePosixPath) -> str:
    """Where Colab opens a notebook, which stands on the branch `notebooks`."""
    path = re.sub("^https?://github.com/", "", repository).strip("/")
    return f"https://colab.research.google.com/github/{path}/blob/notebooks/{quote(str(notebook))}"


def drawings(lesson: Lesson, made: tuple[Part, ...]) -> dict[str, bytes]:
    """The figures in both palettes, by path."""
    found: dict[str, bytes] = {}
    for picture in (picture for part in made if isinstance(part, Ran) for picture in part.pictures):
        path = f"{lesson.name.with_suffix('')}/figure-{picture.number}"
        found |= {f"{path}.svg": light(picture.svg).encode(), f"{path}-dark.svg": dark(picture.svg).encode()}
    return found


def carded(made: tuple[Part, ...]) -> Iterator[tuple[Part, tuple[Picture, ...]]]:
    """The parts, and with each cell the figures that stand right below it, which the text there then lacks."""
    taken = 0
    for part, below in zip(made, (*made[1:], None), strict=True):
        text = part
        if isinstance(part, Text):  # a claim between the cell and its figures stays
            text = Text((*(p for p in part.pieces[:taken] if isinstance(p, Proof)), *part.pieces[taken:]))
        taken = leading(below.pieces) if isinstance(part, Ran) and isinstance(below, Text) else 0
        pieces = below.pieces[:taken] if isinstance(below, Text) else ()
        yield text, tuple(piece for piece in pieces if isinstance(piece, Picture))


def leading(pieces: tuple[str | Woven | Proof, ...]) -> int:
    """How many pieces of a text are figures that it begins with, and what is between them."""
    count = 0
    for at, piece in enumerate(pieces):
        if alone(pieces, at):
            count = at + 1
        elif seen(piece).strip("\0 \t\n"):
            break
    return count


def seen(piece: str | Woven | Proof) -> str:
    """A piece as far as its place counts: a claim is none, and all else is something."""
    if isinstance(piece, str):
        return piece
    return "\0" if isinstance(piece, Proof) and piece.asked.proves else "."


def alone(pieces: tuple[str | Woven | Proof, ...], at: int) -> bool:
    """Whether a piece is a figure on a line of its own."""
    before, after = ("".join(map(seen, each)) for each in (pieces[:at], pieces[at + 1 :]))
    own = (not before or before.endswith("\n")) and re.match(r"[ \t\0]*(\n|$)", after)
    return isinstance(pieces[at], Picture) and bool(own)


def written(part: Part, folder: str, pictures: tuple[Picture, ...] = (), link: str = "") -> str:
    if isinstance(part, Ran):
        drawn = "\n".join(figure(picture, images(picture, folder)) for picture in pictures)
        return card(part, f"{fence('python', part.cell.code)}{link}{given(part)}\n{drawn}")
    if isinstance(part, Shown):
        return card(part, not_run(part))

    def piece(each: Woven) -> str:
        if isinstance(each, Formula):
            return each.mathml
        if isinstance(each, Picture):
            block = any(each is other and alone(part.pieces, at) for at, other in enumerate(part.pieces))
            return f"\n{figure(each, images(each, folder))}" if block else images(each, folder)
        if isinstance(each, Data):
            return data(each)
        return "&#36;" if isinstance(each, Dollar) else quote(f"{folder}/{each.name}")

    text = part.written(piece, marks.placed)
    for at, picture in enumerate(part.pieces):
        if isinstance(picture, Picture) and picture.tables and not alone(part.pieces, at):
            start = text.index(images(picture, folder))
            line = text[text.rfind("\n", 0, start) + 1 :]
            found = (AFTER if INSIDE.match(line) else BLANK).search(text, start)
            end = found.start() if found else len(text.rstrip("\n"))
            text = f"{text[:end]}\n\n{numbers(picture)}{text[end:]}"  # below the block in which the figure stands
    return ASKED.sub(r'\1 class="check"', text)


def head(lesson: Lesson) -> str:
    """The front matter, in which text is text to every reader of YAML: `title: 2024-02-03` is no date."""
    lines = lesson.head.split("\n")
    try:
        read: Any = yaml.safe_load("\n".join(lines[1:-1]))
    except (yaml.YAMLError, ValueError):
        read = {}
    texts = {key: lesson.meta[key] for key in TEXTS if key in lesson.meta}
    if isinstance(read, dict) and all(read.get(key) == text for key, text in texts.items()):
        more = f"minutes: {lesson.minutes}\n" if lesson.related and "minutes" not in read else ""
        return f"{lesson.head.removesuffix('---')}{more}---" if more else lesson.head
    if lesson.related:
        texts = {"minutes": lesson.minutes, **texts}
    meta = {**(read if isinstance(read, dict) else lesson.meta), **texts}
    return front_matter(meta)


def about(lesson: Lesson, titles: Mapping[PurePosixPath, str]) -> str:
    """How long a page takes to read, and the lessons to read beside it."""
    up = "../" * (len(lesson.name.parts) - 1)
    links = ", ".join(f"[{titles[each]}]({up}{quote(str(each))})" for each in lesson.related if each in titles)
    count = lesson.minutes
    return f"{count} minute{'s' * (count > 1)}. Related: {links}\n{{ .about }}"


def needed(lesson: Lesson, needs: Sequence[Need], how_to_run: str, python: str = "") -> list[str]:
    """The line that says what a page needs to run, and leads to how; none for one that needs nothing but Python.

    It has the versions for the script that copies a block with what it needs; `~` marks what is installed alone.
    """
    if not needs:
        return []
    *others, last = (need.name for need in needs)
    names = f"{', '.join(others)} and {last}" if others else last
    page, _, anchor = how_to_run.partition("#")
    path = f"{'../' * (len(lesson.name.parts) - 1)}{quote(page)}" * (page != str(lesson.name))
    link = f" [How to run it]({path}{'#' * bool(anchor)}{anchor})" if how_to_run else ""
    return [f'Needs {names}.{link}\n{{ .needs data-search-exclude data-pins="{pins(needs, python)}" }}']


def pins(needs: Sequence[Need], python: str) -> str:
    return " ".join([".".join(python.split(".")[:2]), *(f"{each}{'~' * each.alone}" for each in needs)])
