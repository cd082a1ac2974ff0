import json
import os
import random
import threading
from dataclasses import replace
from pathlib import Path, PurePosixPath

import nbformat
import pytest

from coursebuild.read.course import check
from coursebuild.read.model import Lesson
from coursebuild.run import cache, worker
from coursebuild.run.course import run_all
from coursebuild.run.process import Run
from coursebuild.run.worker import Error, Output
from tests.coursebuild.conftest import Project

PAGE = "```python\nx = 1\n```\n\nIt is `{python} x`.\n\n<!-- raises: ValueError -->\n```python\nint('a')\n```\n"
RUN = Run(
    (
        Output("a\n", "", "1", "<table></table>", False, ("<svg>é</svg>", "<svg/>"), None, (("1", True),), (), 0.5),
        Output(error=Error(("ValueError", "Exception"), "é", "Traceback\nValueError: é", 1)),
    ),
    "2026-11-23",
    {"Python": "3.11.7"},
)
KEY = "0123456789abcdef" * 4


@pytest.fixture
def lesson(project: Project) -> Lesson:
    return project.read(PAGE)


def test_a_run_is_loaded_as_it_was_stored(lesson: Lesson, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    assert cache.load(folder, lesson, KEY) is None
    cache.store(folder, lesson, KEY, RUN)
    assert cache.load(folder, lesson, KEY) == RUN


def test_an_entry_is_a_readable_executed_notebook_and_nothing_else_is_left(lesson: Lesson, tmp_path: Path) -> None:
    cache.store(tmp_path / "runs", lesson, KEY, RUN)
    (path,) = (path for path in (tmp_path / "runs").rglob("*") if path.is_file())
    assert path == tmp_path / "runs" / "page" / "0123456789abcdef.ipynb"
    kept = nbformat.read(path, as_version=4)
    nbformat.validate(kept)
    assert [cell.source for cell in kept.cells] == ["x = 1", "int('a')"]
    assert kept.cells[0].outputs[0].text == "a\n"


def test_an_entry_cut_anywhere_is_not_trusted(lesson: Lesson, tmp_path: Path) -> None:
    cache.store(tmp_path, lesson, KEY, RUN)
    path = cache.entry(tmp_path, lesson, KEY)
    whole = path.read_bytes()
    for length in range(0, len(whole) - 1, 7):
        path.write_bytes(whole[:length])
        assert cache.load(tmp_path, lesson, KEY) is None, length


def test_an_entry_bitten_by_a_flipped_byte_is_not_trusted(lesson: Lesson, tmp_path: Path) -> None:
    cache.store(tmp_path, lesson, KEY, RUN)
    path = cache.entry(tmp_path, lesson, KEY)
    whole = path.read_bytes()
    chance = random.Random(1)
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << chance.randrange(8)
        path.write_bytes(flipped)
        assert cache.load(tmp_path, lesson, KEY) in (None, RUN)  # as it was, if only the layout was hit
    meant = whole.replace(b'"text": "a\\n"', b'"text": "b\\n"')
    assert meant != whole
    path.write_bytes(meant)
    assert cache.load(tmp_path, lesson, KEY) is None


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"metadata": {"coursebuild": []}}', "[" * 100_000, "\x00"])
def test_what_is_no_entry_is_not_trusted(text: str, lesson: Lesson, tmp_path: Path) -> None:
    cache.entry(tmp_path, lesson, KEY).parent.mkdir()
    cache.entry(tmp_path, lesson, KEY).write_text(text)
    assert cache.load(tmp_path, lesson, KEY) is None


def test_an_entry_of_another_key_is_not_trusted(lesson: Lesson, tmp_path: Path) -> None:
    cache.store(tmp_path, lesson, KEY, RUN)
    other = KEY[:16] + "0" * 48  # the same file
    assert cache.load(tmp_path, lesson, other) is None


def test_an_entry_signed_by_hand_in_another_form_is_not_trusted(lesson: Lesson, tmp_path: Path) -> None:
    cache.store(tmp_path, lesson, KEY, RUN)
    path = cache.entry(tmp_path, lesson, KEY)
    kept = json.loads(path.read_text())
    del kept["metadata"]["coursebuild"]["digest"], kept["cells"][0]["metadata"]["coursebuild"]["values"]
    kept["metadata"]["coursebuild"]["digest"] = cache.sign(kept)
    path.write_text(json.dumps(kept))
    assert cache.load(tmp_path, lesson, KEY) is None


