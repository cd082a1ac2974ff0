"""Run the cells of a lesson in a fresh process, forked from a server that has imported TensorFlow once.

The process is plain Python's, not a notebook kernel's: a page's program must run for a reader who has only Python, so
what needs a notebook (`display`, `%`, `!`) fails here too. Where forking is unsafe (macOS) the process is started
afresh: the same results, later.
"""

import contextlib
import datetime
import multiprocessing
import os
import platform
import signal
import sys
import tempfile
import threading
import time
import types
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from coursebuild.lesson import Cell, Fault, Lesson, LessonError
from coursebuild.terminal import clean
from coursebuild.worker import ENVIRONMENT, Error, Output, Task, work

START = 300  # seconds for a process to begin, the server's imports included
STARTING = threading.Lock()
RECORDED = ("Keras", "TensorFlow", "scikit-learn")


@dataclass(frozen=True)
class Limits:
    """What a cell may use: seconds, characters that it prints, bytes of memory (of the lesson's whole process)."""

    seconds: float = 120
    characters: int = 1_000_000
    memory: int = 3 * 2**30


@dataclass(frozen=True)
class Run:
    """What a lesson's cells gave, when, and with which versions."""

    outputs: tuple[Output, ...]
    date: str
    versions: dict[str, str]

    @property
    def seconds(self) -> float:
        """The cells' own time, without the imports that the server has done."""
        return sum(output.seconds for output in self.outputs)


def tasks(lesson: Lesson) -> list[Task]:
    """What the lesson asks of its process and of its run: all that this depends on but the installed packages."""
    return [
        Task(cell.code, cell.raises, tuple((each.kind, each.source) for each in cell.expressions), cell.message)
        for cell in lesson.cells
    ]


def run_lesson(lesson: Lesson, limits: Limits) -> Run:
    """Run a lesson. Raises LessonError with what a cell, a value or a claim did wrong."""
    outputs: list[Output] = []
    faults: list[Fault] = []
    for cell, outcome in zip(lesson.cells, each_output(lesson, limits), strict=False):
        if isinstance(outcome, Output):
            outputs.append(outcome)
            faults += judge(lesson.path, cell, outcome)
            if outcome.error and not cell.raises:
                break  # the cells below have not run
        else:
            faults.append(Fault(lesson.path, cell.line, outcome))
    if faults:
        raise LessonError(faults)
    return Run(tuple(outputs), datetime.date.today().isoformat(), versions())


def versions() -> dict[str, str]:
    """The versions that a page's record names."""
    import importlib.metadata  # slow to load, and only a run needs it

    installed = {}
    for name in RECORDED:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            installed[name] = importlib.metadata.version(name)
    return {**installed, "Python": platform.python_version()}


def each_output(lesson: Lesson, limits: Limits) -> Iterator[Output | str]:
    """The Output of each cell as it ends; for a cell that does not come to an end, why, and then no more."""
    with tempfile.TemporaryDirectory(prefix="lesson-") as scratch:
        folder = Path(scratch, "empty")
        folder.mkdir()
        stdout, stderr = Path(scratch, "stdout"), Path(scratch, "stderr")
        stdout.touch()
        stderr.touch()
        program = f"{Path(lesson.path).stem.replace('-', '_')}.py"
        here, there = multiprocessing.Pipe()
        process = context().Process(
            target=work, args=(there, str(folder), program, tasks(lesson), str(stdout), str(stderr)), daemon=False
        )
        with surroundings():
            process.start()
        there.close()
        try:
            outcome = wait(process, here, (stdout, stderr), replace(limits, seconds=START))
            for _ in lesson.cells:
                if not isinstance(outcome, str):
                    outcome = wait(process, here, (stdout, stderr), limits)
                assert outcome is not None
                yield outcome
                if isinstance(outcome, str):
                    return
        finally:
            stop(process)


def context() -> Any:
    """Forked from a server that has the imports done, where that is safe; else a new process each time."""
    if not sys.platform.startswith("linux"):
        return multiprocessing.get_context("spawn")
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(["coursebuild.preload"])
    return forking


