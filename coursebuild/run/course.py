"""Run the lessons of a course that have not run as they are, the longest first, on all cores."""

import itertools
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import TypeVar

from coursebuild.faults import Fault, LessonError, writing
from coursebuild.read.course import Course
from coursebuild.read.model import Lesson
from coursebuild.run import cache
from coursebuild.run.alone import kept
from coursebuild.run.imports import preload
from coursebuild.run.process import Limits, Run, notes, run_lesson


def limits_of(course: Course) -> Limits:
    chosen = course.options
    return Limits(chosen.cell_seconds, chosen.characters, int(min(chosen.memory, 1e9) * 2**30))


def tell(fault: Fault) -> None:
    print(fault, file=sys.stderr)


def run_all(
    course: Course, lessons: Iterable[Lesson], fresh: bool = False, note: Callable[[Fault], None] = tell
) -> tuple[dict[str, Run], list[Fault]]:
    """A Run for each lesson that has cells, by its path, from the cache where it is there (unless `fresh`); and the
    faults. `note` is told what the cells that ran said on standard error.
    """
    lessons = [lesson for lesson in lessons if lesson.cells]
    environment = cache.environment(course.lock, course.options.environment)
    keys = {lesson.path: cache.key(lesson, environment) for lesson in lessons}
    runs: dict[str, Run] = {}
    todo: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        if not fresh and (run := cache.load(course.cache, lesson, keys[lesson.path])):
            runs[lesson.path] = run
        else:  # translations share a run
            todo.setdefault(keys[lesson.path], []).append(lesson)
    if not todo:
        return runs, []
    faults: list[Fault] = []
    limits, ready, known = limits_of(course), preload(lessons), seconds(course)
    order = sorted(todo, key=lambda each: -expected(todo[each][0], known))

    def work(lesson: Lesson) -> Run:
        run = run_lesson(lesson, limits, course.options.environment, ready)
        kept(course.cache.parent / "alone", lesson, run)  # now, while other lessons run
        return run

    works = {each: partial(work, todo[each][0]) for each in order}

    def ended(key: str, result: Future[Run], write: Callable[[str], None]) -> None:
        same = todo.pop(key)
        try:
            run = result.result()
        except LessonError as error:
            faults.extend(error.faults)
            return
        for fault in notes(same[0], run):
            note(fault)
        cache.store(course.cache, same[0], key, run)
        runs.update({lesson.path: run for lesson in same})
        known[str(same[0].name)] = round(run.seconds, 1)
        write(f"{same[0].path}: {run.seconds:.1f} s")

    side_by_side(works, course.options.jobs or cores(), lambda key: todo[key][0].name.stem, ended)
    remember(course, known)
    return runs, faults


Key = TypeVar("Key")
Result = TypeVar("Result")


def side_by_side(
    works: Mapping[Key, Callable[[], Result]],
    jobs: int,
    called: Callable[[Key], str],
    ended: Callable[[Key, "Future[Result]", Callable[[str], None]], None],
) -> None:
    """Do pieces of work in this order, so many at a time. `ended` takes each as it is done, and what writes a line
    above the bar that a terminal shows.
    """
    from tqdm import tqdm  # slow to load, and only a run needs it

    shape = "{bar:20} {n_fmt}/{total_fmt} lessons, {elapsed}{postfix}"
    left = dict.fromkeys(works)
    with ThreadPoolExecutor(jobs) as threads, tqdm(total=len(works), bar_format=shape, disable=None) as bar:

        def write(text: str) -> None:
            if not bar.disable:
                bar.write(text, file=sys.stderr)

        running = {threads.submit(work): key for key, work in works.items()}
        pending = set(running)
        try:
            while pending:
                bar.set_postfix_str(", ".join(map(called, itertools.islice(left, 9)))[:60])
                finished, pending = wait(pending, timeout=1, return_when=FIRST_COMPLETED)
                for done in finished:
                    del left[running[done]]
                    ended(running[done], done, write)
                    bar.update()
        except KeyboardInterrupt:
            os._exit(130)  # now, not when the cells that run have come to their end; they go with this process


def seconds(course: Course) -> dict[str, float]:
    """What each lesson took when it last ran, by its name."""
    try:
        kept = json.loads((course.cache.parent / "seconds.json").read_text("utf-8"))
        return {str(name): float(each) for name, each in kept.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def remember(course: Course, known: dict[str, float]) -> None:
    path = course.cache.parent / "seconds.json"
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(known, sort_keys=True, indent=0), "utf-8")
        part.replace(path)


def expected(lesson: Lesson, known: dict[str, float]) -> float:
    """About how many seconds a lesson will take: what it took, or by the length of its code."""
    return known.get(str(lesson.name), sum(len(cell.code) for cell in lesson.cells) / 500)


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def shard(lessons: list[Lesson], part: tuple[int, int]) -> list[Lesson]:
    """The part of the lessons that one machine of many runs, (2, 4) the second of four: each about as long.

    It depends on the lessons alone, and not on what a machine remembers: all machines cut alike.
    """
    number, count = part
    shards: list[list[Lesson]] = [[] for _ in range(count)]
    loads = [0.0] * count
    for lesson in sorted(lessons, key=lambda each: (-expected(each, {}), each.path)):
        least = loads.index(min(loads))
        shards[least].append(lesson)
        loads[least] += expected(lesson, {})
    return shards[number - 1]
