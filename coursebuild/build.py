"""Read, run and weave a folder of lessons; nothing is written unless all of it is right."""

import contextlib
import fcntl
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from coursebuild import cache
from coursebuild.lab import render_lab
from coursebuild.lesson import Fault, Lesson, LessonError, read_file, read_lesson, read_snippet
from coursebuild.render import RECORD, SNIPPETS, index_of_snippets, record_of_all, render
from coursebuild.run import Limits, Run, run_lesson

USUAL = Limits()


@dataclass(frozen=True)
class Course:
    """Where a course's files are. Paths in messages are as seen from `root`; `order` names pages that come first.

    `repository` is the course's address on GitHub, "" while it has none.
    """

    root: Path
    docs: Path
    snippets: Path
    cache: Path
    lock: Path | None = None
    order: tuple[str, ...] = ()
    repository: str = ""

    @classmethod
    def at(cls, root: Path, docs: Path, snippets: Path | None = None) -> "Course":
        """The course in `root`, in the layout of CONTRIBUTING.md."""
        return cls(root, docs, snippets or root / "snippets", root / ".cache" / "runs", root / "requirements.txt")

    def name(self, path: Path) -> str:
        return Path(os.path.relpath(path, self.root)).as_posix()


def read_page(course: Course, path: Path) -> Lesson:
    """Read one page. Raises LessonError with its faults."""
    text = read_file(path, course.name(path))
    return read_lesson(text, course.name(path), course.snippets, course.name(course.snippets))


def read(course: Course) -> tuple[dict[PurePosixPath, Lesson], list[Fault]]:
    """Every page by its path below `docs`, and what is wrong with those that cannot be read."""
    lessons: dict[PurePosixPath, Lesson] = {}
    faults: list[Fault] = []
    if not course.docs.is_dir():
        return {}, [Fault(course.name(course.docs), 1, "no such folder (name the folder of the lessons)")]
    for path in sorted(course.docs.rglob("*.md")):
        try:
            lessons[PurePosixPath(path.relative_to(course.docs).as_posix())] = read_page(course, path)
        except LessonError as error:
            faults += error.faults
    for lesson in lessons.values() if not faults else ():
        for other in lesson.related:
            if other not in lessons:
                faults.append(
                    Fault(lesson.path, 1, f"related: no page {other} (name pages, such as {next(iter(lessons))})")
                )
    first = [PurePosixPath(name) for name in course.order if PurePosixPath(name) in lessons]
    return {name: lessons[name] for name in [*first, *lessons]}, faults


def check(course: Course) -> dict[PurePosixPath, Lesson]:
    """Read every page and find the snippets that none shows, without running anything.

    Raises LessonError with every fault.
    """
    lessons, faults = read(course)
    shown = {embed for lesson in lessons.values() for embed in lesson.embeds}
    for path in sorted(course.snippets.rglob("*.py")) if not faults else ():
        name, shown_as = path.relative_to(course.snippets).as_posix(), course.name(path)
        try:
            snippet = read_snippet(read_file(path, shown_as), shown_as)
        except LessonError as error:
            faults += error.faults
            continue
        for section, lines in {"": snippet.lines[:1], **snippet.sections}.items():
            if (name, "") not in shown and (name, section) not in shown and (section or not snippet.sections):
                what = f"section '{section}'" if section else "the file"
                line = lines[0][0] if lines else 1
                faults.append(Fault(shown_as, line, f"no page embeds {what}, so it never runs (embed or delete it)"))
    if faults:
        raise LessonError(faults)
    return lessons


def sources(course: Course) -> dict[str, str]:
    """The snippets' sources by file name."""
    paths = sorted(course.snippets.rglob("*.py"))
    return {path.relative_to(course.snippets).as_posix(): read_file(path, course.name(path)) for path in paths}


