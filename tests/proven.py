"""Tests that passed on these bytes in this environment are not run again: a pytest plugin.

A group of tests is what depends on the same files: the build's own, a lesson's (its blocks, its snippet's tests, its
lab's), a page's (in the browser, its downloads), an explorer's with the pages that have it. A group is left out while
every test of it has passed on the same bytes, with the same packages. Tests of no group always run. With
COURSE_PROVE_AGAIN set all of them do; a fresh clone has no proofs.
"""

import hashlib
import json
import os
import re
import sys
import sysconfig
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

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


class Proofs:
    """What was proven before this session, and what this session proves."""

    def __init__(self) -> None:
        self.keys = keys()
        self.passed: dict[str, set[str]] = defaultdict(set)
        self.others: set[str] = set()
        self.again = bool(os.environ.get("COURSE_PROVE_AGAIN"))

    def file(self, group: str) -> Path:
        return FOLDER / f"{group.replace('/', '-').replace(' ', '-')}.json"

    def before(self, group: str) -> set[str]:
        """The tests of a group that have passed on what it depends on now."""
        try:
            kept = json.loads(self.file(group).read_text("utf-8"))
            return {str(test) for test in kept["passed"]} if kept["key"] == self.keys.get(group) else set()
        except (OSError, ValueError, LookupError, TypeError):
            return set()

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        groups: dict[str, list[pytest.Item]] = defaultdict(list)
        for item in items:
            groups[group_of(item.nodeid)].append(item)
        groups.pop("", None)
        proven = [g for g, of in groups.items() if not self.again and {i.nodeid for i in of} <= self.before(g)]
        gone = {item for group in proven for item in groups[group]}
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
                self.passed[group_of(report.nodeid)].add(report.nodeid)
        else:
            self.others.add(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workerinput"):
            return  # the process that gathers all reports writes them
        for group, passed in self.passed.items():
            if group in self.keys:
                FOLDER.mkdir(parents=True, exist_ok=True)
                whole = sorted((passed | self.before(group)) - self.others)
                part = self.file(group).with_suffix(f".{os.getpid()}")
                part.write_text(json.dumps({"key": self.keys[group], "passed": whole}, indent=0), "utf-8")
                part.replace(self.file(group))


def pytest_configure(config: pytest.Config) -> None:
    if config.rootpath == ROOT:
        config.pluginmanager.register(Proofs(), "proofs")
