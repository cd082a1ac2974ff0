import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from coursebuild.read.course import Course, check
from coursebuild.read.model import Lesson
from coursebuild.run import cache
from coursebuild.run import course as running
from coursebuild.run.process import Run
from coursebuild.run.worker import Output
from coursebuild.weave.course import weave
from coursebuild.weave.folder import scratch, swap
from tests.coursebuild.conftest import HEAD, PROOFS, Project, faults

CELL = "```python\nx = 1\n```\n"
PAGE = f"# A page\n\n{CELL}\nIt is `{{python}} x`.\n"


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the lessons that run, from now on."""
    paths: list[str] = []
    run_lesson = running.run_lesson

    def run(lesson: Lesson, *others: Any) -> Run:
        paths.append(lesson.path)
        return run_lesson(lesson, *others)

    monkeypatch.setattr(running, "run_lesson", run)
    return paths


def woven(project: Project, course: Course | None = None) -> dict[str, bytes]:
    weave(course or project.course, project.root / "out")
    return project.files("out")


def timeless(files: dict[str, bytes]) -> dict[str, list[bytes]]:
    return {name: [line for line in data.split(b"\n") if b"data-record" not in line] for name, data in files.items()}


def test_a_folder_of_lessons_is_woven_with_its_other_files(project: Project, ran: list[str]) -> None:
    project.page(PAGE)
    project.page("No cells.\n", "deep/index.md")
    project.write("docs/deep/style.css", "a {}")
    files = woven(project)
    assert set(files) == {
        "page.md",
        "page.md.txt",
        "page/page.py",
        "page/page.ipynb",
        *PROOFS,
        "deep/index.md",
        "deep/index.md.txt",
        "deep/style.css",
    }
    assert 'It is <span id="proof-1">1</span>.' in files["page.md"].decode()
    assert files["deep/index.md"].decode() == HEAD + "No cells.\n"
    assert ran == ["docs/page.md"]
    assert sorted(path.name for path in project.root.iterdir()) == [".cache", "docs", "out", "snippets"]


def test_what_stood_before_is_replaced(project: Project) -> None:
    project.page("One.\n")
    project.write("out/old.md", "old")
    assert set(woven(project)) == {"page.md", "page.md.txt"}


def test_nothing_is_written_below_docs(project: Project) -> None:
    project.page(PAGE)
    before = project.files("docs")
    woven(project)
    assert project.files("docs") == before


def test_two_weaves_are_equal_but_for_the_lines_of_the_record(project: Project) -> None:
    code = (
        "import matplotlib.pyplot as plt\nn = plt.plot([1, 2], label='a')\nn = plt.legend()\nprint({'b', 'a', 'c'})\n"
        "class A: pass\nA()"
    )
    error = "<!-- raises: ValueError -->\n```python\nraise ValueError(A())\n```\n"
    project.page(
        f"# A page\n\n```python\n{code}\n```\n\n![A line.](@figure)\n`{{python}} A()`\n\n{error}\n<!-- record -->\n"
    )
    first = woven(project)
    shutil.rmtree(project.root / ".cache")
    second = woven(project)
    assert timeless(first) == timeless(second)
    assert {"page/figure-1.svg", "page/figure-1-dark.svg"} < set(first)
    assert sum(b"data-record" in line for line in first["page.md"].split(b"\n")) == 3
    assert all(b"data-record" not in data for name, data in first.items() if not name.startswith("page.md"))
    year = time.strftime("%Y-").encode()
    assert all(year not in line for lines in timeless(first).values() for line in lines)


def test_a_second_weave_runs_nothing(project: Project, ran: list[str]) -> None:
    project.page(PAGE)
    first = woven(project)
    project.page(PAGE.replace("It is", "Now it is"))
    second = woven(project)
    assert ran == ["docs/page.md"]
    assert second == {**first, "page.md": first["page.md"].replace(b"It is", b"Now it is")} | {
        name: first[name].replace(b"It is", b"Now it is") for name in ("page/page.ipynb", "page.md.txt")
    }


def test_a_change_of_code_runs_that_lesson_alone(project: Project, ran: list[str]) -> None:
    project.page(PAGE)
    project.page(PAGE.replace("x = 1", "x = 5"), "other.md")
    woven(project)
    project.page(PAGE.replace("x = 1", "x = 2"))
    assert 'It is <span id="proof-1">2</span>.' in woven(project)["page.md"].decode()
    assert sorted(ran) == ["docs/other.md", "docs/page.md", "docs/page.md"]


def test_a_change_of_the_lock_runs_all_again(project: Project, ran: list[str]) -> None:
    project.page(PAGE)
    woven(project)
    project.write("requirements.txt", "keras==1")
    woven(project)
    assert ran == ["docs/page.md", "docs/page.md"]


def test_a_translation_shares_the_run(project: Project, ran: list[str]) -> None:
    project.page(PAGE)
    project.write("docs-es/page.md", HEAD + PAGE.replace("It is", "Es"))
    woven(project)
    spanish = Course.at(project.root, project.root / "docs-es")
    assert 'Es <span id="proof-1">1</span>.' in woven(project, spanish)["page.md"].decode()
    assert ran == ["docs/page.md"]


def test_two_pages_with_the_same_cells_run_once(project: Project, ran: list[str]) -> None:
    project.page(PAGE)
    project.page(PAGE.replace("It is", "Es"), "es/page.md")
    files = woven(project)
    assert len(ran) == 1
    assert (
        'It is <span id="proof-1">1</span>.' in files["page.md"].decode(),
        'Es <span id="proof-1">1</span>.' in files["es/page.md"].decode(),
    ) == (True, True)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b'"1"', b'"7"'),
        lambda data: b"",
        lambda data: data.replace(b'"key": "', b'"key": "0'),
    ],
    ids=["cut in half", "changed", "emptied", "another's"],
)
def test_a_damaged_entry_is_run_again(damage: object, project: Project, ran: list[str]) -> None:
    project.page(PAGE)
    first = woven(project)
    (entry,) = (project.root / ".cache" / "runs" / "page").iterdir()
    whole = entry.read_bytes()
    assert callable(damage)
    entry.write_bytes(damage(whole))
    assert entry.read_bytes() != whole
    assert timeless(woven(project)) == timeless(first)
    assert ran == ["docs/page.md", "docs/page.md"]
    woven(project)
    assert len(ran) == 2


def test_an_entry_of_another_version_is_run_again(
    project: Project, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.page(PAGE)
    woven(project)
    monkeypatch.setattr(cache, "FORMAT", cache.FORMAT + 1)
    woven(project)
    assert ran == ["docs/page.md", "docs/page.md"]


def test_all_faults_are_told_in_one_go_and_what_stood_is_untouched(project: Project, ran: list[str]) -> None:
    project.write("out/page.md", "as it was")
    project.page(f"```py\nx\n```\n\n{CELL}", "a.md")
    project.page(f"{CELL}\n<!-- claim: x == 2 -->\n", "b.md")
    project.page(CELL + "![A line.](@figure)\n", "c.md")
    project.page('```python\n--8<-- "none.py"\n```\n', "deep/d.md")
    project.page(PAGE.replace("x = 1", "x = 9"), "good.md")
    assert faults(lambda: weave(project.course, project.root / "out")) == [
        "docs/a.md:5: '```py' looks like a cell, but would not run (write ```python and no more)",
        "docs/b.md:9: the claim 'x == 2' is false: 1 == 2 (mend the sentence, or the code)",
        "docs/c.md:8: alt text and no figure (the cell above drew no more)",
        "docs/deep/d.md:6: no file snippets/none.py (snippets/ has: nothing yet)",
    ]
    assert project.files("out") == {"page.md": b"as it was"}
    assert sorted(path.name for path in project.root.iterdir()) == [".cache", "docs", "out", "snippets"]
    for bad in ("a.md", "b.md", "c.md", "deep/d.md"):
        (project.root / "docs" / bad).unlink()
    ran.clear()
    woven(project)
    assert ran == []  # what ran well was kept


def test_a_run_that_fails_is_not_kept(project: Project, ran: list[str]) -> None:
    project.page("```python\n1 / 0\n```\n")
    for _ in range(2):
        assert len(faults(lambda: woven(project))) == 1
    assert ran == ["docs/page.md", "docs/page.md"]


def test_a_folder_that_is_not_there(project: Project) -> None:
    course = Course.at(project.root, project.root / "none")
    told = ["none:1: no such folder (name the folder of the lessons)"]
    assert faults(lambda: check(course)) == told
    assert faults(lambda: weave(course, project.root / "out")) == told


def test_a_page_that_is_not_utf_8_and_one_that_leads_nowhere(project: Project) -> None:
    (project.root / "docs" / "a.md").write_bytes(b"---\n\xff")
    (project.root / "docs" / "b.md").symlink_to("nowhere.md")
    assert faults(lambda: check(project.course)) == [
        "docs/a.md:2: byte 0xff is not UTF-8 (save the file as UTF-8)",
        "docs/b.md:1: cannot be read: No such file or directory (a readable file)",
    ]


def test_an_authors_file_that_stands_where_one_of_a_page_goes_is_told(project: Project) -> None:
    project.page("```python\nx = 1\n```\n")
    for name in ("page/page.py", "page.md.txt"):
        project.write(f"docs/{name}", "mine\n")
    told = "stands where a file of a page goes (a file by another name)"
    assert faults(lambda: woven(project)) == [f"docs/{name}:1: {told}" for name in ("page.md.txt", "page/page.py")]
    assert not (project.root / "out").exists()


def test_check_runs_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def must_not(*_: object) -> None:
        raise AssertionError("something ran")

    monkeypatch.setattr(running, "run_lesson", must_not)
    monkeypatch.setattr(subprocess, "Popen", must_not)
    marker = project.root / "ran"
    for number in range(60):
        project.page(f"# P\n\n```python\nopen({str(marker)!r}, 'w')\n```\n\n" * 5, f"page-{number}.md")
    lessons = check(project.course)
    assert list(lessons)[:3] == [PurePosixPath(f"page-{number}.md") for number in (0, 1, 10)]
    assert sum(lesson.ledger()["run"] for lesson in lessons.values()) == 300
    assert not marker.exists()
    assert sorted(path.name for path in project.root.iterdir()) == ["docs", "snippets"]


def test_check_imports_no_package_that_lessons_use() -> None:
    code = (
        "import sys; from pathlib import Path; from coursebuild.read.course import Course, check; "
        "print(sorted({'tensorflow', 'keras', 'sklearn', 'matplotlib', 'pandas', 'mkdocs'} & set(sys.modules)))"
    )
    root = Path(running.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_check_finds_snippets_that_no_page_shows(project: Project) -> None:
    project.page('```python\n--8<-- "a.py:one"\n```\n\n```python\n--8<-- "b.py"\n```\n')
    project.snippet(
        "# --8<-- [start:one]\n1\n# --8<-- [end:one]\n\n# --8<-- [start:two]\n2\n# --8<-- [end:two]\n", "a.py"
    )
    project.snippet("# --8<-- [start:one]\n1\n# --8<-- [end:one]\n", "b.py")
    project.snippet("\nx = 1\n", "c.py")
    project.snippet("# --8<-- [start:one]\n", "deep/d.py")
    assert faults(lambda: check(project.course)) == [
        "snippets/a.py:6: no page embeds section 'two', so it never runs (embed or delete it)",
        "snippets/c.py:2: no page embeds the file, so it never runs (embed or delete it)",
        "snippets/deep/d.py:1: section 'one' has no end (add # --8<-- [end:one] below it)",
    ]


def test_the_record_of_all_pages_takes_the_place_of_its_mark(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run((Output(values=(("1", True),)),), "2026-11-23", {"Python": "3"})
    monkeypatch.setattr(running, "run_lesson", lambda *_: run)
    project.page(PAGE)
    project.page("# Proven\n\n<!-- record -->\n", "proven.md")
    table = woven(project)["proven.md"].decode()
    assert "| [A page](page.md) | 1 | 0 | 0 | [1](page/proofs.md) | 0 | 0 | 0 | none yet { data-record" in table


def test_a_build_that_was_killed_while_it_swapped_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "site.old").mkdir()
    (tmp_path / "site.old" / "page").write_text("as it was")
    scratch(tmp_path / "site")
    assert (tmp_path / "site" / "page").read_text() == "as it was"


def test_what_killed_builds_left_is_cleared_and_what_living_builds_make_is_not(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    folders = [tmp_path / f"site.{owner}.new" for owner in (gone.pid, os.getppid(), os.getpid())]
    for folder in folders:
        folder.mkdir()
    assert scratch(tmp_path / "site") == folders[2]
    assert [folder.exists() for folder in folders] == [False, True, False]


def test_a_swap_puts_a_folder_in_anothers_place(tmp_path: Path) -> None:
    for name in ("new", "site"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    swap(tmp_path / "new", tmp_path / "site")
    assert [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*"))] == ["site", "site/new"]


def test_no_bar_is_drawn_where_there_is_no_terminal(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    project.page(PAGE)
    woven(project)
    said = capfd.readouterr()
    assert not re.search(r"\x1b|\r|lesson/s", said.out)
    assert said.err == ""


@pytest.mark.parametrize("to", ["docs", ".", "docs/out", "snippets", "..", "file.txt"])
def test_a_folder_that_holds_the_sources_or_is_none_is_never_replaced(project: Project, to: str) -> None:
    project.page("# Page\n")
    project.write("file.txt", "kept")
    before = project.files(".")
    told = faults(lambda: weave(project.course, project.root / to))
    assert len(told) == 1
    assert re.search(r":1: (holds the course's own files|is a file) \(name a folder", told[0])
    assert project.files(".") == before


def test_a_folder_that_cannot_be_written_is_told_in_one_line(project: Project) -> None:
    project.page("# Page\n")
    project.write("file.txt", "kept")
    done = project.command("weave", "docs", "--to", "file.txt/woven")
    assert done.returncode == 1
    assert re.fullmatch(r"\S*file\.txt:1: cannot be written: .* \(a folder that can be written, .*\)\n", done.stderr)


def test_folders_that_only_look_like_a_builds_are_left_alone(project: Project) -> None:
    project.page("# Page\n")
    project.write("out.backup.new/file", "kept")
    weave(project.course, project.root / "out")
    assert (project.root / "out.backup.new" / "file").read_text() == "kept"


def test_a_future_import_below_the_first_cell(project: Project) -> None:
    text = "```python\nx = 1\n```\n\n```python\nfrom __future__ import annotations\n```\n"
    project.page(text)
    assert faults(lambda: weave(project.course, project.root / "out")) == [
        "docs/page.md:9: a __future__ import below the first cell (put it at the top of the first)"
    ]


def test_a_relative_that_is_no_page_is_a_fault(project: Project) -> None:
    project.write("docs/a.md", "---\ntitle: T\ndescription: D\nrelated: [b.md, a.md]\n---\n# T\n")
    assert faults(lambda: check(project.course)) == ["docs/a.md:1: related: no page b.md (name pages, such as a.md)"]
    assert faults(lambda: weave(project.course, project.root / "to"))
    assert not (project.root / "to").exists()
