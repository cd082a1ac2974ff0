"""What was proven, told on the pages: the record of one, that of all, and the index of the snippets."""

import ast
import functools
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import quote

from coursebuild.read.model import Lesson
from coursebuild.run.imports import modules
from coursebuild.run.process import Run
from coursebuild.run.replicate import Replications

RECORD = "<!-- record -->"
SNIPPETS = "<!-- snippets -->"


def seal(lesson: Lesson, run: Run, link: str, others: Replications | None = None) -> str:
    """What was checked on the page, when, and how long it took: one line; its ring has a tick for each claim. What was
    checked leads to the proofs by a `link`, a pattern for its text and its address. The switch is for a script.
    """
    ledger = lesson.ledger()
    claims, ran = ledger["claims"] + ledger["rules"], ledger["run"] + ledger["must raise"]
    facts, switch = [], ""
    if lesson.proofs:
        count, what = (claims, "claim{} checked") if claims else (ledger["values"], "value{} computed")
        told = f"<b>{count}</b> {what.format('s' * (count != 1))}"
        facts.append(link.format(told, quote(f"{lesson.name.stem}/{lesson.proofs.name}")))
        switch = '<button type="button" role="switch" aria-checked="false" hidden>Show the proofs</button>'
    if others and (rules := times(lesson, others, "holds")):
        facts.append(
            f"<b>{len(rules)}</b> rule{'s' * (len(rules) != 1)} held in {least(rules, others.runs)} other runs"
        )
    facts.append(f"<b>{ran}</b> block{'s' * (ran != 1)} ran")
    facts.append(f'run <time datetime="{run.date}">{run.date}</time>, {max(1, round(run.seconds))} s')
    drawn = (
        '<svg viewBox="0 0 40 40" aria-hidden="true"><circle class="seal__ticks" cx="20" cy="20" r="17" '
        f'stroke-dasharray="1.2 {106.8 / (claims or ran) - 1.2:.3f}"/><path d="M13 20.5l5 5 9.5-11"/></svg>'
    )
    told = "".join(f"<li>{fact}</li>" for fact in facts)
    return f'<div class="seal" data-record data-search-exclude markdown="span">{drawn}<ul>{told}</ul>{switch}</div>'


def record(lesson: Lesson, run: Run, others: Replications | None = None) -> str:
    """When the page ran, for how long, with what, and what held in other runs: one line, which bears `data-record`."""
    *most, last = (f"{name} {version}" for name, version in run.versions.items())
    versions = f"{', '.join(most)} and {last}" if most else last
    when = f'Run on <time datetime="{run.date}">{run.date}</time> in {run.seconds:.1f} seconds'
    return f'<p class="record" data-record data-search-exclude>{when}, with {versions}.{elsewhere(lesson, others)}</p>'


def elsewhere(lesson: Lesson, others: Replications | None) -> str:
    """What held in other runs, as a sentence; "" where none are known."""
    if not others:
        return ""
    rules, claims = times(lesson, others, "holds"), times(lesson, others, "claim")
    facts = []
    if rules:
        facts.append(f"its {plural(len(rules), 'rule')} held in {least(rules, others.runs)}")
    if claims:
        always = sum(each == others.runs for each in claims)
        share = "" if always == len(claims) else f"{always or 'none'} of "
        facts.append(f"{share}its {plural(len(claims), 'claim')} about this run held each time")
    return f" In {plural(others.runs, 'other run')}{', ' * bool(facts)}{', and '.join(facts) or ' it ran too'}."


def times(lesson: Lesson, others: Replications, kind: str) -> list[int]:
    """In how many other runs each claim (or rule) of a page held."""
    cells = zip(lesson.cells, others.held, strict=True)
    return [n for cell, held in cells for each, n in zip(cell.expressions, held, strict=True) if each.kind == kind]


def least(held: list[int], runs: int) -> str:
    return f"all {runs}" if min(held) == runs else f"at least {min(held)} of {runs}"


def plural(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def record_of_all(
    lessons: dict[PurePosixPath, tuple[Lesson, Run | None]],
    page: PurePosixPath,
    others: Mapping[str, Replications] | None = None,
) -> str:
    """For every page with fences, what ran and was proven; then each fence that did not run, with the reason."""
    columns = ["Page", "Ran", "Must raise", "Shown", "Values", "Claims", "Rules", "Figures", "Other runs"]
    columns += ["Seconds", "Run on"]
    rows = [columns, ["---"] * len(columns)]
    reasons = []
    for lesson, run in lessons.values():
        if not (run or lesson.shown):
            continue
        link = f"[{lesson.title}]({'../' * (len(page.parts) - 1)}{quote(str(lesson.pages[0]))})"
        once = "{ data-record data-search-exclude }"
        timed = [f"{run.seconds:.1f} {once}", f"{run.date} {once}"] if run else ["", ""]
        known = (others or {}).get(lesson.path)
        rules = times(lesson, known, "holds") if known else []
        held = f"{min(rules)} of {known.runs}" if known and rules else str(known.runs) if known else "none yet"
        timed.insert(0, f"{held} {once}" if run else "")
        rows.append([link, *counts(lesson, page), *timed])
        reasons += [f"- {link}, line {each.line}: {each.reason}" for each in lesson.shown]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([table, "", *(reasons or ["Every fence of every page ran."])])


def counts(lesson: Lesson, page: PurePosixPath) -> list[str]:
    """The ledger of a lesson; what is proven leads to the proofs."""
    path = "../" * (len(page.parts) - 1) + quote(str(lesson.proofs))
    return [
        f"[{count}]({path})" if count and what in ("values", "claims", "rules") else str(count)
        for what, count in lesson.ledger().items()
    ]


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