def run_all(course: Course, lessons: Iterable[Lesson], limits: Limits) -> tuple[dict[str, Run], list[Fault]]:
    """A Run for each lesson that has cells, by its path, from the cache where it is there; and the faults."""
    environment = cache.environment(course.lock)
    runs: dict[str, Run] = {}
    keys = {lesson.path: cache.key(lesson, environment) for lesson in lessons if lesson.cells}
    todo: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        if lesson.cells:
            if run := cache.load(course.cache, lesson, keys[lesson.path]):
                runs[lesson.path] = run
            else:  # translations share a run
                todo.setdefault(keys[lesson.path], []).append(lesson)
    if not todo:
        return runs, []
    from tqdm import tqdm  # slow to load, and only a run needs it

    faults: list[Fault] = []
    shape = "{bar:20} {n_fmt}/{total_fmt} lessons, {elapsed}{postfix}"
    # One more than there are cores, so that none waits for the last lesson.
    with ThreadPoolExecutor(cores() + 1) as threads, tqdm(total=len(todo), bar_format=shape, disable=None) as bar:
        running = {threads.submit(run_lesson, same[0], limits): key for key, same in todo.items()}
        pending = set(running)
        try:
            while pending:
                bar.set_postfix_str(", ".join(Path(same[0].path).stem for same in todo.values()))
                finished, pending = wait(pending, timeout=1, return_when=FIRST_COMPLETED)
                for done in finished:
                    same = todo.pop(running[done])
                    try:
                        run = done.result()
                        cache.store(course.cache, same[0], running[done], run)
                        runs |= {lesson.path: run for lesson in same}
                        if not bar.disable:
                            bar.write(f"{same[0].path}: {run.seconds:.1f} s", file=sys.stderr)
                    except LessonError as error:
                        faults += error.faults
                    bar.update()
        except KeyboardInterrupt:
            os._exit(130)  # now, not when the cells that run have come to their end; they go with this process
    return runs, faults


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def weave(course: Course, to: Path, limits: Limits = USUAL) -> None:
    """Write the woven pages and all other files of `docs` to the folder `to`, in place of what is there.

    Raises LessonError with all faults of all lessons; then `to` is as it was.
    """
    to = to.resolve()
    replaceable(course, to)
    lessons, faults = read(course)
    runs, failed = run_all(course, list(lessons.values()), limits)
    faults += failed
    titles = {name: str(lesson.meta["title"]) for name, lesson in lessons.items()}
    pages = {}
    for name, lesson in lessons.items():
        if not lesson.cells or lesson.path in runs:
            try:
                if lesson.lab:
                    pages[name] = render_lab(lesson, name, runs[lesson.path], titles, course.repository)
                else:
                    pages[name] = render(lesson, name, runs.get(lesson.path), titles)
            except LessonError as error:
                faults += error.faults
    if faults:
        raise LessonError(faults)
    files: dict[str, bytes] = {}
    all_of_them = {name: (lesson, runs.get(lesson.path)) for name, lesson in lessons.items()}
    for name, page in pages.items():
        markdown = page.markdown
        if RECORD in markdown:
            markdown = markdown.replace(RECORD, record_of_all(all_of_them, name))
        if SNIPPETS in markdown:
            markdown = markdown.replace(SNIPPETS, index_of_snippets(sources(course), lessons, name))
        files |= {str(name): markdown.encode()} if markdown else {}
        files |= page.files
    new = scratch(to)
    shutil.copytree(course.docs, new, ignore=shutil.ignore_patterns("*.md"))
    for path, content in files.items():
        (new / path).parent.mkdir(parents=True, exist_ok=True)
        (new / path).write_bytes(content)
    swap(new, to)


def replaceable(course: Course, to: Path) -> None:
    """Refuse to put a folder in the place of a file, of a source, or of what holds one: what is there would be gone."""
    sources = [course.root.resolve(), course.docs.resolve(), course.snippets.resolve()]
    if any(source.is_relative_to(to) for source in sources) or any(to.is_relative_to(each) for each in sources[1:]):
        raise LessonError([Fault(course.name(to), 1, "holds the course's own files (name a folder apart from them)")])
    if to.exists() and not to.is_dir():
        raise LessonError([Fault(course.name(to), 1, "is a file (name a folder, which is replaced)")])


def scratch(to: Path) -> Path:
    """The name of a folder, not there yet, in which to make what `swap` puts at `to`."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with locked(to.parent):
        if (old := to.with_name(f"{to.name}.old")).exists() and not to.exists():
            old.rename(to)  # a build was killed while it swapped
    for left in to.parent.iterdir():  # by builds that were killed
        owner = re.fullmatch(rf"{re.escape(to.name)}\.(\d+)\.new", left.name)
        if owner and (int(owner[1]) == os.getpid() or not exists(int(owner[1]))):
            shutil.rmtree(left, ignore_errors=True)
    return to.with_name(f"{to.name}.{os.getpid()}.new")


def exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def swap(new: Path, to: Path) -> None:
    """Put a finished folder in the place of another."""
    old = to.with_name(f"{to.name}.old")
    with locked(to.parent):
        shutil.rmtree(old, ignore_errors=True)
        if to.exists():
            to.rename(old)
        new.rename(to)
        shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One build at a time; the lock goes with its process, however that ends."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
