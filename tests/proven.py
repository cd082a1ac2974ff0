"""Tests that passed on these bytes in this environment are not run again: a pytest plugin.

A group of tests is what depends on the same files: the build's own, a lesson's (its blocks, its snippet's tests, its
lab's), a page's (in the browser, its downloads), an explorer's with the pages that have it. A group is left out while
every test of it has passed on the same bytes, with the same packages. Any other test of the site is left out while the
files that it read are the same: those that a browser asked a server of its process for, and those that it opened. All
others always run. With COURSE_PROVE_AGAIN set all tests do; a fresh clone has no proofs.
"""

import functools
import hashlib
import json
import os
import re
import sys
import sysconfig
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from types import ModuleType
from typing import Any

import pytest

from coursebuild.read.course import Course, read
from coursebuild.run.worker import ENVIRONMENT

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".cache" / "proofs" / "tests"
BUILD = re.compile(r"tests/coursebuild/|tests/site/test_(?:mkdocs|proofs)\.py|tests/lessons/test_blocks\.py")
LESSON = re.compile(r"docs/en/(?P<page>.+)\.md::|tests/snippets/test_(?P<snippet>\w+)\.py::")
LAB = re.compile(r"tests/lessons/test_labs\.py::\w+\[(?P<lab>[\w/-]+)\]$")
PAGE = re.compile(
    r"tests/site/test_(?:pages|figures|check|proofs_shown|downloads|alone)\.py::\w+\[(?P<page>[\w/-]+)(?::\d+)?\]$"
)
PLAY = re.compile(r"tests/play/test_(?P<play>\w+)\.py::")
READ = tuple(f"{ROOT / each}{os.sep}" for each in ("site", "docs", "snippets"))
SHARED = {"playwright", "browser", "firefox", "either", "address", "site", "tmp_path_factory"}  # fixtures of a session
MODULE = "what the module holds"
ALL = "site"  # stands for all files of the site: what a browser reads from a folder, no server tells


def group_of(test: str) -> str:
    """The group of a test, by its id; "" for none."""
    if BUILD.match(test):
        return "build"
    if found := LESSON.match(test):
        return f"lesson {found['page'] or found['snippet'].replace('_', '-')}"
    if found := LAB.match(test):
        return f"lab {found['lab']}"
    if found := PLAY.match(test):
        return f"play {found['play']}"
    found = PAGE.match(test)
    return f"page {found['page']}" if found else ""


def bytes_of(*paths: Path) -> Iterator[bytes]:
    """The names and contents of files, and of all files below folders."""
    for path in paths:
        for each in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if each.is_file() and "__pycache__" not in each.parts:
                yield str(each.relative_to(ROOT)).encode()
                yield each.read_bytes()


def digest(parts: Iterable[bytes]) -> str:
    made = hashlib.sha256()
    for part in parts:
        made.update(f"{len(part)}:".encode() + part)
    return made.hexdigest()


