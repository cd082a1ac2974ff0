"""Every fault of faults.py stops the build, is told in one form, and leaves what stood; so does the end of a build."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.coursebuild.faults import (
    BUILD,
    FAULTS,
    LONG,
    ONE,
    ROOT,
    SITE,
    WEAVE,
    Fault,
    Files,
    call,
    cell,
    contents,
    environment,
    lay,
    page,
    words,
)

TOLD = re.compile(r"[^\s:][^:\n]*:\d+: .+ \(.+\):?")
STOOD: Files = {
    f"{folder}/{name}": "as it was\n" for folder in ("out", "site") for name in ("page.md", "page.html", "deep/a.css")
}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Mounts a disk of 300 kB at the folder `disk`, and mounts it again with other options."""
    folder = tmp_path / "disk"

    def mount(options: str) -> None:
        folder.mkdir(exist_ok=True)
        if sys.platform != "linux":
            pytest.skip("a small disk is mounted on Linux alone")
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, text=True
        )
        if done.returncode:
            pytest.skip(f"mounting a small disk is not permitted here: {done.stderr.strip()}")

    yield mount
    if os.path.ismount(folder):
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_there_are_more_than_forty_faults_each_with_a_title_of_its_own() -> None:
    assert len(FAULTS) >= 45
    assert [title for title, count in Counter(fault.title for fault in FAULTS).items() if count > 1] == []
    assert [fault.title for fault in FAULTS if not (fault.told or fault.says)] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.title)
def test_a_fault_is_told_and_what_stood_stands(fault: Fault, tmp_path: Path, disk: Callable[[str], None]) -> None:
    place = tmp_path / "disk" if fault.disk else tmp_path
    if fault.disk:
        disk("size=300k")
    (tmp_path / "docs").mkdir()
    (tmp_path / "snippets").mkdir()
    if fault.before:
        lay(tmp_path, fault.before)
        first = call(tmp_path, fault.command)
        assert first.returncode == 0, first.stderr
    else:
        lay(place, STOOD)
    lay(tmp_path, fault.files)
    if fault.disk == "read-only":
        disk("remount,ro")
    stood = {name: contents(place / name) for name in ("out", "site")}
    assert any(stood.values())
    before = sources(tmp_path)

    done = call(tmp_path, fault.command)

    assert done.returncode == fault.status, done.stderr
    heads = told(fault, done.stderr)
    fits = {each: [head for head in heads if is_told(each, head)] for each in fault.told}
    assert [each for each, found in fits.items() if not found] == [], done.stderr
    assert [head for head in heads if fault.told and not any(head in found for found in fits.values())] == []
    for part in fault.says:
        assert part in done.stderr + (done.stdout if "::" in part else "")
    assert {name: contents(place / name) for name in ("out", "site")} == stood
    assert sources(tmp_path) == before
    if fault.disk != "read-only":
        assert [path.name for path in place.iterdir() if re.match(r"(out|site)\.", path.name)] == []


def is_told(each: str, head: str) -> bool:
    path, line, part = each.split(":", 2)
    return bool(re.match(f"{re.escape(path) or '[^:]+'}:{line}: ", head)) and part.strip() in head


def told(fault: Fault, stderr: str) -> list[str]:
    """The first lines of what is told, in order. All else is indented: code, the end of a traceback, standard error."""
    assert not re.search(r'^Traceback|^ {0,2}File ".*/coursebuild/[\w/]+[.]py"', stderr, re.MULTILINE), stderr
    lines = [line for line in stderr.split("\n") if line and line[0] not in " \t"]
    if "mkdocs" in fault.command:  # MkDocs says other things too, each with its level
        lines = [re.sub(r"^(ERROR|WARNING) +-  ", "", line) for line in lines]
        heads = [line for line in lines if TOLD.fullmatch(line)]
    elif fault.status == 2 or "github" in fault.command:
        return []
    else:
        heads = lines
        assert [line for line in lines if not TOLD.fullmatch(line)] == [], stderr
    places = [(path, int(line)) for path, line, *_ in (head.split(":") for head in heads)]
    assert places == sorted(places)
    return heads


