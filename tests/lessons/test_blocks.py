"""No block of a lesson can escape pytest-codeblocks, which runs a page once for its blocks and its snippet's tests."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_codeblocks import extract_from_buffer

from conftest import CONTINUED, expanded
from coursebuild.read.course import Course, check
from coursebuild.read.snippet import read_snippet
from tests.site.proofs import proven, run_program

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


def lines(code: str) -> list[str]:
    return [line for line in code.split("\n") if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("name", [path.stem for path in sorted((ROOT / "snippets").glob("*.py"))])
def test_a_snippet_runs_by_itself(name: str, tmp_path: Path) -> None:
    """With bare Python in an empty folder; the page's program proves it where that has its lines and no others, but for
    a last cell that must raise.
    """
    path = ROOT / "snippets" / f"{name}.py"
    cells = list(LESSONS[f"docs/en/{name.replace('_', '-')}.md"].cells)
    docstring, *code = lines(path.read_text(encoding="utf-8"))
    assert docstring.startswith('"""')
    if cells[-1].raises:
        cells.pop()
    if any(cell.raises for cell in cells) or [line for cell in cells for line in lines(cell.code)] != code:
        assert proven(path, tmp_path, "ran", ran) == "ran"


@pytest.mark.parametrize("name", [path.stem for path in sorted((ROOT / "snippets").glob("*.py"))])
def test_a_snippet_has_its_parts_in_the_order_of_its_page(name: str) -> None:
    """So that the page's program proves it, where the two have the same lines."""
    _, *code = lines((ROOT / "snippets" / f"{name}.py").read_text(encoding="utf-8"))
    page = [line for cell in LESSONS[f"docs/en/{name.replace('_', '-')}.md"].cells for line in lines(cell.code)]
    assert code == page or sorted(code) != sorted(page)


def ran(program: bytes, folder: Path) -> str:
    run_program(program, folder)
    return "ran"


def test_what_two_snippets_share_is_the_same() -> None:
    """So that each runs by itself, and a helper is taught once: a section that is called as the function or class in it
    is the same wherever one of its name and arguments stands.
    """
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "snippets").glob("*.py")):
        for name, section in read_snippet(path.read_text(encoding="utf-8"), path.name).sections.items():
            code = "\n".join(line for _, line in section)
            if begun := re.search(rf"^(?:def|class) {re.escape(name)}\b.*", code, re.MULTILINE):
                found.setdefault(begun[0], []).append(code)
            elif name.startswith("shared-"):
                found.setdefault(name, []).append(code)
    shared = {name: set(copies) for name, copies in found.items() if len(copies) > 1}
    assert {"def interval(score, *rows, draws=1000, seed=0):", "shared-data"} <= set(shared)
    assert [name for name, copies in shared.items() if len(copies) > 1] == []


def pytest_on(folder: Path, *arguments: str) -> tuple[int, str]:
    """Pytest as a maintainer types it, in a project that has this one's conftest."""
    (folder / "conftest.py").write_text((ROOT / "conftest.py").read_text())
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--codeblocks"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    command += arguments or ("docs/en",)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout


HEAD = "---\ntitle: T\ndescription: D\n---\n# T\n\n"


def lessons(folder: Path, text: str) -> Path:
    (folder / "docs" / "en").mkdir(parents=True)
    (folder / "snippets").mkdir()
    (folder / "snippets" / "one.py").write_text("count = 1\n")
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '--import-mode=importlib'\n")
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


def with_tests(folder: Path, text: str) -> Path:
    """A lesson and a test of its snippet."""
    tests = lessons(folder, text) / "tests" / "snippets"
    tests.mkdir(parents=True)
    (tests / "conftest.py").write_text((ROOT / "tests" / "snippets" / "conftest.py").read_text())
    (tests / "test_one.py").write_text(
        "import inspect, pathlib\n\n\n"
        "def test_count(lesson):\n    assert lesson['count'] == 1\n\n\n"
        "def test_source(lesson):\n    assert inspect.getsource(lesson['two']) == 'def two():\\n    return 2\\n'\n\n\n"
        "def test_folder(lesson, folder):\n    assert (folder / 'made').is_file() and pathlib.Path('made').is_file()\n"
    )
    return folder


ORDERS = {
    "blocks first": ("docs/en", "tests"),
    "tests first": ("tests", "docs/en"),
    "side by side": ("--numprocesses", "2", "tests", "docs/en"),
}


@pytest.mark.parametrize("order", ORDERS)
def test_a_page_runs_once_for_its_blocks_and_its_tests(tmp_path: Path, order: str) -> None:
    code = f"open({str(tmp_path / 'runs')!r}, 'a').write('run ')\nopen('made', 'w').close()\n"
    text = f'```python\n{code}```\n\n```python\n--8<-- "one.py"\n\n\ndef two():\n    return 2\n```\n'
    exit_code, said = pytest_on(with_tests(tmp_path, text), *ORDERS[order])
    assert (exit_code, "4 passed" in said) == (0, True), said
    assert (tmp_path / "runs").read_text() == "run "


@pytest.mark.parametrize("order", ORDERS)
def test_a_page_that_fails_fails_its_tests_in_its_own_words(tmp_path: Path, order: str) -> None:
    exit_code, said = pytest_on(with_tests(tmp_path, "```python\nraise OSError('no ' + 'disk')\n```\n"), *ORDERS[order])
    assert exit_code == 1
    assert "1 failed, 3 errors" in said
    assert said.count("1 blocks, line 1:\n```\nraise OSError('no ' + 'disk')\n```\n\nno disk\n") == 1
    told = "File \"<docs/en/one.md>\", line 1, in <module>\n    raise OSError('no ' + 'disk')\nOSError: no disk\n"
    assert said.count(told) == 3
