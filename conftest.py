"""Lets pytest-codeblocks execute the lessons: `pytest --codeblocks docs/en`.

By itself pytest-codeblocks runs a line `--8<-- "file.py"` as Python, and skips look-alikes in silence. So a page under
`docs/` is collected through the same reader that builds the site, as one test: its cells, expanded and joined.
"""

import contextlib
import io
import os
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_codeblocks import extract_from_buffer
from pytest_codeblocks.plugin import MarkdownFile, TestBlock

from coursebuild.faults import LessonError
from coursebuild.read.course import Course, read_page
from coursebuild.read.model import Lesson
from coursebuild.run.worker import ENVIRONMENT
from coursebuild.weave.outputs import fence

os.environ |= ENVIRONMENT
CONTINUED = "<!--pytest-codeblocks:cont-->\n"


def expanded(lesson: Lesson) -> str:
    """The lesson's cells as pytest-codeblocks reads them; one that must raise is held to it."""
    blocks = []
    for cell in lesson.cells:
        code = cell.code
        if cell.raises:
            code = f"import pytest\nwith pytest.raises({cell.raises}):\n{textwrap.indent(code, '    ')}"
        blocks.append(fence("python", code))
    return CONTINUED.join(blocks)


class Page(MarkdownFile):
    def collect(self) -> Iterator[pytest.Item]:
        root = self.config.rootpath
        try:
            lesson = read_page(Course.at(root, root / "docs"), self.path)
        except LessonError as error:
            raise self.CollectError(str(error)) from None
        for block in extract_from_buffer(io.StringIO(expanded(lesson))):
            item = Block.from_parent(parent=self, name=f"{len(lesson.cells)} blocks")
            item.obj = block
            yield item


class Block(TestBlock):
    def runtest(self) -> None:
        with tempfile.TemporaryDirectory() as empty, contextlib.chdir(empty):
            super().runtest()


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Any:
    """Pages of the course as lessons; the golden files of the tests not at all; other Markdown as it is."""
    found = yield
    ours, tests = (parent.config.rootpath / name for name in ("docs", "tests"))
    if file_path.is_relative_to(tests):
        return [each for each in found if not isinstance(each, MarkdownFile)]
    if file_path.is_relative_to(ours):
        return [Page.from_parent(parent, path=file_path) if isinstance(each, MarkdownFile) else each for each in found]
    return found