def sources(root: Path) -> dict[str, bytes]:
    """What the author wrote: nothing of it is ever changed, and nothing is put beside it."""
    folders = [root / name for name in ("docs", "snippets")]
    files = [path for folder in folders for path in folder.rglob("*")] + list(root.glob("*.*"))
    return {str(path): path.read_bytes() for path in files if path.is_file()}


# The end of a build half way. A build counts what it asks of the file system, by Python's audit events, and is killed
# with -9 as it asks for the nth, or as it renames what it replaces: so the moments need no clock.

MOMENT = """\
import atexit, os, signal, sys

KINDS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.utime",
         "os.truncate", "subprocess.Popen", "os.fork", "os.posix_spawn", "fcntl.flock", "shutil.copyfile",
         "shutil.copytree", "shutil.move", "shutil.rmtree", "os.exec", "os.scandir", "os.listdir"}

if os.environ.get("MOMENT") and os.getppid() == int(os.environ["TESTER"]):
    process, moment, folder, seen = os.getpid(), os.environ["MOMENT"], os.environ["FOLDER"], []

    def count(event, words):
        write = event == "open" and isinstance(words[1], str) and set(words[1]) & set("wax+")
        if (event in KINDS or write) and os.getpid() == process:
            swap = event == "os.rename" and any(os.path.basename(str(word)) == folder for word in words[:2])
            seen.append("swap" if swap else event)
            if moment in (str(len(seen)), f"swap {seen.count('swap')}" if swap else ""):
                os.kill(process, signal.SIGKILL)

    def tell():
        if os.getpid() == process:
            with open(os.environ["EVENTS"], "w") as file:
                file.write("\\n".join(seen))

    atexit.register(tell)
    sys.addaudithook(count)
"""


def build(root: Path, command: str, folder: str, moment: str) -> int:
    """Build, and kill the build at a moment (never, for "never"). The status is that of the process."""
    beside = {
        "MOMENT": moment,
        "TESTER": str(os.getpid()),
        "EVENTS": str(root / "events"),
        "FOLDER": folder,
        "PYTHONPATH": f"{root / 'hooks'}{os.pathsep}{ROOT}",
    }
    return subprocess.run(
        words(command), cwd=root, env=environment(**beside), stdin=subprocess.DEVNULL, capture_output=True, timeout=LONG
    ).returncode


def write_course(root: Path, number: int) -> None:
    code = f"import pathlib\nx = {number}\nmade = pathlib.Path('made.txt').write_text(str(x))"
    text = "It is `{python} x`: [made.txt](@file/made.txt)."
    lay(root, {f"docs/{name}.md": page(f"# {name}", cell(code), text) for name in ("index", "other", "third")})


TIMED = (b"data-record", b"Build Date UTC")  # the latter in a comment of MkDocs's own theme


def timeless(files: dict[str, bytes]) -> dict[str, list[bytes]]:
    """Files without the lines that tell when they were made; compressed ones bear the time in their head."""
    return {
        name: [line for line in data.split(b"\n") if not any(each in line for each in TIMED)]
        for name, data in files.items()
        if not name.endswith(".gz")
    }


