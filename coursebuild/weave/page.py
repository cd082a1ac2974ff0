"""A lesson as a page of plain Markdown with everything in it, which any site generator can take."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

import yaml

from coursebuild.read.model import Dollar, Formula, Lesson, Prose, Shown
from coursebuild.run.process import Run
from coursebuild.weave.figures import dark
from coursebuild.weave.notebook import notebook
from coursebuild.weave.outputs import fence, given, images, not_run
from coursebuild.weave.parts import File, Part, Picture, Ran, Text, parts
from coursebuild.weave.plain import plain
from coursebuild.weave.program import program
from coursebuild.weave.records import record

TITLE = re.compile(r"^(?:#(?!#).*|[^\s#>|`<-][^\n]*\n=+[ \t]*)$", re.MULTILINE)
TEXTS = ("title", "description", "tags", "related")  # keys of the front matter that are text, whatever YAML reads


@dataclass(frozen=True)
class Page:
    """A woven page: its Markdown ("" for a lab, which is files alone), and its files by path from the root."""

    markdown: str
    files: dict[str, bytes]


def render(lesson: Lesson, run: Run | None, titles: Mapping[PurePosixPath, str]) -> Page:
    """Weave a lesson. `run` is None for a page without cells; `titles` are those of the pages it may name as related.

    Raises LessonError as `parts` does.
    """
    made = parts(lesson, run)
    folder = lesson.name.stem
    files = drawings(lesson, made) | {f"{lesson.name}.txt": plain(lesson, made)}
    files |= {
        str(lesson.name.parent / folder / piece.name): piece.content
        for part in made
        if isinstance(part, Text)
        for piece in part.pieces
        if isinstance(piece, File)
    }
    top = [about(lesson, titles)] if lesson.related else []
    if run:
        for path, content in zip(
            lesson.downloads, (program(lesson.title, made).encode(), notebook(lesson.title, made)), strict=True
        ):
            files[str(path)] = content
        links = " ".join(f"[{path.name}]({quote(f'{folder}/{path.name}')}){{ download }}" for path in lesson.downloads)
        top.append(f"{links}\n{{ .downloads }}")
    body = [written(part, folder) for part in made]
    if top:  # the first part is always prose: a comment in a cell is no title
        title = TITLE.search(
            re.sub("<!--.*?-->", lambda comment: re.sub(r"\S", " ", comment[0]), body[0], flags=re.DOTALL)
        )
        at = title.end() if title else 0
        rest = body[0][at:].lstrip("\n")
        body[0] = "\n\n".join(each for each in (body[0][:at], *top, rest) if each) + ("" if rest else "\n")
    whole = "\n".join(body).rstrip() + (f"\n\n{record(run)}" if run else "")
    return Page(f"{head(lesson)}\n{whole}\n", files)


def drawings(lesson: Lesson, made: tuple[Part, ...]) -> dict[str, bytes]:
    """The figures in both palettes, by path."""
    found: dict[str, bytes] = {}
    for picture in (picture for part in made if isinstance(part, Ran) for picture in part.pictures):
        path = f"{lesson.name.with_suffix('')}/figure-{picture.number}"
        found |= {f"{path}.svg": picture.svg.encode(), f"{path}-dark.svg": dark(picture.svg).encode()}
    return found


def written(part: Part, folder: str) -> str:
    if isinstance(part, Ran):
        return fence("python", part.cell.code) + given(part)
    if isinstance(part, Shown):
        return not_run(part)

    def piece(each: Formula | Picture | File | Dollar) -> str:
        if isinstance(each, Formula):
            return each.mathml
        if isinstance(each, Picture):
            return images(each, folder)
        return "&#36;" if isinstance(each, Dollar) else quote(f"{folder}/{each.name}")

    return part.written(piece)


def head(lesson: Lesson) -> str:
    """The front matter, in which text is text to every reader of YAML: `title: 2024-02-03` is no date."""
    lines = lesson.head.split("\n")
    try:
        read: Any = yaml.safe_load("\n".join(lines[1:-1]))
    except (yaml.YAMLError, ValueError):
        read = {}
    texts = {key: lesson.meta[key] for key in TEXTS if key in lesson.meta}
    if isinstance(read, dict) and all(read.get(key) == text for key, text in texts.items()):
        return lesson.head
    meta = {**(read if isinstance(read, dict) else lesson.meta), **texts}
    return f"---\n{yaml.safe_dump(meta, sort_keys=False, allow_unicode=True, width=10_000)}---"


def about(lesson: Lesson, titles: Mapping[PurePosixPath, str]) -> str:
    """How long a page takes to read, and the lessons to read beside it."""
    up = "../" * (len(lesson.name.parts) - 1)
    links = ", ".join(f"[{titles[each]}]({up}{quote(str(each))})" for each in lesson.related if each in titles)
    count = minutes(lesson)
    return f"{count} minute{'s' * (count > 1)}. Related: {links}\n{{ .about }}"


def minutes(lesson: Lesson) -> int:
    """Minutes to read a page: 200 words of prose or 25 lines of code in each, a convention of ours.

    M. Brysbaert, "How many words do we read per minute?", Journal of Memory and Language 109, 2019, measured about 240
    words of plain English.
    """
    pieces = [piece for part in lesson.parts if isinstance(part, Prose) for piece in part.pieces]
    words = sum(len(piece.split()) for piece in pieces if isinstance(piece, str))
    words += sum(len(piece.latex.split()) for piece in pieces if isinstance(piece, Formula))
    lines = sum(len(cell.code.split("\n")) for cell in lesson.cells)
    return max(1, round(words / 200 + lines / 25))
