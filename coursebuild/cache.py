"""Keep what ran: one executed notebook a run, named after its lesson and its key.

The key is made of all that a run depends on: this format, Python, the machine's kind, the lock, the installed packages,
the cells with their embeds, and the expressions. A cell runs in an empty folder and imports nothing local, so no other
file of the project can matter; data files come with the packages. Prose is not in it.
"""

import hashlib
import json
import os
import platform
import re
import sys
import sysconfig
from dataclasses import asdict
from pathlib import Path

from coursebuild import notebook, worker
from coursebuild.lesson import Lesson
from coursebuild.run import Run, tasks

FORMAT = 1
KEPT = 6  # entries a lesson, so that changing branches is cheap


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def environment(lock: Path | None) -> str:
    """A digest of what the runs of a build share: the runner, Python, the lock and the installed packages."""
    installed = sorted(path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))
    files = [Path(worker.__file__), worker.STYLE, *([lock] if lock and lock.is_file() else [])]
    facts = [FORMAT, sys.version, sys.platform, platform.machine(), installed, [digest(f.read_bytes()) for f in files]]
    return digest(json.dumps(facts).encode())


def key(lesson: Lesson, environment: str) -> str:
    """The name of a lesson's run: 64 hexadecimal digits."""
    return digest(json.dumps([environment, [asdict(task) for task in tasks(lesson)]]).encode())


def entry(folder: Path, lesson: Lesson, key: str) -> Path:
    return folder / f"{Path(lesson.path).stem}-{key[:16]}.ipynb"


def load(folder: Path, lesson: Lesson, key: str) -> Run | None:
    """The run kept under `key`; None if there is none, or if what is there is damaged or another's."""
    try:
        kept = json.loads(entry(folder, lesson, key).read_bytes())
        ours = kept["metadata"]["coursebuild"]
        if ours.pop("digest") != sign(kept) or ours["key"] != key:
            return None
        outputs = tuple(notebook.to_output(cell) for cell in kept["cells"])
        return Run(outputs, ours["date"], ours["versions"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def store(folder: Path, lesson: Lesson, key: str, run: Run) -> None:
    """Keep a run, whole or not at all, and forget this lesson's oldest."""
    cells = [
        notebook.code_cell(number, cell, output, {"coursebuild": notebook.remains(output)})
        for number, (cell, output) in enumerate(zip(lesson.cells, run.outputs, strict=True), 1)
    ]
    ours: notebook.Json = {"key": key, "date": run.date, "versions": run.versions}
    unsigned = json.loads(notebook.write_notebook(cells, {"coursebuild": ours}))
    ours["digest"] = sign(unsigned)
    folder.mkdir(parents=True, exist_ok=True)
    path = entry(folder, lesson, key)
    part = path.with_suffix(f".{os.getpid()}")
    part.write_bytes(notebook.write_notebook(cells, {"coursebuild": ours}))
    part.replace(path)
    mine = re.compile(re.escape(Path(lesson.path).stem) + "-[0-9a-f]{16}[.]ipynb")  # not what others are just writing
    entries = sorted((age(p), p) for p in folder.iterdir() if mine.fullmatch(p.name))
    for _, old in entries[:-KEPT]:
        old.unlink(missing_ok=True)


def age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # a build at the same time has taken it away
        return 0


def sign(notebook: dict) -> str:
    """The digest of a notebook that does not hold its digest."""
    return digest(json.dumps(notebook, sort_keys=True).encode())
