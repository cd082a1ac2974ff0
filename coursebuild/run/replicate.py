"""Which claims and rules hold in other runs: the lessons run again with other seeds (seeds.py), and what came of it.

What came of a run is kept in `.cache/others/PAGE/KEY.jsonl`, a line a run. The key is that of an ordinary run
(cache.py), of the lesson with its seeds moved: a changed sentence costs nothing, nor does a claim that becomes a rule.
Other runs are not asked for the data of explorers, so that these cost nothing either.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from coursebuild.faults import Fault, writing
from coursebuild.read.course import Course
from coursebuild.read.model import OTHERS, Cell, Lesson
from coursebuild.run import cache
from coursebuild.run.course import cores, expected, limits_of, seconds, side_by_side
from coursebuild.run.imports import preload
from coursebuild.run.process import NAMES, Limit, Limits, judge, outcomes
from coursebuild.run.seeds import moved, unmoved
from coursebuild.run.worker import Error, Output

Held = tuple[tuple[bool, ...], ...]  # for each cell, for each of its expressions
Place = tuple[int, int]  # a cell, and which of its `places`


@dataclass(frozen=True)
class Other:
    """What came of one other run: which claims held, what was compared where one did not, and what went wrong where.

    `lasting` is false for one that did not come to its end, which the machine may have to do with: it is not kept. One
    that was `limited` says nothing of the rules.
    """

    held: Held
    fallen: Mapping[Place, str]
    wrong: tuple[tuple[Place, str], ...]
    seconds: float
    read: Mapping[str, str | None]
    lasting: bool = True
    limited: bool = False


@dataclass(frozen=True)
class Replications:
    """How many other `runs` of a lesson are known, and in how many of them each expression of each cell held (0 for
    those that prove nothing).
    """

    runs: int
    held: tuple[tuple[int, ...], ...]


def run_other(
    lesson: Lesson, number: int, limits: Limits, environment: Mapping[str, str], ready: tuple[str, ...]
) -> Other:
    """Run a lesson with the seeds of this number. A claim that was not reached, since a cell died, did not hold."""
    held: list[tuple[bool, ...]] = []
    fallen: dict[Place, str] = {}
    wrong: list[tuple[Place, str]] = []
    read: tuple[str, ...] = ()
    spent, lasting, limited = 0.0, True, False
    for outcome in outcomes(moved(lesson, number), limits, dict(environment), ready, traced=False):
        if isinstance(outcome, tuple):
            read = outcome
            break
        at = len(held)
        cell = lesson.cells[at]
        if isinstance(outcome, str):
            wrong.append(((at, 0), outcome))
            lasting, limited = False, isinstance(outcome, Limit)
            break
        for fault in judge(lesson.path, cell, outcome, claims=False):
            place = places(lesson, cell).index((fault.path, fault.line))
            wrong.append(((at, place), unmoved(fault.message)))
        if outcome.error and not cell.raises:
            break
        spent += outcome.seconds
        held.append(
            tuple(each.proves and true for each, (_, true) in zip(cell.expressions, outcome.values, strict=True))
        )
        fallen |= dict(falls(at, cell, outcome))
    for cell in lesson.cells[len(held) :]:
        held.append((False,) * len(cell.expressions))
    states = {file: cache.state(Path(file)) for file in cache.outside(read)}
    return Other(tuple(held), fallen, tuple(wrong), round(spent, 1), states, lasting, limited)


def without_plays(lesson: Lesson) -> Lesson:
    """The lesson as other runs have it."""
    return replace(lesson, parts=tuple(asked(each) if isinstance(each, Cell) else each for each in lesson.parts))


def asked(cell: Cell) -> Cell:
    return replace(cell, expressions=tuple(each for each in cell.expressions if each.kind != "play"))


def places(lesson: Lesson, cell: Cell) -> list[tuple[str, int]]:
    """Where faults of a cell may be told."""
    below = [*(each.line for each in cell.expressions), *(each.line for each in cell.made)]
    return [(lesson.path, cell.line), *cell.origins, *((lesson.path, line) for line in below)]


def falls(at: int, cell: Cell, output: Output) -> Iterator[tuple[Place, str]]:
    for number, (each, (text, true)) in enumerate(zip(cell.expressions, output.values, strict=True)):
        if each.proves and not true:
            yield (at, number), f"raises {text.traceback.splitlines()[-1]}" if isinstance(text, Error) else text


def folder(course: Course, lesson: Lesson) -> Path:
    return course.cache.with_name("others") / lesson.name.with_suffix("")


class Others:
    """The other runs of a lesson that are kept, by their number; the file is read again when it changes."""

    def __init__(self, course: Course, lesson: Lesson, environment: str) -> None:
        self.lesson = lesson
        self.key = cache.key(moved(lesson, 1), environment)
        self.path = folder(course, lesson) / f"{self.key[:16]}.jsonl"
        self.seen = (0, 0)
        self.read: dict[int, Other] = {}

    def load(self) -> dict[int, Other]:
        """Those whose line is whole, and which read nothing that is not as it was."""
        try:
            stat = self.path.stat()
            if self.seen != (seen := (stat.st_mtime_ns, stat.st_size)):
                self.seen, self.read = seen, dict(self.lines(self.path.read_text("utf-8")))
        except (OSError, ValueError):
            return {}
        now = {file: cache.state(Path(file)) for file in {file for other in self.read.values() for file in other.read}}
        return {number: other for number, other in self.read.items() if other.read.items() <= now.items()}

    def lines(self, text: str) -> Iterator[tuple[int, Other]]:
        shape = tuple(len(cell.expressions) for cell in self.lesson.cells)
        for line in text.splitlines():
            try:
                number, other = loaded(json.loads(line), self.key)
            except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
                continue
            if tuple(map(len, other.held)) == shape:
                yield number, other

    def add(self, number: int, other: Other) -> None:
        """Keep one more run, and forget what was kept under the page's oldest keys."""
        line = json.dumps({"key": self.key, "number": number, **written(other)}) + "\n"
        with writing(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line)
        entries = sorted((cache.age(each), each) for each in self.path.parent.glob("*.jsonl"))
        for _, old in entries[: -cache.KEPT]:
            old.unlink(missing_ok=True)