def test_an_entry_that_is_a_folder_is_not_trusted(lesson: Lesson, tmp_path: Path) -> None:
    cache.entry(tmp_path, lesson, KEY).mkdir(parents=True)
    assert cache.load(tmp_path, lesson, KEY) is None


def key(project: Project, text: str, environment: str = "") -> str:
    return cache.key(project.read(text), environment)


@pytest.mark.parametrize(
    "change",
    [
        ("It is", "Es"),
        ("# A page\n", "# A page\n\nMore prose, more lines.\n"),
        ("![A line.]", "![Una línea.]"),
        ("<!-- shown: why -->\n```text\na\n```", "<!-- shown: because -->\n```text\nb\n```"),
    ],
)
def test_the_key_does_not_change_with_prose(change: tuple[str, str], project: Project) -> None:
    text = f"# A page\n\n{PAGE}\n![A line.](@figure)\n\n<!-- shown: why -->\n```text\na\n```\n"
    assert text.replace(*change) != text
    assert key(project, text.replace(*change)) == key(project, text)


@pytest.mark.parametrize(
    "change",
    [
        ("x = 1", "x = 2"),
        ("x = 1", "x  = 1"),
        ("`{python} x`", "`{python} x + 0`"),
        ("It is `{python} x`.", "It is."),
        ("It is `{python} x`.", "It is. <!-- claim: x -->"),
        ("raises: ValueError", "raises: TypeError"),
        ("```python\nx = 1\n```\n", "```python\nx = 1\n```\n\n```python\ny = 1\n```\n"),
    ],
)
def test_the_key_changes_with_code_and_expressions(change: tuple[str, str], project: Project) -> None:
    assert PAGE.replace(*change) != PAGE
    assert key(project, PAGE.replace(*change)) != key(project, PAGE)


def test_the_key_changes_with_an_embed(project: Project) -> None:
    text = '```python\n--8<-- "data.py:a"\n```\n'
    project.snippet("# --8<-- [start:a]\nx = 1\n# --8<-- [end:a]\ny = 1\n")
    first = key(project, text)
    project.snippet("# --8<-- [start:a]\nx = 1\n# --8<-- [end:a]\ny = 2\n")
    assert key(project, text) == first
    project.snippet("# --8<-- [start:a]\nx = 2\n# --8<-- [end:a]\ny = 2\n")
    assert key(project, text) != first


def test_the_key_changes_with_the_environment(project: Project) -> None:
    assert key(project, PAGE, "a") != key(project, PAGE, "b")


def test_the_environment_changes_with_the_lock_the_format_and_the_runner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "requirements.txt"
    seen = [cache.environment(None), cache.environment(lock)]
    assert seen[0] == seen[1]
    for text in ("keras==1", "keras==2"):
        lock.write_text(text)
        seen.append(cache.environment(lock))
    monkeypatch.setattr(cache, "FORMAT", cache.FORMAT + 1)
    seen.append(cache.environment(lock))
    (tmp_path / "figure.mplstyle").write_text("lines.linewidth: 9")
    monkeypatch.setattr(worker, "STYLE", tmp_path / "figure.mplstyle")
    seen.append(cache.environment(lock))
    assert len(set(seen)) == len(seen) - 1


def test_a_lessons_oldest_entries_are_forgotten_and_no_others(lesson: Lesson, tmp_path: Path) -> None:
    others = [replace(lesson, name=PurePosixPath(f"{name}.md")) for name in ("page-two", "p", "deep/page", "page.two")]
    for other in others:
        cache.store(tmp_path, other, KEY, RUN)
        os.utime(cache.entry(tmp_path, other, KEY), (0, 0))
    keys = [f"{number:016x}" * 4 for number in range(cache.KEPT + 2)]
    for number, each in enumerate(keys, 1):
        cache.store(tmp_path, lesson, each, RUN)
        os.utime(cache.entry(tmp_path, lesson, each), (number, number))
    assert [each for each in keys if cache.load(tmp_path, lesson, each)] == keys[2:]
    assert all(cache.load(tmp_path, other, KEY) for other in others)


def test_an_entry_that_another_build_takes_away_in_between_does_no_harm(lesson: Lesson, tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / f"{'f' * 16}.ipynb").symlink_to(tmp_path / "gone")
    cache.store(tmp_path, lesson, KEY, RUN)
    assert cache.load(tmp_path, lesson, KEY) == RUN


