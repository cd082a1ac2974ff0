"""A folder of lessons: where its files are, what its maintainer chose, and all its pages read and held together."""

import ast
import dataclasses
import functools
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from coursebuild.faults import Fault, LessonError
from coursebuild.read.files import PAGES, hidden, read_file, walk
from coursebuild.read.links import check_links, check_nav, has, page_names
from coursebuild.read.model import Lesson
from coursebuild.read.reader import read_lesson
from coursebuild.read.snippet import read_snippet


@dataclass(frozen=True)
class Options:
    """What a maintainer may choose, in `[tool.coursebuild]` of pyproject.toml, in mkdocs.yml or on the command line.

    `cell_seconds`, `characters` and `memory` (GiB, of a lesson's whole process) are the most that a cell may use;
    `jobs` lessons run side by side (0: as many as there are cores). `environment` are variables that the lessons see
    beside the pinned ones. `repository` is the course's address on GitHub, "" while it has none; `play` the folder of
    the explorers. `how_to_run` is where it says how to run a page, as in "index.md#run".
    """

    docs: str = "docs"
    snippets: str = "snippets"
    cell_seconds: float = 120.0
    characters: int = 1_000_000
    memory: float = 3.0
    jobs: int = 0
    repository: str = ""
    play: str = "docs/theme/play"
    how_to_run: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    def changed(self, chosen: Mapping[str, object], where: str, text: str = "") -> "Options":
        """These options with others chosen; what is wrong with one is a LessonError at its line of `text`."""
        faults = []
        kinds = {each.name: type(getattr(self, each.name)) for each in dataclasses.fields(self)}
        for name, value in chosen.items():
            line = text.count("\n", 0, max(text.find(f"{name}"), 0)) + 1
            if name not in kinds:
                faults.append(Fault(where, line, f"no option {name} (one of {', '.join(kinds)})"))
                continue
            number = kinds[name] in (int, float)
            wanted = (int, float) if kinds[name] is float else kinds[name]
            least = 0 if name == "jobs" else 1e-9
            pairs = value.items() if isinstance(value, dict) else ()
            texts = all(isinstance(each, str) and "\0" not in each for pair in pairs for each in pair)
            texts = texts and all(each and "=" not in each for each, _ in pairs)
            fits = isinstance(value, wanted) and not isinstance(value, bool) and texts
            if not fits or (number and not value >= least):  # type: ignore[operator]
                right = {int: "a whole number", float: "a number above 0", str: "a text", dict: "names and their texts"}
                faults.append(Fault(where, line, f"{name} is {value!r} ({right[kinds[name]]})"))
        if faults:
            raise LessonError(faults)
        return dataclasses.replace(self, **chosen)  # type: ignore[arg-type]


def options_of(root: Path) -> Options:
    """The options that the project in `root` has chosen in its pyproject.toml."""
    text, tools = tools_of(root)
    chosen = tools.get("coursebuild", {})
    begin = max(text.find("[tool.coursebuild]"), 0)
    if not isinstance(chosen, dict):
        line = text.count("\n", 0, max(text.find("coursebuild"), 0)) + 1
        raise LessonError([Fault("pyproject.toml", line, "coursebuild is no table ([tool.coursebuild])")])
    return Options().changed(chosen, "pyproject.toml", "\n" * text.count("\n", 0, begin) + text[begin:])


def tools_of(root: Path) -> tuple[str, dict[str, Any]]:
    """The text of the project's pyproject.toml, and what stands there for tools."""
    path = root / "pyproject.toml"
    if not path.is_file():
        return "", {}
    text = read_file(path, "pyproject.toml")
    try:
        tools = tomllib.loads(text).get("tool")
        return text, tools if isinstance(tools, dict) else {}
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise LessonError([Fault("pyproject.toml", int(line[1]) if line else 1, f"{error} (TOML)")]) from None


def alone_in(tools: Mapping[str, Any]) -> frozenset[str]:
    """The distributions that the project installs without their dependencies: it has told uv that they have none."""
    told = tools.get("uv", {}).get("dependency-metadata", ())
    return frozenset(each["name"] for each in told if each.get("requires-dist") == [])