def keys() -> dict[str, str]:
    """For each group, a digest of all that its tests depend on."""
    installed = sorted(path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))
    facts = json.dumps([sys.version, installed, ENVIRONMENT]).encode()
    everywhere = (
        "coursebuild",
        "conftest.py",
        "tests/proven.py",
        "tests/conftest.py",
        "requirements.txt",
        "pyproject.toml",
    )
    base = digest([facts, *bytes_of(*(ROOT / name for name in everywhere))]).encode()
    builds = ("tests/coursebuild", "tests/site", "tests/lessons/test_blocks.py", "docs/theme", "mkdocs.yml", "Makefile")
    found = {"build": digest([base, *bytes_of(*(ROOT / name for name in (*builds, ".pre-commit-hooks.yaml")))])}
    shown = [
        base,
        *bytes_of(
            ROOT / "site" / "assets", ROOT / "site" / "play", *(ROOT / "site").glob("*.[cj]s*"), ROOT / "tests" / "site"
        ),
    ]
    look = digest([*shown, *bytes_of(ROOT / ".venv" / "browser", ROOT / ".venv" / "firefox")]).encode()
    names = repr(sorted(str(path.relative_to(ROOT)) for path in (ROOT / "site").rglob("*"))).encode()
    found["site"] = digest([look, names, *bytes_of(ROOT / "tests" / "play", ROOT / "mkdocs.yml")])
    whole: dict[str, list[bytes]] = {}
    for name, lesson in read(Course.at(ROOT))[0].items():
        page, snippet = name.with_suffix(""), name.stem.replace("-", "_")
        code = [repr((cell.code, cell.exercise, cell.raises, cell.message)).encode() for cell in lesson.cells]
        tests = (ROOT / "tests" / "snippets" / f"test_{snippet}.py", ROOT / "tests" / "snippets" / "conftest.py")
        files = (ROOT / "snippets" / f"{snippet}.py", ROOT / "site" / page)
        labs = ROOT / "tests" / "lessons"
        lab = (labs / "test_labs.py", labs / "answers" / f"{snippet}.py")
        found[f"lesson {page}"] = digest([base, *code, *bytes_of(*tests, files[0])])
        found[f"lab {page}"] = digest([base, *code, *bytes_of(*lab)])
        whole[str(page)] = [*code, *bytes_of(ROOT / "docs" / "en" / name, *files, ROOT / "site" / f"{page}.html")]
        for made in (page, page.with_name(f"{page.name}-solved")):
            found[f"page {made}"] = digest([look, *whole[str(page)], *bytes_of(ROOT / "site" / f"{made}.html")])
    for path in (ROOT / "tests" / "play").glob("test_*.py"):
        explorer, text = path.stem.removeprefix("test_"), path.read_text("utf-8")
        mark = f'data-play="{explorer.partition("_")[0]}"'.encode()
        shows = [each for each in whole if mark in whole[each][-1] or re.search(rf'["/]{each}["./]', text)]
        found[f"play {explorer}"] = digest(
            [look, *bytes_of(ROOT / "tests" / "play"), *(part for each in shows for part in whole[each])]
        )
    return found


class Reads:
    """The files that the test that runs now has read, by their paths below the project."""

    def __init__(self) -> None:
        self.files: set[str] | None = None
        sys.addaudithook(self.heard)
        given = PurePath.as_uri

        def as_uri(path: PurePath) -> str:
            self.note(ALL)
            return given(path)

        setattr(PurePath, "as_uri", as_uri)  # noqa: B010

    def heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and self.files is not None and isinstance(arguments[0], str | bytes | PurePath):
            path = os.path.abspath(os.fsdecode(arguments[0]))
            if path.startswith(READ):
                self.files.add(os.path.relpath(path, ROOT))

    def note(self, *files: str) -> None:
        if self.files is not None:
            self.files.update(files)


class Noted(dict[str, Any]):
    """Things of lessons by the names of their pages. That a test looks at one is noted as if it had read the files."""

    def __init__(self, things: Mapping[str, Any], files: Mapping[str, set[str]]) -> None:
        super().__init__(things)
        self.files_of = files

    def __getitem__(self, name: str) -> Any:
        if reads:
            reads.note(*self.files_of[name])
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default  # noqa: SIM401 - it would call itself

    def items(self) -> Any:
        return [(name, self[name]) for name in self]

    def values(self) -> Any:
        return [self[name] for name in self]


reads: Reads | None = None


def state(path: str, item: pytest.Item) -> str:
    """What a test depended on, as it is now."""
    if path == MODULE:
        return digest([plain(getattr(item, "module")).encode()])  # noqa: B009 - of no public name
    found = (ROOT / path).stat() if (ROOT / path).is_file() else None
    return _state(path, *((found.st_size, found.st_mtime_ns) if found else ()))


@functools.lru_cache(10_000)
def _state(path: str, *_: int) -> str:
    return digest(bytes_of(ROOT / path))


def plain(module: ModuleType) -> str:
    """What a module of tests holds since it was imported: names of pages that it found in the course, say."""

    def told(value: Any) -> Any:
        return sorted(map(str, value)) if isinstance(value, set | frozenset) else re.sub("0x[0-9a-f]+", "", str(value))

    held = {name: list(value) if isinstance(value, dict) else value for name, value in vars(module).items()}
    kinds = (str, int, float, list, tuple, set, frozenset, PurePath)
    return json.dumps({n: v for n, v in held.items() if isinstance(v, kinds) and n[:2] != "__"}, default=told)


