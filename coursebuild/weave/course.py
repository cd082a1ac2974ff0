"""Weave a folder of lessons; nothing is written unless all of it is right."""

import functools
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from coursebuild.faults import Fault, LessonError, writing
from coursebuild.read.course import Course, read, sources
from coursebuild.read.files import PAGES, read_bytes, read_file, walk
from coursebuild.read.model import Lesson
from coursebuild.run import alone, cache
from coursebuild.run.course import run_all, tell
from coursebuild.run.imports import needs
from coursebuild.run.process import Run
from coursebuild.run.replicate import Replications, known
from coursebuild.weave.contents import ASKED, with_contents
from coursebuild.weave.folder import files_and_folders, scratch, swap
from coursebuild.weave.lab import render_lab
from coursebuild.weave.notebook import without_attributes
from coursebuild.weave.page import Page, render
from coursebuild.weave.plain import TABLES, unfolded, without_tags
from coursebuild.weave.records import RECORD, SNIPPETS, index_of_snippets, record_of_all
from coursebuild.weave.study import ASKED as STUDIED
from coursebuild.weave.study import anki, cards, deck, questions
from coursebuild.weave.terms import GLOSSARY, definitions

KNOWN: dict[str, tuple[tuple[object, ...], Page]] = {}  # pages as they were woven, while serving
WRITTEN: dict[Path, dict[str, bytes]] = {}  # and the folders that were written to be written again


def weave(
    course: Course,
    to: Path,
    only: Iterable[Path] = (),
    fresh: bool = False,
    note: Callable[[Fault], None] = tell,
    again: bool = False,
) -> list[str]:
    """Write the woven pages (or `only` some) and all other files of `docs` to the folder `to`, in place of what is.

    Gives the files that the runs read outside the course, the interpreter and the packages. `again` is for a folder
    that nobody else writes to and that this process will weave again: it then writes what changed, and links the rest.

    Raises LessonError with all faults of all lessons; then `to` is as it was.
    """
    to = to.resolve()
    replaceable(course, to)
    files, read = woven(course, list(only), fresh, note)
    new, before = scratch(to), WRITTEN.pop(to, {}) if to.is_dir() else {}
    try:
        others = [] if only else [name for name in walk(course.docs, course.left_out) if name.suffix not in PAGES]
        write(course, files, new, others, before, to)
        with writing(to):
            swap(new, to)
        if again:
            WRITTEN[to] = files
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return read


def woven(
    course: Course, only: list[Path], fresh: bool, note: Callable[[Fault], None]
) -> tuple[dict[str, bytes], list[str]]:
    """The files of the woven pages, by path, and what their runs read elsewhere."""
    lessons, faults = read(course, only)
    chosen = {course.name(path) for path in only}
    asked = [lesson for lesson in lessons.values() if not chosen or lesson.path in chosen]
    runs, failed = run_all(course, asked, fresh, note)
    faults += failed
    others = known(course, asked)
    titles = {name: lesson.title for name, lesson in lessons.items()}
    terms = definitions(lessons.get(GLOSSARY))
    files: dict[str, bytes] = {}
    whole = {name: (lesson, runs.get(lesson.path)) for name, lesson in lessons.items()}
    for lesson in asked:
        if lesson.cells and lesson.path not in runs:
            continue
        try:
            told = {} if lesson.name == GLOSSARY else terms
            page = page_of(course, lesson, runs.get(lesson.path), titles, told, others.get(lesson.path))
        except LessonError as error:
            faults += error.faults
            continue
        made = {str(lesson.name): page.markdown.encode()} if page.markdown else {}
        files |= made | page.files
        for name in (str(lesson.name), f"{lesson.name}.txt") if TABLES.search(page.markdown) else ():
            table = files[name].decode()
            if RECORD in table:
                table = table.replace(RECORD, record_of_all(whole, lesson.name, others))
            if SNIPPETS in table:
                table = table.replace(SNIPPETS, index_of_snippets(sources(course), lessons, lesson.name))
            if ASKED.search(table):
                source = read_file(course.docs / lesson.name, lesson.path)
                table, wrong = with_contents(table, lesson, source, course.sections, lessons)
                faults += wrong if name.endswith(".md") else []
            files[name] = (table if name.endswith(".md") else without_tags(table)).encode()
    place = {name: at for at, name in enumerate(course.nav)}
    study(files, dict(sorted(lessons.items(), key=lambda each: place.get(str(each[1].pages[0]), len(place)))))
    if faults:
        raise LessonError(faults)
    return files, cache.outside(sorted({file for run in runs.values() for file in run.read}))


