"""`pytest --lessons`: one item a lesson, run through the cache, failing with its faults.

All that pytest and its plugins do with items works: `-k`, `-n`, `--junitxml`, `--durations`, `--lf`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coursebuild.faults import LessonError
from coursebuild.read.course import Course, read_page
from coursebuild.read.files import PAGES


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("coursebuild")
    group.addoption("--lessons", action="store_true", help="run the lessons below the given folders, through the cache")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "LessonFile | None":
    if parent.config.getoption("--lessons") and file_path.suffix in PAGES:
        course = Course.at(parent.config.rootpath)
        if file_path.is_relative_to(course.docs):
            return LessonFile.from_parent(parent, path=file_path)
    return None


class LessonFile(pytest.File):
    def collect(self) -> Iterator[pytest.Item]:
        yield LessonItem.from_parent(self, name="lesson")


class LessonItem(pytest.Item):
    def runtest(self) -> None:
        from coursebuild.run.course import run_all
        from coursebuild.weave.parts import parts

        course = Course.at(self.config.rootpath)
        lesson = read_page(course, self.path)
        said: list[Any] = []
        runs, faults = run_all(course, [lesson], note=said.append)
        if said:
            self.add_report_section("call", "standard error", "\n".join(map(str, said)))
        if faults:
            raise LessonError(faults)
        parts(lesson, runs.get(lesson.path))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, LessonError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, f"lesson {self.path.name}"
