"""The trace of a page: each statement that made data, a network or a training, and what it made, step by step."""

import ast
import html
import re
from collections.abc import Iterator
from itertools import groupby
from urllib.parse import quote

from coursebuild.read.model import Lesson
from coursebuild.run.process import Run
from coursebuild.run.steps import Table
from coursebuild.weave.outputs import fence, front_matter
from coursebuild.weave.parts import literal
from coursebuild.weave.plain import PAGES

LEAST = 4  # steps: fewer are no way that leads anywhere
LINES = 12  # of a statement


def trace(lesson: Lesson, run: Run | None) -> dict[str, bytes]:
    """The page of a lesson's trace, by path; nothing where the run made too little to follow."""
    blocks = list(walk(lesson, run)) if run else []
    if len(blocks) < LEAST:
        return {}
    title = f"{lesson.title}: the trace"
    about = (
        f"What the run of the page {lesson.title} made, statement by statement: data, networks, epochs, a prediction."
    )
    head = {"title": title, "description": about, "search": {"exclude": True}, "trace": True}
    lead = (
        f"The run of the page [{literal(lesson.title)}](../{quote(lesson.pages[-1].name)}) in {len(blocks)} steps: "
        "each statement that made something, and what that held when its block had ended."
    )
    text = "\n\n".join([f"# {literal(title)} {{ #trace }}", lead, *blocks])
    plain = PAGES.sub(r"\1.md", html.unescape(re.sub(r" \{ #.* \}", "", text)))
    return {
        str(lesson.trace): f"{front_matter(head)}\n\n{text}\n".encode(),
        f"{lesson.trace}.txt": f"{plain}\n".encode(),
    }


def walk(lesson: Lesson, run: Run) -> Iterator[str]:
    """The steps, each with its heading."""
    there, number = f"../{quote(lesson.pages[-1].name)}", 0
    for at, (cell, output) in enumerate(zip(lesson.cells, run.outputs, strict=True), 1):
        told_by = statements(cell.code) if output.steps else {}
        for line, made in groupby(output.steps, key=lambda step: step[0]):
            number += 1
            if line:
                told = [f"## Step {number}: [block {at}]({there}#cell-{at}) {{ #step-{number} }}"]
                told.append(fence("python", told_by[line]).rstrip())
            else:
                told = [f"## Step {number}: one prediction, layer by layer {{ #step-{number} }}"]
            for _, name, table in made:
                what = f"`{name}`: {table[0]}" if line else f"The first row of `{name}` goes through `{table[0]}`:"
                told += [what, written(table)]
            yield "\n\n".join(each for each in told if each)


def statements(code: str) -> dict[int, str]:
    """The lines of each statement, the first `LINES` of them, by the line in which it begins."""
    lines = code.split("\n")
    found: dict[int, str] = {}
    for each in ast.walk(ast.parse(code)):
        if isinstance(each, ast.stmt):
            whole = lines[each.lineno - 1 : each.end_lineno]
            found.setdefault(each.lineno, "\n".join(whole if len(whole) <= LINES else [*whole[: LINES - 1], "…"]))
    return found


def written(table: Table) -> str:
    """A table in Markdown; one without a header numbers its columns. A single number stands as it is."""
    _, head, rows = table
    if not rows:
        return ""
    if len(rows) == 1 and len(rows[0]) == 1:
        return f"**{literal(rows[0][0])}**"
    head = head or tuple(str(each) for each in range(len(rows[0])))
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell if row[0] == '---' else literal(cell) for cell in row)} |" for row in lines)