KNOWN: dict[str, tuple[Lesson, tuple[Path, str], Others]] = {}  # as they were opened, while serving


def written(other: Other) -> dict[str, object]:
    facts = {**vars(other), "held": [[int(each) for each in cell] for cell in other.held]}
    return facts | {"fallen": [[*place, text] for place, text in other.fallen.items()]}


def loaded(line: dict[str, Any], key: str) -> tuple[int, Other]:
    if line.pop("key") != key:
        raise ValueError("another lesson's")
    held = tuple(tuple(map(bool, cell)) for cell in line.pop("held"))
    fallen = {(at, number): str(text) for at, number, text in line.pop("fallen")}
    wrong = tuple(((at, place), str(text)) for (at, place), text in line.pop("wrong"))
    return int(line.pop("number")), Other(held, fallen, wrong, **line)


def known(course: Course, lessons: Iterable[Lesson]) -> dict[str, Replications]:
    """What is kept of the lessons' other runs, by the lessons' paths; none of a lesson of which nothing is."""
    environment = cache.environment(course.lock, course.options.environment)
    found = {}
    for lesson in lessons:
        if lesson.cells and folder(course, lesson).is_dir():
            place = (folder(course, lesson), environment)
            was = KNOWN.get(lesson.path)
            if not was or was[0] is not lesson or was[1] != place:
                was = KNOWN[lesson.path] = lesson, place, Others(course, without_plays(lesson), environment)
            if others := was[2].load():
                found[lesson.path] = with_plays(lesson, counted(was[2].lesson, others.values()))
    return found


def with_plays(lesson: Lesson, count: Replications) -> Replications:
    """The counts of the lesson as other runs have it, for the lesson as it is."""
    cells = [(cell, iter(held)) for cell, held in zip(lesson.cells, count.held, strict=True)]
    held = tuple(tuple(0 if e.kind == "play" else next(rest) for e in cell.expressions) for cell, rest in cells)
    return Replications(count.runs, held)


def counted(lesson: Lesson, others: Iterable[Other]) -> Replications:
    each = [other.held for other in others]
    if not each:
        return Replications(0, tuple((0,) * len(cell.expressions) for cell in lesson.cells))
    return Replications(
        len(each), tuple(tuple(map(sum, zip(*cells, strict=True))) for cells in zip(*each, strict=True))
    )