def study(files: dict[str, bytes], lessons: dict[PurePosixPath, Lesson]) -> None:
    """Put all questions, and the cards, into the pages that ask for them; Anki's file of cards beside these."""
    for name in lessons:
        text = files.get(str(name), b"").decode()
        if not (asked := STUDIED.findall(text)):
            continue
        plain = files[f"{name}.txt"].decode()
        for each in set(asked):
            if each == "questions":
                told = questions(lessons, files, name)
            else:
                made = list(cards(lessons, files))
                files[str(name.with_suffix("") / "cards.txt")] = anki(made).encode()
                told = deck(made, lessons, name)
            text = text.replace(f"<!-- {each} -->", told)
            plain = plain.replace(f"<!-- {each} -->", as_plain(told))
        files |= {str(name): text.encode(), f"{name}.txt": plain.encode()}


@functools.lru_cache(4)  # while serving, most edits touch no question
def as_plain(text: str) -> str:
    return without_tags(without_attributes(unfolded(text)))


def page_of(
    course: Course,
    lesson: Lesson,
    run: Run | None,
    titles: dict[PurePosixPath, str],
    terms: dict[str, str],
    others: Replications | None,
) -> Page:
    related = tuple(titles.get(each) for each in lesson.related)
    options = course.options
    made_of = (lesson, run, related, options.repository, options.how_to_run, course.alone, terms, others)
    kept = KNOWN.get(lesson.path)
    if kept and kept[0][0] is lesson and kept[0][1] is run and kept[0][2:] == made_of[2:]:
        return kept[1]
    needed = needs(lesson, run.versions, course.alone) if run else ()
    above = alone.kept(course.cache.parent / "alone", lesson, run) if run else ()
    if lesson.lab and run:
        page = render_lab(lesson, run, titles, options.repository, needed, options.how_to_run, others, above)
    else:
        page = render(lesson, run, titles, terms, needed, options.how_to_run, others, options.repository, above)
    KNOWN[lesson.path] = made_of, page
    return page


def write(
    course: Course, files: dict[str, bytes], new: Path, others: list[PurePosixPath], before: dict[str, bytes], old: Path
) -> None:
    """Write a folder: the woven files, and the others of `docs` as they are; what is as `before` stands in `old`."""
    faults = []
    for name in others:
        where = course.name(course.docs / name)
        if files.setdefault(str(name), content := read_bytes(course.docs / name, where)) != content:
            faults.append(Fault(where, 1, "stands where a file of a page goes (a file by another name)"))
    for file, below in files_and_folders(files):
        faults.append(Fault(course.name(course.docs / file), 1, f"stands where {below} goes (a file by another name)"))
    if faults:
        raise LessonError(faults)
    with writing(new):
        new.mkdir(parents=True)
        for path in {str(PurePosixPath(path).parent) for path in files}:
            (new / path).mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            if before.get(path) == content:
                os.link(f"{old}/{path}", f"{new}/{path}")
            else:
                (new / path).write_bytes(content)


def replaceable(course: Course, to: Path) -> None:
    """Refuse to put a folder in the place of a file, of a source, or of what holds one: what is there would be gone."""
    sources = [course.root.resolve(), course.docs.resolve(), course.snippets.resolve()]
    if any(source.is_relative_to(to) for source in sources) or any(to.is_relative_to(each) for each in sources[1:]):
        raise LessonError([Fault(course.name(to), 1, "holds the course's own files (name a folder apart from them)")])
    if to.exists() and not to.is_dir():
        raise LessonError([Fault(course.name(to), 1, "is a file (name a folder, which is replaced)")])
