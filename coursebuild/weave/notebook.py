"""The page as a notebook: executed, to take away."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from coursebuild.read.model import Dollar, Formula, Shown
from coursebuild.run.notebook import Json, code_cell, markdown_cell, write_notebook
from coursebuild.run.worker import Output
from coursebuild.weave.outputs import not_run
from coursebuild.weave.parts import File, Part, Ran, Text, Woven

LOCAL_LINK = re.compile(r"(?P<code>`+[^`]+`+)|(?<!!)\[(?P<label>[^\]]*)\]\((?!https?:)[^)\s]*\)")


def notebook(title: str, parts: Iterable[Part], solved: bool = True) -> bytes:
    """The parts as a notebook. One that is not `solved` has a lab's exercises, and nothing has run."""
    return write_notebook(list(cells(parts, solved)), {"title": title})


def cells(parts: Iterable[Part], solved: bool) -> Iterator[Json]:
    for part in parts:
        if isinstance(part, Ran):
            yield code(part, solved)
        elif isinstance(part, Shown):
            yield markdown_cell(not_run(part))
        elif source := prose(part):
            yield markdown_cell(source)


def code(part: Ran, solved: bool) -> Json:
    output = replace(part.output, html=part.table) if solved else Output()
    cell = code_cell(part.number, part.cell, output, {})
    if not solved:
        cell |= {"source": part.cell.exercise or part.cell.code, "execution_count": None}
    return cell


def prose(part: Text) -> str:
    """Prose as a notebook has it: no attributes, no figures (the cells have them), no links to pages that it lacks."""
    source = LOCAL_LINK.sub(lambda found: found["code"] or found["label"], part.written(as_jupyter))
    return without_attributes(source)


def without_attributes(source: str) -> str:
    return re.sub(r"^(#+ .*?)\s*\{.*\}$", r"\1", source, flags=re.M).strip()


def as_jupyter(piece: Woven) -> str:
    if isinstance(piece, Formula):
        ends = "$$" if piece.block else "$"
        return f"{ends}{piece.latex}{ends}"
    if isinstance(piece, Dollar):
        return "\\$"
    return piece.name if isinstance(piece, File) else ""