def ended(others: Mapping[int, Other]) -> list[Other]:
    """Those that were not ended by a limit."""
    return [other for other in others.values() if not other.limited]


def replicate(
    course: Course,
    lessons: Iterable[Lesson],
    runs: int = OTHERS,
    first: int = 1,
    fresh: bool = False,
    note: Callable[[str], None] = print,
) -> list[Fault]:
    """Run lessons `runs` times more, with the seeds of the numbers from `first` on, as far as these are not kept; tell
    each claim and rule with the share of the runs in which it held, what fell first; and give what is wrong: rules that
    did not hold often enough, and runs that died.
    """
    lessons = [without_plays(lesson) for lesson in lessons if lesson.cells]
    environment = cache.environment(course.lock, course.options.environment)
    numbers = range(first, first + runs)
    kept = {lesson.path: Others(course, lesson, environment) for lesson in lessons}
    others = {
        lesson.path: {n: each for n, each in (kept[lesson.path].load() if not fresh else {}).items() if n in numbers}
        for lesson in lessons
    }
    works, took = {}, seconds(course)
    limits, ready = limits_of(course), preload([*lessons, *lessons])  # each runs more than once
    for lesson in sorted(lessons, key=lambda each: -expected(each, took)):
        for number in numbers:
            if number not in others[lesson.path]:
                works[lesson.path, number] = partial(
                    run_other, lesson, number, limits, course.options.environment, ready
                )
    jobs = course.options.jobs or cores()
    if works:
        load = [expected(kept[path].lesson, took) for path, _ in works]
        minutes = max(sum(load) / jobs, max(load)) / 60
        about = f"about {minutes:.0f} minutes" if minutes >= 1.5 else f"about {60 * minutes:.0f} seconds"
        done = len(lessons) * runs - len(works)
        note(f"{len(works)} runs with other seeds, {about} on {jobs} cores; {done} are known already")

    def take(work: tuple[str, int], result: Future[Other], write: Callable[[str], None]) -> None:
        path, number = work
        other = others[path][number] = result.result()
        if other.lasting:
            kept[path].add(number, other)
        write(f"{path}, run {number}: {other.seconds:.1f} s")

    side_by_side(works, jobs, lambda work: f"{Path(work[0]).stem} {work[1]}", take)
    table = [row for lesson in lessons for row in rows(lesson, others[lesson.path])]
    for _, row in sorted(table, key=lambda each: each[0]):
        note(row)
    return [fault for lesson in lessons for fault in wrong(lesson, others[lesson.path])]


def rows(lesson: Lesson, others: Mapping[int, Other]) -> Iterator[tuple[float, str]]:
    """A line for each claim and rule, with the share of runs in which it held."""
    count = counted(lesson, ended(others))
    for at, (cell, held) in enumerate(zip(lesson.cells, count.held, strict=True)):
        for number, each in enumerate(cell.expressions):
            if each.proves:
                text = f"{NAMES[each.kind]} '{each.source}' held in {held[number]} of {count.runs}"
                shown = examples((at, number), others)
                yield held[number] / max(count.runs, 1), f"{lesson.path}:{each.line}: {text}{shown and f' ({shown})'}"


def examples(place: Place, others: Mapping[int, Other], most: int = 3) -> str:
    """What was compared in the first runs in which a claim fell."""
    found = [f"run {number}: {each.fallen[place]}" for number, each in sorted(others.items()) if place in each.fallen]
    return "; ".join(found[:most])


def wrong(lesson: Lesson, others: Mapping[int, Other]) -> Iterator[Fault]:
    """Rules that did not hold often enough, and runs that died."""
    count = counted(lesson, ended(others))
    for number, other in sorted(others.items()):
        for (at, place), text in other.wrong:
            yield Fault(*places(lesson, lesson.cells[at])[place], f"in run {number}, with other seeds, {text}")
    for at, (cell, held) in enumerate(zip(lesson.cells, count.held, strict=True)):
        for number, each in enumerate(cell.expressions):
            if each.kind == "holds" and held[number] * OTHERS < each.least * count.runs:
                shown = examples((at, number), others)
                what = f"the rule '{each.source}' held in {held[number]} of {count.runs} other runs"
                right = f"{each.least} of {OTHERS}: mend the sentence, or the experiment, or claim it of this run"
                yield Fault(lesson.path, each.line, f"{what}{shown and f', not in {shown}'} ({right})")
