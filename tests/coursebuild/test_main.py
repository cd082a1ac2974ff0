"""The command, as a maintainer types it in a folder that is no part of this project."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from coursebuild import __main__ as command
from tests.coursebuild.conftest import HEAD, PROOFS, Project
from tests.coursebuild.faults import LONG

CELL = "```python\nx = 1\n```\n"


def test_check_tells_what_each_page_holds(project: Project) -> None:
    project.page(f"{CELL}\n`{{python}} x` <!-- claim: x -->\n\n<!-- raises: ValueError -->\n{CELL}")
    project.page("No cells.\n", "plain.md")
    done = project.command("check", "docs")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "docs/page.md: 1 run, 1 must raise, 1 values, 1 claims\ndocs/plain.md: \n"


def test_check_tells_every_fault_and_fails(project: Project) -> None:
    project.page("```py\nx\n```\n", "a.md")
    project.write("docs/b.md", "# No front matter\n")
    done = project.command("check", "docs")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "docs/a.md:5: '```py' looks like a cell, but would not run (write ```python and no more)\n"
        "docs/b.md:1: no front matter (begin the page with --- / title: … / description: … / ---)\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk to print to")
def test_where_nothing_can_be_printed_is_told_in_a_line_and_a_reader_that_has_gone_is_no_matter(
    project: Project,
) -> None:
    project.page(CELL)
    with open("/dev/full", "w") as full:
        done = subprocess.run(**project.invocation("check", "docs"), stdout=full, stderr=subprocess.PIPE, text=True)
    right = "(a folder that is there, and a place to print to)"
    assert (done.returncode, done.stderr) == (1, f".:1: No space left on device {right}\n")
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(**project.invocation("check", "docs"), stdout=writes, stderr=subprocess.PIPE, text=True)
    os.close(writes)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_file_that_is_no_lesson_is_told(project: Project) -> None:
    project.write("docs/notes.txt", "")
    done = project.command("check", "docs/notes.txt")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("docs/notes.txt:1: is no lesson (name ")


def test_a_folder_of_windows_pages_elsewhere_is_woven(project: Project) -> None:
    text = (
        HEAD + '# A page\n\n```python\n--8<-- "greet.py:greet"\n```\n\n```python\nname\n```\n\nHello `{python} name`.\n'
    )
    page = project.write("lessons/in/hello.md", "")
    page.write_bytes(text.replace("\n", "\r\n").encode())
    project.write(
        "code/greet.py",
        '# --8<-- [start:greet]\nname = "é"\nprint("hi")\nassert open(0).read() == ""\n# --8<-- [end:greet]\n',
    )
    done = project.command("weave", "lessons", "--to", "out/pages", "--snippets", "code")
    assert (done.returncode, done.stderr) == (0, "")
    files = project.files("out/pages")
    proofs = {each.replace("page", "in/hello") for each in PROOFS}
    assert set(files) == {
        "in/hello.md",
        "in/hello.md.txt",
        "in/hello/hello.py",
        "in/hello/hello.ipynb",
        "in/hello/block-2.py",
        *proofs,
    }
    assert 'Hello <span id="proof-1">é</span>.' in files["in/hello.md"].decode()
    assert files["in/hello/hello.py"].decode().endswith('assert open(0).read() == ""\n\nprint(repr(name))\n')


def test_a_cell_that_takes_too_long_stops_the_command(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project.page("```python\nwhile True: pass\n```\n")
    project.write("out/page.md", "as it was")
    monkeypatch.chdir(project.root)
    monkeypatch.setattr("sys.argv", ["coursebuild", "weave", "docs", "--to", "out", "--seconds", "0.3"])
    assert command.main() == 1
    told = "docs/page.md:5: the cell did not end in 0.3 s (make it shorter, or raise the limit)\n"
    assert capsys.readouterr().err == told
    assert project.files("out") == {"page.md": b"as it was"}


def test_two_builds_at_once_in_one_folder(project: Project) -> None:
    project.page(f"# A page\n\n{CELL}\nIt is `{{python}} x`.\n")
    builds = [project.start("weave", "docs", "--to", "out") for _ in range(2)]
    told = [build.communicate(timeout=LONG)[1] for build in builds]
    assert [(build.returncode, text) for build, text in zip(builds, told, strict=True)] == [(0, b""), (0, b"")]
    assert set(project.files("out")) == {"page.md", "page.md.txt", "page/page.py", "page/page.ipynb", *PROOFS}
    assert sorted(path.name for path in project.root.iterdir()) == [".cache", "docs", "out", "snippets"]


@pytest.mark.parametrize(("sent", "ends"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)])
def test_a_build_ended_half_way_leaves_what_stood_and_no_process_and_the_next_one_works(
    project: Project, sent: signal.Signals, ends: int
) -> None:
    started = project.root / "started"
    project.page(
        f"```python\nimport os, time\nopen({str(started)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)\n```\n"
    )
    project.write("out/page.md", "as it was")
    build = project.start("weave", "docs", "--to", "out")
    assert within(lambda: started.exists() and started.read_text() != "")
    build.send_signal(sent)
    build.communicate(timeout=LONG)
    assert build.returncode == ends
    assert within(lambda: not psutil.pid_exists(int(started.read_text())))
    assert project.files("out") == {"page.md": b"as it was"}
    project.page("Mended.\n")
    assert project.command("weave", "docs", "--to", "out").returncode == 0
    assert project.files("out") == {"page.md": (HEAD + "Mended.\n").encode(), "page.md.txt": b"Mended.\n"}


def within(done: Callable[[], bool]) -> bool:
    end = time.monotonic() + LONG
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize(
    "words", [[], ["weave", "docs"], ["knit", "docs"], ["weave", "docs", "--to", "out", "--seconds", "a"]]
)
def test_a_command_that_is_none(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["coursebuild", *words])
    with pytest.raises(SystemExit, match="2"):
        command.main()