@dataclass(frozen=True)
class Course:
    """Where a course's files are. Paths in messages are as seen from `root`.

    `nav` names pages in their order, as the file `config` lists them, and `sections` those of each of its sections,
    by the section's title; `left_out` tells of a path below `docs` whether the generator leaves it out. `alone` are
    distributions that are installed without their dependencies.
    """

    root: Path
    docs: Path
    snippets: Path
    cache: Path
    lock: Path | None = None
    options: Options = Options()
    nav: tuple[str, ...] = ()
    sections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    config: Path | None = None
    alone: frozenset[str] = frozenset()
    left_out: Callable[[str], bool] = hidden

    @classmethod
    def at(
        cls, root: Path, docs: Path | None = None, snippets: Path | None = None, options: Options | None = None
    ) -> "Course":
        """The course in `root`, in the layout of coursebuild/README.md."""
        chosen = options or options_of(root)
        return cls(
            root,
            docs or root / chosen.docs,
            snippets or root / chosen.snippets,
            root / ".cache" / "runs",
            root / "requirements.txt",
            chosen,
            alone=alone_in(tools_of(root)[1]),
        )

    def name(self, path: Path) -> str:
        return Path(os.path.relpath(path, self.root)).as_posix()


ODD = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # in a name: control characters, and bytes that are no UTF-8
KNOWN: dict[tuple[Path, Path], tuple[str, dict[Path, str], Lesson]] = {}  # pages as they were read, while serving


def read_page(course: Course, path: Path) -> Lesson:
    """Read one page. Raises LessonError with its faults."""
    text = read_file(path, course.name(path))
    kept = KNOWN.get((course.snippets, path))
    if (
        kept
        and kept[0] == text
        and all(snippet.is_file() and snippet.read_text("utf-8") == was for snippet, was in kept[1].items())
    ):
        return kept[2]
    below = path.relative_to(course.docs) if path.is_relative_to(course.docs) else Path(path.name)
    lesson = read_lesson(
        text, course.name(path), course.snippets, course.name(course.snippets), PurePosixPath(below.as_posix())
    )
    embedded = {course.snippets / name for name, _ in lesson.embeds}
    KNOWN[course.snippets, path] = text, {snippet: snippet.read_text("utf-8") for snippet in embedded}, lesson
    return lesson


def read(course: Course, only: Iterable[Path] = ()) -> tuple[dict[PurePosixPath, Lesson], list[Fault]]:
    """Every page by its path below `docs`, in the order of `nav`, and what is wrong: with those that cannot be read,
    with the links among them, and with `nav`. With `only`, the faults of these pages alone.
    """
    lessons: dict[PurePosixPath, Lesson] = {}
    faults: list[Fault] = []
    if not course.docs.is_dir():
        return {}, [Fault(course.name(course.docs), 1, "no such folder (name the folder of the lessons)")]
    files = list(walk(course.docs, course.left_out))
    whole = True
    for name in files:
        if name.suffix.lower() in PAGES and (name.suffix not in PAGES or ODD.search(str(name))):
            what = "a page by a name that not every tool takes for one (in UTF-8, with an end in small letters: fit.md)"
            faults.append(Fault(ODD.sub("?", course.name(course.docs / name)), 1, what))
        elif name.suffix in PAGES:
            try:
                lessons[name] = read_page(course, course.docs / name)
            except LessonError as error:
                whole = False
                faults += error.faults
    first = [PurePosixPath(re.sub("[.]ipynb$", ".md", name)) for name in course.nav]
    lessons = {name: lessons[name] for name in [*(each for each in first if each in lessons), *lessons]}
    if whole:
        faults += list(together(course, lessons, {str(name) for name in files}))
    chosen = {course.name(path) for path in only}
    return lessons, [fault for fault in faults if not chosen or fault.path in chosen]