@pytest.mark.parametrize(("command", "folder"), [(WEAVE, "out"), (BUILD, "site")], ids=["weave", "mkdocs build"])
def test_a_build_killed_at_any_of_twenty_moments_leaves_what_stood_and_the_next_one_works(
    command: str, folder: str, tmp_path: Path
) -> None:
    site = SITE.replace("{name: material, font: false}", "mkdocs").replace("search, ", "")
    lay(tmp_path, {"hooks/sitecustomize.py": MOMENT, "mkdocs.yml": site, "docs/a.css": "a {}\n"})
    write_course(tmp_path, 0)
    assert build(tmp_path, command, folder, "never") == 0
    write_course(tmp_path, 1)
    assert build(tmp_path, command, folder, "never") == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    events = (tmp_path / "events").read_text().split("\n")
    moments = [str(moment) for moment in random.Random(7).sample(range(1, len(events) + 1), 20)]
    moments += [f"swap {number}" for number in range(1, events.count("swap") + 1)]
    wrong = []
    for number, moment in enumerate(moments, 2):
        before = contents(tmp_path / folder)
        write_course(tmp_path, number)
        if number % 2:
            shutil.rmtree(tmp_path / ".cache", ignore_errors=True)
        status = build(tmp_path, command, folder, moment)
        after = contents(tmp_path / folder) if (tmp_path / folder).is_dir() else {}
        again = call(tmp_path, command)
        new = contents(tmp_path / folder)
        what = f"moment {moment} of {len(events)}"
        if status not in (-signal.SIGKILL, 0):
            wrong.append(f"{what}: ended with {status}")
        if after != before and timeless(after) != timeless(new):
            wrong.append(f"{what}: {len(after)} files are left, of {len(before)}")
        if again.returncode != 0 or new == before:
            wrong.append(f"{what}: the next build fails: {again.stderr}")
        if sorted(path.name for path in tmp_path.iterdir()) != names:
            wrong.append(f"{what}: {sorted({path.name for path in tmp_path.iterdir()} ^ set(names))} is left")
            for left in tmp_path.glob(f"{folder}.*"):
                shutil.rmtree(left)
    assert wrong == []


@pytest.mark.parametrize(("sent", "ends"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)])
def test_a_build_ended_while_a_lesson_runs_leaves_what_stood_and_no_process(
    sent: signal.Signals, ends: int, tmp_path: Path
) -> None:
    started, waits = tmp_path / "started", "threading.Event().wait()"
    code = f"import os, threading\nn = open({str(started)!r}, 'w').write(f'{{os.getpid()}}\\n')\n{waits}"
    lay(tmp_path, {**STOOD, "docs/page.md": page(cell(code))})
    stood = contents(tmp_path / "out")
    building = subprocess.Popen(
        words(WEAVE), cwd=tmp_path, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_until(lambda: started.exists() and started.read_text().endswith("\n"), building)
    building.send_signal(sent)
    assert building.wait(timeout=LONG) == ends
    wait_until(lambda: not runs(int(started.read_text())))
    assert contents(tmp_path / "out") == stood
    lay(tmp_path, {"docs/page.md": page(ONE, "Mended: `{python} x`.")})
    again = call(tmp_path, WEAVE)
    assert again.returncode == 0, again.stderr
    assert b'Mended: <span id="proof-1">1</span>.' in contents(tmp_path / "out")["page.md"]
    assert list(tmp_path.glob("out.*")) == []


def wait_until(done: Callable[[], bool], process: "subprocess.Popen[bytes] | None" = None) -> None:
    """Look until it is so. Fails when the process that was to do it has ended."""
    end = time.monotonic() + LONG
    while not done():
        assert process is None or process.poll() is None, f"it ended with {process and process.returncode}"
        assert time.monotonic() < end
        time.sleep(0.02)


def runs(process: int) -> bool:
    try:
        return bool(psutil.Process(process).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_two_builds_at_once_of_which_one_fails_leave_the_good_one(tmp_path: Path) -> None:
    """Two people, two branches of one course, one target: what is wrong in one does no harm to the other."""
    lay(tmp_path, {**STOOD, "docs/page.md": page(ONE, "It is `{python} x`."), "bad/page.md": page(cell("1 / 0"))})
    commands = [WEAVE, WEAVE.replace("docs", "bad")]
    builds = [
        subprocess.Popen(words(each), cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True)
        for each in commands
    ]
    said = [each.communicate(timeout=LONG)[1] for each in builds]
    assert [each.returncode for each in builds] == [0, 1], said
    assert said[1].startswith("bad/page.md:6: the cell raises ZeroDivisionError")
    assert b'It is <span id="proof-1">1</span>.' in contents(tmp_path / "out")["page.md"]
    assert list(tmp_path.glob("out.*")) == []