@contextlib.contextmanager
def surroundings() -> Iterator[None]:
    """What a process begins with: our environment, and no main script, which multiprocessing would run again."""
    with STARTING:
        before, main = os.environ.copy(), sys.modules["__main__"]
        os.environ.update(ENVIRONMENT, PYTHONPATH=str(Path(__file__).parents[1]))
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main
            os.environ.clear()
            os.environ.update(before)


def wait(
    process: BaseProcess, connection: Connection, printed: tuple[Path, ...], limits: Limits
) -> Output | str | None:
    """The next Output (None for "ready"), or what the cell did instead of ending."""
    begun = [path.stat().st_size for path in printed]
    end = time.monotonic() + limits.seconds
    flood = f"the cell printed more than {limits.characters:,} characters (print less)"
    try:
        while not connection.poll(0.05):
            if not process.is_alive() and not connection.poll():
                raise EOFError  # a process that it left behind may hold the connection open
            if time.monotonic() > end:
                return f"the cell did not end in {limits.seconds:g} s (make it shorter, or raise the limit)"
            if any(path.stat().st_size - size > limits.characters for path, size in zip(printed, begun, strict=True)):
                return flood
            if memory(process) > limits.memory:
                return (
                    f"the cell used more than {limits.memory / 2**30:.1f} GiB of memory (use less, or raise the limit)"
                )
        output = connection.recv()
        if output and len(output.stdout) + len(output.text or "") > limits.characters:
            return flood
        return output
    except (EOFError, OSError):
        process.join(5)
        code = process.exitcode
        how = f"signal {signal.Signals(-code).name}" if code and code < 0 else f"exit status {code}"
        return f"the cell ended its process, {how} (a cell must come to its end)"


def memory(process: BaseProcess) -> int:
    """Bytes in use by a process and those it started."""
    import psutil  # slow to load, and only a run needs it

    try:
        parent = psutil.Process(process.pid)
        return sum(each.memory_info().rss for each in (parent, *parent.children(recursive=True)))
    except psutil.NoSuchProcess:
        return 0


def stop(process: BaseProcess) -> None:
    """End a lesson's process and whatever it started."""
    try:
        os.killpg(process.pid or 0, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()
    process.join()


def judge(path: str, cell: Cell, output: Output) -> Iterator[Fault]:
    """What is wrong with a cell's output: an error, or none where one is due, a value that raised, a false claim."""
    error = output.error
    if error and not cell.raises:
        where, line = cell.origins[min(error.line, len(cell.origins)) - 1]
        at = "" if where == path else f" (embedded at {path}:{cell.line})"
        yield Fault(where, line, f"the cell raises {error.names[0]}{at} (mend it):\n{quote(cell, error)}")
        return
    if cell.raises and not error:
        yield Fault(path, cell.line, f"the cell must raise {cell.raises} and does not (mend it, or the comment)")
    elif error and not (cell.raises.split(".")[-1] in error.names and cell.message in error.message):
        asked = cell.raises + (f": {cell.message}" if cell.message else "")
        what = f"the cell must raise {asked}, and raises another error (mend it, or the comment)"
        yield Fault(path, cell.line, f"{what}:\n{quote(cell, error)}")
    for expression, (text, true) in zip(cell.expressions, output.values, strict=True):
        if isinstance(text, Error):
            what = f"the {expression.kind} '{expression.source}' raises {text.traceback.splitlines()[-1]}"
            yield Fault(path, expression.line, f"{what} (write one that the cells above can answer)")
        elif not true:
            what = f"the claim '{expression.source}' is false: {text}"
            yield Fault(path, expression.line, f"{what} (mend the sentence, or the code)")


def quote(cell: Cell, error: Error) -> str:
    """The code about the line that raised and the end of the traceback, indented."""
    code = cell.code.split("\n")
    first = max(0, min(error.line, len(code)) - 4)
    shown = [
        f"{'>' if n == error.line else ' '} {code[n - 1]}" for n in range(first + 1, min(error.line + 3, len(code)) + 1)
    ]
    return "\n".join(f"    {line}".rstrip() for line in [*shown, "", *clean(error.traceback).splitlines()[-12:]])