def together(course: Course, lessons: dict[PurePosixPath, Lesson], files: set[str]) -> Iterable[Fault]:
    """What is wrong among pages each of which can be read: relatives, links, and the navigation."""
    pages = page_names(lessons)
    made = {str(name) for lesson in lessons.values() for name in (*lesson.downloads, lesson.proofs)}
    others = {name for name in files if PurePosixPath(name) not in lessons} | made
    stems: dict[PurePosixPath, Lesson] = {}
    for lesson in lessons.values():
        for other in lesson.related:
            if other not in lessons:
                near = next(iter(lessons))
                yield Fault(lesson.path, 1, f"related: no page {other} (name pages, such as {near})")
        if (first := stems.setdefault(lesson.name.with_suffix(""), lesson)) is not lesson:
            yield Fault(lesson.path, 1, f"its files go where those of {first.name} go (a page by another name)")
        for words, beside in (("proofs of {} go", lesson.proofs), ("trace of {} goes", lesson.trace)):
            if beside in lessons:
                what = f"stands where the {words.format(lesson.name)} (a page by another name)"
                yield Fault(lessons[beside].path, 1, what)
        for play in lesson.plays:
            folder = course.root / course.options.play
            known = {path.stem for path in folder.glob("*.js")} - {"play"}  # which is what they share
            if play.explorer not in known:
                there = ", ".join(sorted(known)) or "no explorer yet"
                yield Fault(
                    lesson.path, play.line, f"no explorer {play.explorer} ({course.options.play}/ has: {there})"
                )
        yield from check_links(lesson, pages, others)
    if course.config:
        config = course.name(course.config)
        yield from check_nav(course.nav, pages, others, config, read_file(course.config, config))
    if how := course.options.how_to_run:
        path, _, anchor = how.partition("#")
        if path not in pages or (anchor and not has(pages[path], anchor)):
            right = "a page below the pages and an anchor of it, such as index.md#run"
            yield Fault(*place(course, "how_to_run"), f"how_to_run leads nowhere: '{how}' ({right})")


def place(course: Course, option: str) -> tuple[str, int]:
    """The file and the line where an option is chosen."""
    for path in filter(None, (course.config, course.root / "pyproject.toml")):
        text = path.read_text("utf-8") if path.is_file() else ""
        if option in text:
            return course.name(path), text.count("\n", 0, text.find(option)) + 1
    return "pyproject.toml", 1


def check(course: Course, only: Iterable[Path] = ()) -> dict[PurePosixPath, Lesson]:
    """Read every page and find the snippets that none shows, without running anything.

    Raises LessonError with every fault.
    """
    only = list(only)
    lessons, faults = read(course, only)
    if not faults and not only:
        faults = list(unused(course, lessons.values()))
    if faults:
        raise LessonError(faults)
    chosen = {course.name(path) for path in only}
    return {name: lesson for name, lesson in lessons.items() if not chosen or lesson.path in chosen}


def unused(course: Course, lessons: Iterable[Lesson]) -> Iterable[Fault]:
    """Snippets and sections that no page shows, and so never run."""
    shown = {embed for lesson in lessons for embed in lesson.embeds}
    for path in walk(course.snippets):
        name, shown_as = str(path), course.name(course.snippets / path)
        if path.suffix != ".py":
            continue
        try:
            snippet = read_snippet(read_file(course.snippets / path, shown_as), shown_as)
        except LessonError as error:
            yield from error.faults
            continue
        for section, lines in {"": snippet.lines[:1], **snippet.sections}.items():
            if (name, "") not in shown and (name, section) not in shown and (section or not snippet.sections):
                what = f"section '{section}'" if section else "the file"
                line = lines[0][0] if lines else 1
                yield Fault(shown_as, line, f"no page embeds {what}, so it never runs (embed or delete it)")


def sources(course: Course) -> dict[str, str]:
    """The snippets' sources by file name. Raises LessonError for one that is no Python."""
    found, faults = {}, []
    for path in walk(course.snippets):
        shown_as = course.name(course.snippets / path)
        if path.suffix == ".py":
            found[str(path)] = read_file(course.snippets / path, shown_as)
            try:
                parses(found[str(path)])
            except (SyntaxError, ValueError) as error:
                faults.append(Fault(shown_as, getattr(error, "lineno", 1) or 1, f"not Python: {error} (mend the code)"))
    if faults:
        raise LessonError(faults)
    return found


@functools.lru_cache(1000)
def parses(source: str) -> bool:
    return bool(ast.parse(source))