class Proofs:
    """What was proven before this session, and what this session proves."""

    def __init__(self) -> None:
        self.keys = keys()
        self.read: dict[str, dict[str, str]] = {}
        self.passed: dict[str, set[str]] = defaultdict(set)
        self.others: set[str] = set()
        self.again = bool(os.environ.get("COURSE_PROVE_AGAIN"))

    def file(self, group: str) -> Path:
        return FOLDER / f"{group.replace('/', '-').replace(' ', '-')}.json"

    def before(self, group: str) -> set[str]:
        """The tests of a group that have passed on what it depends on now."""
        return {str(test) for test in self.kept(group).get("passed", ())}

    def kept(self, group: str) -> dict[str, Any]:
        """What is known of a group, if what it depends on is as it was."""
        try:
            kept = json.loads(self.file(group).read_text("utf-8"))
            whole = isinstance(kept.get("passed", []), list) and isinstance(kept.get("read", {}), dict)
            return dict(kept) if whole and kept["key"] == self.keys.get(group) else {}
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        if reads:
            reads.files = {MODULE} if self.by_itself(item) else None
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        done = yield
        if reads and reads.files:
            item.user_properties.append(("read", {path: state(path, item) for path in sorted(reads.files)}))
            reads.files = None
        return done

    def by_itself(self, item: pytest.Item) -> bool:
        """Whether a test reads all that it depends on while it runs: a test of the site whose fixtures are its own."""
        group = group_of(item.nodeid)
        if not item.nodeid.startswith(("tests/site/", "tests/play/")):
            return False
        fixtures = getattr(item, "_fixtureinfo").name2fixturedefs  # noqa: B009 - it has no public name
        shared = {name for name, given in fixtures.items() if given[-1].scope != "function"}
        return (group not in self.keys or group.startswith("play ")) and shared <= SHARED

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        groups: dict[str, list[pytest.Item]] = defaultdict(list)
        gone: set[pytest.Item] = set()
        before = self.kept("site").get("read", {}) if "site" in self.keys else {}
        for item in items:
            if self.by_itself(item):
                was = before.get(item.nodeid)
                if (
                    isinstance(was, dict)
                    and was
                    and not self.again
                    and all(state(path, item) == known for path, known in was.items())
                ):
                    gone.add(item)
            else:
                groups[group_of(item.nodeid)].append(item)
        groups.pop("", None)
        proven = [g for g, of in groups.items() if not self.again and {i.nodeid for i in of} <= self.before(g)]
        gone |= {item for group in proven for item in groups[group]}
        items[:] = [item for item in items if item not in gone]
        if gone:
            config.hook.pytest_deselected(items=[*gone])

    def pytest_report_header(self) -> str:
        count = 0 if self.again else sum(bool(self.before(group)) for group in self.keys)
        return (
            f"proven before, on these bytes in this environment: {count} groups of tests (COURSE_PROVE_AGAIN runs all)"
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.outcome == "passed":
            if report.when == "call":
                for files in (each[1] for each in report.user_properties if each[0] == "read"):
                    self.read[report.nodeid] = dict(files)  # type: ignore[call-overload]
                self.passed[group_of(report.nodeid)].add(report.nodeid)
        else:
            self.others.add(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workerinput"):
            return  # the process that gathers all reports writes them
        read = self.kept("site").get("read", {}) | self.read
        known: dict[str, dict[str, Any]] = {"site": {"read": {test: read[test] for test in read.keys() - self.others}}}
        for group, passed in self.passed.items():
            known[group] = {"passed": sorted((passed | self.before(group)) - self.others)}
        for group in known.keys() & self.keys.keys():
            FOLDER.mkdir(parents=True, exist_ok=True)
            part = self.file(group).with_suffix(f".{os.getpid()}")
            part.write_text(json.dumps({"key": self.keys[group]} | known[group], indent=0), "utf-8")
            part.replace(self.file(group))


def pytest_configure(config: pytest.Config) -> None:
    global reads
    if config.rootpath == ROOT:
        reads = Reads()
        config.pluginmanager.register(Proofs(), "proofs")
