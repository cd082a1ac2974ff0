"""Lets pytest-codeblocks execute the lessons: `pytest --codeblocks docs/en`.

By itself pytest-codeblocks runs a line `--8<-- "file.py"` as Python, and skips look-alikes in silence. So a page under
`docs/` is collected through the same reader that builds the site, as one test: its cells, expanded and joined. A page
runs once a session: the tests of its snippet look at what that run left.
"""

import contextlib
import functools
import io
import linecache
import os
import re
import shutil
import signal
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pytest_codeblocks import extract_from_buffer, plugin
from xdist.scheduler import LoadScopeScheduling

from coursebuild.faults import LessonError
from coursebuild.read.course import Course, read_page
from coursebuild.read.model import Lesson
from coursebuild.run.course import cores
from coursebuild.run.worker import ENVIRONMENT
from coursebuild.weave.outputs import fence

pytest_plugins = ["tests.proven"]
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what is in the background; it is inherited
    signal.signal(signal.SIGINT, signal.default_int_handler)
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


@dataclass
class Ran:
    """What the run of a page left: its folder, its names, and what it raised."""

    folder: Path
    names: dict[str, Any] = field(default_factory=dict)
    error: BaseException | None = None


RAN = pytest.StashKey[dict[Path, Ran]]()


class Page(plugin.MarkdownFile):
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


class Block(plugin.TestBlock):
    def runtest(self) -> None:
        if error := self.ran().error:
            raise error

    def ran(self) -> Ran:
        """The page's run. Whoever asks first runs it, in an empty folder that stays until the session ends."""
        kept = self.config.stash.setdefault(RAN, {})
        if self.path not in kept:
            ran = kept[self.path] = Ran(Path(tempfile.mkdtemp()))
            self.config.add_cleanup(lambda: shutil.rmtree(ran.folder, ignore_errors=True))
            if "tf.config." in self.obj.code and "tensorflow" in sys.modules:
                begin_again()
            with contextlib.chdir(ran.folder), pytest.MonkeyPatch.context() as patch:
                patch.setattr(plugin, "exec", functools.partial(self.execute, ran), raising=False)
                try:
                    super().runtest()
                except (KeyboardInterrupt, pytest.exit.Exception):
                    raise
                except BaseException as error:  # that a cell did not raise is no Exception
                    ran.error = error
        return kept[self.path]

    def execute(self, ran: Ran, code: str, names: dict[str, Any]) -> None:
        """In place of pytest-codeblocks' `exec`: keeps the names, and the source, which Keras reads."""
        ran.names, file = names, f"<{self.path.relative_to(self.config.rootpath)}>"
        linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
        try:
            exec(compile(code, file, "exec"), names)
        finally:
            if pyplot := sys.modules.get("matplotlib.pyplot"):
                pyplot.close("all")


def begin_again() -> None:
    """TensorFlow as before its first use, when alone devices can be set: another page may have used it."""
    import keras
    from tensorflow.python.eager import context

    keras.utils.clear_session()
    context._reset_context()


@pytest.fixture(scope="session")
def ran(request: pytest.FixtureRequest) -> Callable[[Path], Ran]:
    """The one run of a page: the same for its blocks and for the tests of its snippet."""

    def of(path: Path) -> Ran:
        (block,) = Page.from_parent(request.session, path=path).collect()
        assert isinstance(block, Block)
        return block.ran()

    return of


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Any:
    """Pages of the course as lessons; the golden files of the tests not at all; other Markdown as it is."""
    found = yield
    ours, tests = (parent.config.rootpath / name for name in ("docs", "tests"))
    if file_path.is_relative_to(tests):
        return [each for each in found if not isinstance(each, plugin.MarkdownFile)]
    if file_path.is_relative_to(ours):
        return [
            Page.from_parent(parent, path=file_path) if isinstance(each, plugin.MarkdownFile) else each
            for each in found
        ]
    return found


def lesson_of(test: str) -> str:
    """The lesson that a test (its id) is about, as in `labs/fit`; "" for none."""
    if found := re.match(r"docs/en/(.+)\.md::|tests/snippets/test_(\w+)\.py::", test):
        return found[1] or found[2].replace("_", "-")
    found = re.match(r"tests/(?:lessons|play|site)/\w+\.py::\w+\[(?:chromium-|firefox-)?([\w/-]+)(?::\w+)?\]$", test)
    return found[1] if found else ""


class ByLesson(LoadScopeScheduling):
    """Hands out tests in their order. One process has all that share a lesson's run, or a page in the browser.

    That is `--dist loadgroup`, which pytest 9.2 broke (github.com/pytest-dev/pytest-xdist/issues/1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        file, lesson = nodeid.partition("::")[0], lesson_of(nodeid)
        if lesson and file.startswith(("docs/en/", "tests/snippets/")):
            return lesson
        if file.startswith("tests/play/") and (self.config.rootpath / "docs" / "en" / f"{lesson}.md").is_file():
            return lesson  # an explorer may be held against the page's run
        if file == "tests/site/test_book.py":
            return file  # which is bound once
        return f"{file} {lesson}" if lesson and file == "tests/site/test_pages.py" else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: browsers and kernels make their tests wait."""
    return cores() + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByLesson | None:
    config.option.loadscopereorder = False
    return ByLesson(config, log) if config.option.dist == "load" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes long begins first, so that no core waits for another in the end; what is of no lesson, last."""
    names = {item: lesson_of(item.nodeid) for item in items}
    seconds = {name: seconds_of(config.rootpath / "site" / f"{name}.html") for name in set(names.values())}
    long = ("tests/site/test_book.py", "tests/site/test_pages.py::test_every_link", "tests/lessons/test_replicate.py")
    items.sort(key=lambda item: (not item.nodeid.startswith(long), -seconds[names[item]], names[item] or "~"))


def seconds_of(page: Path) -> float:
    """What the run of a built page took, as it records; 0 if there is none."""
    found = re.search(r'(?<=class="record").* in ([\d.]+) seconds', page.read_text("utf-8") if page.is_file() else "")
    return float(found[1]) if found else 0
