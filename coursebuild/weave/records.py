"""What was proven, told on the pages: the record of one, that of all, and the index of the snippets."""

import ast
import functools
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import quote

from coursebuild.read.model import Lesson
from coursebuild.run.imports import modules
from coursebuild.run.process import Run

RECORD = "<!-- record -->"
SNIPPETS = "<!-- snippets -->"


def seal(lesson: Lesson, run: Run) -> str:
    """What was checked on the page, when, and how long it took: one line; its ring has a tick for each claim."""
    ledger = lesson.ledger()
    claims, ran = ledger["claims"] + ledger["rules"], ledger["run"] + ledger["must raise"]
    facts = [f"<b>{claims}</b> claim{'s' * (claims != 1)} checked"] * bool(claims)
    facts.append(f"<b>{ran}</b> block{'s' * (ran != 1)} ran")
    facts.append(f'run <time datetime="{run.date}">{run.date}</time>, {max(1, round(run.seconds))} s')
    drawn = (
        '<svg viewBox="0 0 40 40" aria-hidden="true"><circle class="seal__ticks" cx="20" cy="20" r="17" '
        f'stroke-dasharray="1.2 {106.8 / (claims or ran) - 1.2:.3f}"/><path d="M13 20.5l5 5 9.5-11"/></svg>'
    )
    told = "".join(f"<li>{fact}</li>" for fact in facts)
    return f'<div class="seal" data-record data-search-exclude>{drawn}<ul>{told}</ul></div>'


def record(run: Run) -> str:
    """When the page ran, for how long, with what: one line, which bears `data-record`."""
    *others, last = (f"{name} {version}" for name, version in run.versions.items())
    versions = f"{', '.join(others)} and {last}" if others else last
    when = f'Run on <time datetime="{run.date}">{run.date}</time> in {run.seconds:.1f} seconds'
    return f'<p class="record" data-record data-search-exclude>{when}, with {versions}.</p>'


def record_of_all(lessons: dict[PurePosixPath, tuple[Lesson, Run | None]], page: PurePosixPath) -> str:
    """For every page with fences, what ran and was proven; then each fence that did not run, with the reason."""
    columns = ["Page", "Ran", "Must raise", "Shown", "Values", "Claims", "Rules", "Figures", "Seconds", "Run on"]
    rows = [columns, ["---"] * len(columns)]
    reasons = []
    for lesson, run in lessons.values():
        if not (run or lesson.shown):
            continue
        link = f"[{lesson.title}]({'../' * (len(page.parts) - 1)}{quote(str(lesson.pages[0]))})"
        once = "{ data-record data-search-exclude }"
        timed = [f"{run.seconds:.1f} {once}", f"{run.date} {once}"] if run else ["", ""]
        rows.append([link, *map(str, lesson.ledger().values()), *timed])
        reasons += [f"- {link}, line {each.line}: {each.reason}" for each in lesson.shown]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([table, "", *(reasons or ["Every fence of every page ran."])])


def index_of_snippets(snippets: Mapping[str, str], lessons: Mapping[PurePosixPath, Lesson], page: PurePosixPath) -> str:
    """For every snippet (its file's name, and its source): what it shows, where it is taught, what it needs."""
    rows = ["| Snippet | What it shows | Taught in | Needs |", "| --- | --- | --- | --- |"]
    up = "../" * (len(page.parts) - 1)
    for file, source in snippets.items():
        shows, needs = about(source)
        pages = [name for name, lesson in lessons.items() if any(embedded == file for embedded, _ in lesson.embeds)]
        taught = ", ".join(f"[{lessons[name].title}]({up}{quote(str(lessons[name].pages[0]))})" for name in pages)
        rows.append(f"| `{file}` | {shows} | {taught} | {', '.join(needs)} |")
    return "\n".join(rows)


@functools.lru_cache(1000)
def about(source: str) -> tuple[str, tuple[str, ...]]:
    """The first line of a program's docstring, and the packages that it imports."""
    tree = ast.parse(source)
    return (ast.get_docstring(tree) or "").split("\n")[0], tuple(sorted({name.split(".")[0] for name in modules(tree)}))