def test_many_may_store_and_load_at_once(lesson: Lesson, tmp_path: Path) -> None:
    keys = [f"{number:016x}" * 4 for number in range(4)]
    seen: list[object] = []

    def use(mine: str) -> None:
        for _ in range(20):
            cache.store(tmp_path, lesson, mine, RUN)
            seen.append(cache.load(tmp_path, lesson, mine))

    threads = [threading.Thread(target=use, args=[each]) for each in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 80
    assert all(run == RUN for run in seen)
    assert len(list(tmp_path.rglob("*.ipynb"))) == 4


def test_a_run_is_judged_again_when_its_error_must_say_something_else(project: Project) -> None:
    text = "<!-- raises: ValueError: {} -->\n```python\nraise ValueError('too long')\n```\n"
    keys = {cache.key(project.read(text.format(said)), "") for said in ("too long", "too short")}
    assert len(keys) == 2


@pytest.fixture
def library(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package on the path that is neither the interpreter's nor installed under a version, as an editable one is."""
    folder = project.root / "editable"
    folder.mkdir()
    (folder / "helper.py").write_text(
        "from pathlib import Path\nVALUE = Path(__file__).with_name('data.txt').read_text()\n"
    )
    (folder / "data.txt").write_text("one")
    return folder


@pytest.mark.parametrize("change", ["source", "data", "removed", "put where it was looked for"])
def test_a_run_is_stale_when_a_file_that_it_read_changes(change: str, project: Project, library: Path) -> None:
    late = library / "late.txt"
    text = (
        f"# A\n\n```python\nimport os, sys\nsys.path.append({str(library)!r})\nimport helper\nprint(helper.VALUE)\n"
        f"try:\n    open({str(late)!r})\nexcept OSError:\n    pass\n```\n"
    )
    project.page(text)

    def printed() -> str:
        runs, faults = run_all(project.course, check(project.course).values())
        assert not faults
        return runs["docs/page.md"].outputs[0].stdout

    def ran() -> bool:
        before = {path: path.stat().st_mtime_ns for path in (project.root / ".cache" / "runs").rglob("*.ipynb")}
        printed()
        return before != {path: path.stat().st_mtime_ns for path in (project.root / ".cache" / "runs").rglob("*.ipynb")}

    assert printed() == "one\n"
    assert not ran()
    if change == "source":
        (library / "helper.py").write_text("VALUE = 'two'\n")
        assert printed() == "two\n"
    elif change == "data":
        (library / "data.txt").write_text("two")
        assert printed() == "two\n"
    elif change == "removed":
        (library / "data.txt").unlink()
        assert len(run_all(project.course, check(project.course).values())[1]) == 1
    else:
        late.write_text("now")
        assert ran()


def test_the_files_of_a_run_leave_out_the_interpreters_and_those_of_packages() -> None:
    inside = [json.__file__, pytest.__file__, nbformat.__file__, cache.__file__]
    assert cache.outside([*inside, "/data/a.csv"]) == ["/data/a.csv"]


def test_a_loose_file_in_site_packages_is_no_package() -> None:
    folder = Path(nbformat.__file__).parents[1]
    loose = [str(folder / "loose_helper.py"), str(folder / "__pycache__" / "loose_helper.cpython-311.pyc")]
    assert cache.outside(loose) == loose


@pytest.mark.parametrize("name", ["TZ", "COLUMNS", "LC_ALL", "LANG", "PYTHONHASHSEED", "SECRET"])
def test_the_machines_own_environment_reaches_no_lesson(
    name: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    width = "shutil.get_terminal_size().columns"
    text = f"```python\nimport os, time, shutil\nprint(os.environ.get({name!r}), time.tzname, {width})\n```\n"
    before = project.run(text).outputs[0].stdout
    environment = cache.environment(None)
    monkeypatch.setenv(name, "Asia/Tokyo" if name == "TZ" else "37")
    assert project.run(text).outputs[0].stdout == before
    assert "37" not in before
    assert cache.environment(None) == environment


def test_a_variable_that_the_course_gives_its_lessons_is_in_the_key(project: Project) -> None:
    assert cache.environment(None, {"A": "1"}) != cache.environment(None, {"A": "2"}) != cache.environment(None)


def test_the_machines_arithmetic_is_in_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache.environment(None)
    monkeypatch.setenv("OPENBLAS_CORETYPE", "another")
    assert cache.environment(None) != before


def test_pages_of_one_stem_in_many_folders_all_stay(project: Project) -> None:
    for number in range(8):
        project.page(f"# A\n\n```python\nprint({number})\n```\n", f"part{number}/index.md")
    run_all(project.course, check(project.course).values())
    kept = sorted(path.parent.parent.name for path in (project.root / ".cache" / "runs").rglob("*.ipynb"))
    assert kept == [f"part{number}" for number in range(8)]
