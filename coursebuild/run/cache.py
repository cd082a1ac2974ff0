"""Keep what ran: one executed notebook a run, in a folder of its page, named by its key.

The key is made of what a run is asked and where: this format, Python, the machine's kind, the lock, the installed
packages and what they put on the path, the pinned environment, the cells with their embeds, and the expressions. An
entry also holds a digest of every file that the run imported, opened or looked for outside the interpreter and the
locked packages, and is used only while all of them are as they were. Prose is not in it.

What is not seen: files that compiled code opens past Python, and those that a child process reads.
"""

import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from pathlib import Path

from coursebuild.faults import writing
from coursebuild.read.model import Lesson
from coursebuild.run import notebook, worker
from coursebuild.run.process import Run, pinned, tasks

FORMAT = 2
KEPT = 6  # entries a page, so that changing branches is cheap


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def environment(lock: Path | None, chosen: Mapping[str, str] | None = None) -> str:
    """A digest of what the runs of a build share: the runner, Python, the lock, the installed packages and their
    additions to the path, and the pinned environment.
    """
    packages = Path(sysconfig.get_path("purelib"))
    installed = sorted(path.name for path in packages.glob("*.dist-info"))
    here = Path(worker.__file__).parent
    files = [
        *(here / f"{name}.py" for name in ("worker", "steps", "backend", "plotted")),
        worker.STYLE,
        *sorted(packages.glob("*.pth")),
    ]
    files += [lock] if lock and lock.is_file() else []
    facts = [FORMAT, sys.version, sys.platform, platform.machine(), installed, [digest(f.read_bytes()) for f in files]]
    return digest(json.dumps([facts, pinned(chosen)], sort_keys=True).encode())


def key(lesson: Lesson, environment: str) -> str:
    """The name of a lesson's run: 64 hexadecimal digits."""
    return digest(json.dumps([environment, [[*vars(task).values()] for task in tasks(lesson)]]).encode())


def entry(folder: Path, lesson: Lesson, key: str) -> Path:
    return folder / lesson.name.with_suffix("") / f"{key[:16]}.ipynb"


KNOWN: dict[Path, tuple[tuple[int, int], dict, Run]] = {}  # entries as they were read, while serving


def load(folder: Path, lesson: Lesson, key: str) -> Run | None:
    """The run kept under `key`; None if there is none, if what is there is damaged or another's, or if a file that it
    read is not as it was.
    """
    path = entry(folder, lesson, key)
    try:
        stat = path.stat()
        seen = (stat.st_mtime_ns, stat.st_size)
        if path in KNOWN and KNOWN[path][0] == seen:
            ours, run = KNOWN[path][1:]
        else:
            kept = json.loads(path.read_bytes())
            ours = kept["metadata"]["coursebuild"]
            if ours.pop("digest") != sign(kept):
                return None
            outputs = tuple(notebook.to_output(cell) for cell in kept["cells"])
            run = Run(outputs, ours["date"], ours["versions"], tuple(ours["read"]))
            KNOWN[path] = seen, ours, run
        if ours["key"] != key or any(state(Path(file)) != was for file, was in ours["read"].items()):
            return None
        return run
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def store(folder: Path, lesson: Lesson, key: str, run: Run) -> None:
    """Keep a run, whole or not at all, and forget this page's oldest."""
    cells = [
        notebook.code_cell(number, cell, output, {"coursebuild": notebook.remains(output)})
        for number, (cell, output) in enumerate(zip(lesson.cells, run.outputs, strict=True), 1)
    ]
    read = {file: state(Path(file)) for file in outside(run.read)}
    ours: notebook.Json = {"key": key, "date": run.date, "versions": run.versions, "read": read}
    unsigned = json.loads(notebook.write_notebook(cells, {"coursebuild": ours}))
    ours["digest"] = sign(unsigned)
    path = entry(folder, lesson, key)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(notebook.write_notebook(cells, {"coursebuild": ours}))
        part.replace(path)
    entries = sorted((age(each), each) for each in path.parent.glob("*.ipynb"))  # not what others are just writing
    for _, old in entries[:-KEPT]:
        old.unlink(missing_ok=True)


def outside(files: Iterable[str]) -> list[str]:
    """The files that are neither the interpreter's own, nor ours, nor came with a package of the lock."""
    return [file for file in files if foreign(file)]


@functools.lru_cache(100_000)
def foreign(file: str) -> bool:
    if "/matplotlib/fontlist-" in file:  # which matplotlib makes for itself, where there is none
        return False
    return not (locked(file) if file.startswith(packages()) else file.startswith(own()))


@functools.cache
def own() -> tuple[str, ...]:
    """Where the interpreter has its own files, and what the key knows already."""
    standard = {sysconfig.get_path("stdlib"), str(Path(sys.base_prefix, "lib")), str(Path(worker.__file__).parents[1])}
    return tuple(f"{path}{os.sep}" for path in standard if path)


@functools.cache
def packages() -> tuple[str, ...]:
    return tuple(f"{path}{os.sep}" for path in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")} if path)


@functools.cache
def recorded() -> frozenset[str]:
    """The files and folders on the top of site-packages that installed distributions claim."""
    claimed = set()
    for distribution in importlib.metadata.distributions():
        text = distribution.read_text("RECORD") or ""
        claimed |= {line.partition("/")[0].partition(",")[0] for line in text.split("\n")}
    return frozenset(claimed)


def locked(file: str) -> bool:
    """Whether a file in site-packages came with an installed distribution."""
    inside = next(file.removeprefix(each) for each in packages() if file.startswith(each))
    top = inside.partition(os.sep)[0]
    return top in recorded() or (top == "__pycache__" and f"{Path(inside).name.partition('.')[0]}.py" in recorded())


def state(path: Path) -> str | None:
    """A digest of a file as it is; None where there is none."""
    try:
        stat = path.stat()
        return of_file(str(path), stat.st_mtime_ns, stat.st_size)
    except OSError:
        return None


@functools.lru_cache(4096)
def of_file(path: str, changed: int, size: int) -> str:
    return digest(Path(path).read_bytes())


def age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # a build at the same time has taken it away
        return 0


def sign(notebook: dict) -> str:
    """The digest of a notebook that does not hold its digest."""
    return digest(json.dumps(notebook, sort_keys=True).encode())
