"""No block of a lesson can escape pytest-codeblocks: what it collects is counted against the ledger."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_codeblocks import extract_from_buffer

from conftest import CONTINUED, expanded
from coursebuild.read.course import Course, check

ROOT = Path(__file__).parents[2]
COURSE = Course.at(ROOT, ROOT / "docs" / "en")
LESSONS = {lesson.path: lesson for lesson in check(COURSE).values()}


@pytest.mark.parametrize("path", LESSONS)
def test_pytest_codeblocks_reads_every_cell(path: str) -> None:
    lesson = LESSONS[path]
    ledger = lesson.ledger()
    apart = extract_from_buffer(io.StringIO(expanded(lesson).replace(CONTINUED, "")))
    assert len(apart) == ledger["run"] + ledger["must raise"] == len(lesson.cells)
    for block, cell in zip(apart, lesson.cells, strict=True):
        assert block.syntax == "python"
        if not cell.raises:
            assert block.code == cell.code + "\n"
        assert not block.marks
    joined = extract_from_buffer(io.StringIO(expanded(lesson)))
    assert [block.code for block in joined] == (["".join(block.code for block in apart)] if apart else [])


def test_the_source_that_the_home_page_shows_is_the_source_of_its_sentence() -> None:
    (source,) = [each.code for each in LESSONS["docs/en/index.md"].shown if "claim:" in each.code]
    assert (ROOT / "docs" / "en" / "index.md").read_text(encoding="utf-8").count(source) == 2


def pytest_on(folder: Path) -> tuple[int, str]:
    """Pytest as a maintainer types it, in a project that has this one's conftest."""
    (folder / "conftest.py").write_text((ROOT / "conftest.py").read_text())
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--codeblocks", "docs/en"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout


HEAD = "---\ntitle: T\ndescription: D\n---\n# T\n\n"


def lessons(folder: Path, text: str) -> Path:
    (folder / "docs" / "en").mkdir(parents=True)
    (folder / "snippets").mkdir()
    (folder / "snippets" / "one.py").write_text("count = 1\n")
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    (folder / "docs" / "en" / "one.md").write_text(HEAD + text)
    return folder


def test_the_last_of_several_blocks_runs(tmp_path: Path) -> None:
    text = (
        '```python\n--8<-- "one.py"\n```\n\n<!-- shown: why -->\n```text\nx\n```\n\n```python\nassert count == 2\n```\n'
    )
    code, said = pytest_on(lessons(tmp_path, text))
    assert code == 1
    assert "assert count == 2" in said


def test_a_block_that_must_raise_is_held_to_it(tmp_path: Path) -> None:
    code, said = pytest_on(lessons(tmp_path, "<!-- raises: ValueError -->\n```python\nx = 1\n```\n"))
    assert code == 1
    assert "DID NOT RAISE" in said


def test_a_look_alike_stops_the_collection(tmp_path: Path) -> None:
    code, said = pytest_on(lessons(tmp_path, "```py\nx = 1\n```\n"))
    assert code != 0
    assert "docs/en/one.md:7: '```py' looks like a cell" in said


def test_a_good_page_passes(tmp_path: Path) -> None:
    code, said = pytest_on(lessons(tmp_path, '```python\n--8<-- "one.py"\n```\n\n```python\nassert count == 1\n```\n'))
    assert (code, "1 passed" in said) == (0, True)
