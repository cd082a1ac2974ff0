"""A project of a few small lessons, apart from this one."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from coursebuild.faults import LessonError
from coursebuild.read.course import Course
from coursebuild.read.model import Lesson
from coursebuild.read.reader import read_lesson
from coursebuild.run.process import Limits, Run, run_lesson
from tests.coursebuild.faults import LONG

ROOT = Path(__file__).parents[2]
HEAD = "---\ntitle: A page\ndescription: What it is about.\n---\n"  # so that a page's text begins on line 5
PROOFS = ("page/proofs.md", "page/proofs.md.txt", "page/proofs.js")  # beside a page that has some


def golden(name: str) -> list:
    """The cases of a golden file: `=== title`, the page, and its other parts, each below its `--- name`."""
    cases = re.split(r"^=== (.*)\n", (Path(__file__).parent / "golden" / name).read_text(encoding="utf-8"), flags=re.M)
    assert cases[0] == ""
    found = []
    for title, case in zip(cases[1::2], cases[2::2], strict=True):
        page, *others = re.split(r"^--- (\S+)\n", case, flags=re.M)
        parts = {"page": page, **dict(zip(others[::2], others[1::2], strict=True))}
        found.append(pytest.param({key: text.rstrip("\n") for key, text in parts.items()}, id=title))
    return found


def faults(call: Callable[[], object]) -> list[str]:
    """The faults that a call tells; none if it does well."""
    try:
        call()
    except LessonError as error:
        return [str(fault) for fault in error.faults]
    return []


@dataclass(frozen=True)
class Project:
    root: Path

    @property
    def course(self) -> Course:
        return Course.at(self.root, self.root / "docs")

    def page(self, text: str, name: str = "page.md") -> Path:
        return self.write(f"docs/{name}", HEAD + text)

    def snippet(self, text: str, name: str = "data.py") -> Path:
        return self.write(f"snippets/{name}", text)

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def read(self, text: str, path: str = "docs/page.md") -> Lesson:
        return read_lesson(HEAD + text, path, self.root / "snippets")

    def run(self, text: str, limits: Limits = Limits(seconds=600)) -> Run:  # noqa: B008 (frozen)
        return run_lesson(self.read(text), limits)

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """What `python -m coursebuild WORDS` does in this folder, with something typed."""
        return subprocess.run(**self.invocation(*words), input="typed", capture_output=True, text=True, timeout=LONG)

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(**self.invocation(*words), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def invocation(self, *words: str) -> dict:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return {"args": [sys.executable, "-m", "coursebuild", *words], "cwd": self.root, "env": environment}

    def files(self, folder: str) -> dict[str, bytes]:
        """Every file below a folder."""
        below = self.root / folder
        return {path.relative_to(below).as_posix(): path.read_bytes() for path in below.rglob("*") if path.is_file()}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for folder in ("docs", "snippets"):
        (tmp_path / folder).mkdir()
    return Project(tmp_path)
