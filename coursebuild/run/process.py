"""Run the cells of a lesson in a fresh process, forked from a server that has imported TensorFlow once.

The process is plain Python's, not a notebook kernel's: a page's program must run for a reader who has only Python, so
what needs a notebook (`display`, `%`, `!`) fails here too. Where forking is unsafe (macOS) the process is started
afresh: the same results, later.
"""

import contextlib
import datetime
import multiprocessing
import multiprocessing.util
import os
import re
import signal
import sys
import tempfile
import threading
import time
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from coursebuild.faults import Fault, LessonError, writing
from coursebuild.read.model import Cell, Lesson
from coursebuild.read.reader import guarded
from coursebuild.run.imports import changes_environment, versions
from coursebuild.run.terminal import clean
from coursebuild.run.worker import ENVIRONMENT, MACHINE, PLACES, Error, Job, Output, Task, work

PRELOAD = "COURSEBUILD_PRELOAD"  # the variable that tells the server what to import
START = 300  # seconds for a process to begin, the server's imports included
STARTING = threading.Lock()
OWN = re.compile(r'^ +File "(?:.*/(?:coursebuild|multiprocessing)/[^"]*|<string>)", line \d+ in ')  # faulthandler's
NAMES = {"value": "value", "claim": "claim", "holds": "rule", "play": "play"}  # of expressions, in faults
SAID = 24  # lines of what a process said, and of a traceback, that its author is told


@dataclass(frozen=True)
class Limits:
    """What a cell may use: seconds, characters that it prints, bytes of memory (of the lesson's whole process)."""

    seconds: float = 120
    characters: int = 1_000_000
    memory: int = 3 * 2**30


class Limit(str):
    """Why a cell was ended that came to its limit, which a busy machine may have to do with."""


@dataclass(frozen=True)
class Run:
    """What a lesson's cells gave, when, with which versions, and which files they read (paths)."""

    outputs: tuple[Output, ...]
    date: str
    versions: dict[str, str]
    read: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """The cells' own time, without the imports that the server has done."""
        return sum(output.seconds for output in self.outputs)


def tasks(lesson: Lesson) -> tuple[Task, ...]:
    """What the lesson asks of its process and of its run: all that this depends on but its surroundings."""
    return tuple(
        Task(
            cell.code,
            cell.raises,
            cell.message,
            tuple(("claim" if each.proves else "value", each.source) for each in cell.expressions),
            tuple(each.name for each in cell.made),
        )
        for cell in lesson.cells
    )


def pinned(chosen: Mapping[str, str] | None = None) -> dict[str, str]:
    """The part of a lesson's environment that its run's key must know: the pinned variables, the course's, and what
    the machine needs for its arithmetic.
    """
    return {name: os.environ[name] for name in MACHINE if name in os.environ} | ENVIRONMENT | dict(chosen or {})


def run_lesson(
    lesson: Lesson, limits: Limits, environment: Mapping[str, str] | None = None, preload: tuple[str, ...] = ()
) -> Run:
    """Run a lesson. Raises LessonError with what a cell, a value or a claim did wrong."""
    outputs: list[Output] = []
    faults: list[Fault] = []
    read: tuple[str, ...] = ()
    cells = iter(lesson.cells)
    for outcome in outcomes(lesson, limits, dict(environment or {}), preload):
        if isinstance(outcome, tuple):
            read = outcome
            break
        cell = next(cells)
        if isinstance(outcome, str):
            faults.append(Fault(lesson.path, cell.line, outcome))
            break
        outputs.append(outcome)
        faults += judge(lesson.path, cell, outcome)
        if outcome.error and not cell.raises:
            break  # the cells below have not run
    if faults:
        raise LessonError(faults)
    return Run(tuple(outputs), datetime.date.today().isoformat(), versions(lesson), read)


def outcomes(
    lesson: Lesson, limits: Limits, environment: dict[str, str], preload: tuple[str, ...], traced: bool = True
) -> Iterator[Output | str | tuple[str, ...]]:
    """The Output of each cell as it ends, `traced` or not, then the files that were read; for a cell that does not come
    to an end, why, and then no more.
    """
    with writing(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory(prefix="lesson-") as made:
        scratch = Path(made).resolve()
        folder, temporary = scratch / "empty", scratch / "tmp"
        folder.mkdir()
        temporary.mkdir()
        stdout, stderr = scratch / "stdout", scratch / "stderr"
        stdout.touch()
        stderr.touch()
        program = scratch / f"{lesson.program}.py"  # which processes that it starts may import
        program.write_text(joined(lesson), encoding="utf-8")
        given = {name: os.environ[name] for name in PLACES if name in os.environ} | pinned(environment)
        given["TMPDIR"] = str(temporary)
        here, there = multiprocessing.Pipe()
        job = Job(tasks(lesson), folder, program, stdout, stderr, given, traced)
        process = context(lesson).Process(target=work, args=(there, job), daemon=False)
        with surroundings(given | {"TMPDIR": tempfile.gettempdir()}, preload):
            process.start()
        there.close()
        try:
            told = {stdout: 0, stderr: 0}  # bytes of each that belong to cells that have ended
            output: Output | str | None
            outcome = wait(process, here, told, replace(limits, seconds=START))
            while not isinstance(outcome, str | tuple):
                output, outcome = outcome, wait(process, here, told, limits)
                if isinstance(output, Output) and isinstance(outcome, tuple):
                    end = wait(process, here, told, limits, ending=True)
                    output = end if isinstance(end, str) else with_end(output, told, limits)
                if output:
                    yield output
                if isinstance(output, str):
                    return
            yield outcome
        finally:
            stop(process)


def joined(lesson: Lesson) -> str:
    """The cells as one program."""
    return "\n\n".join(guarded(cell) if cell.raises else cell.code for cell in lesson.cells)


def with_end(output: Output, told: Mapping[Path, int], limits: Limits) -> Output | str:
    """The Output of a program's last cell with what was printed while its process ended."""
    late, said = (path.read_bytes()[size:].decode(errors="replace") for path, size in told.items())
    output = replace(output, late=output.late + late, stderr=output.stderr + said)
    return flood(limits) if characters(output) > limits.characters else output


def characters(output: Output) -> int:
    return len(output.stdout) + len(output.text or "") + len(output.late)


def flood(limits: Limits) -> str:
    return f"the cell printed more than {limits.characters:,} characters (print less)"


def context(lesson: Lesson) -> Any:
    """Forked from a server that has the imports done, where that is safe; else a new process each time: on other
    systems, and for a program that changes its environment, which must find nothing imported.
    """
    if not sys.platform.startswith("linux") or changes_environment(lesson):
        return multiprocessing.get_context("spawn")
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(["coursebuild.run.preload"])
    return forking


@contextlib.contextmanager
def surroundings(environment: dict[str, str], preload: tuple[str, ...]) -> Iterator[None]:
    """What a process begins with: our environment, no flags of the build's own interpreter, and no main script, which
    multiprocessing would run again.
    """
    with STARTING:
        before, main = os.environ.copy(), sys.modules["__main__"]
        flags = multiprocessing.util._args_from_interpreter_flags  # type: ignore[attr-defined]
        multiprocessing.util._args_from_interpreter_flags = list  # type: ignore[attr-defined]
        os.environ.clear()
        os.environ.update(environment, PYTHONPATH=str(Path(__file__).parents[2]))
        os.environ[PRELOAD] = " ".join(preload)
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main
            multiprocessing.util._args_from_interpreter_flags = flags  # type: ignore[attr-defined]
            os.environ.clear()
            os.environ.update(before)


def wait(
    process: BaseProcess, connection: Connection, told: dict[Path, int], limits: Limits, ending: bool = False
) -> Output | tuple[str, ...] | str | None:
    """The next Output (None for "ready", a tuple at the end), or what the cell did instead of ending. If `ending`, the
    process has nothing more to send, and None is that it has ended.

    `told` has the bytes of its standard output and error that belong to the cells before it.
    """
    end = time.monotonic() + limits.seconds
    try:
        while not connection.poll(0.2):
            if not process.is_alive() and not connection.poll():
                raise EOFError  # a process that it left behind may hold the connection open
            if time.monotonic() > end:
                return Limit(f"the cell did not end in {limits.seconds:g} s (make it shorter, or raise the limit)")
            if any(path.stat().st_size - size > limits.characters for path, size in told.items()):
                return flood(limits)
            if memory(process) > limits.memory:
                return Limit(
                    f"the cell used more than {limits.memory / 2**30:.1f} GiB of memory (use less, or raise the limit)"
                )
        outcome, *sizes = connection.recv()
        told.update(zip(told, sizes, strict=False))
        if isinstance(outcome, Output) and characters(outcome) > limits.characters:
            return flood(limits)
        return outcome  # type: ignore[no-any-return]
    except (EOFError, OSError):
        process.join(5)
        if ending:
            return None
        code = process.exitcode
        how = f"signal {signal.Signals(-code).name}" if code and code < 0 else f"exit status {code}"
        stderr = list(told)[-1]
        said = indented(stderr.read_bytes()[told[stderr] :].decode(errors="replace"))
        return f"the cell ended its process, {how} (a cell must come to its end){said}"


def indented(text: str) -> str:
    """The end of what was said, as the lines below a fault; nothing for nothing."""
    lines = [line for line in clean(text).split("\n") if line.strip() and not OWN.search(line)]
    return "".join(f"\n    {line}" for line in lines[-SAID:])


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


def judge(path: str, cell: Cell, output: Output, claims: bool = True) -> Iterator[Fault]:
    """What is wrong with a cell's output: an error, or none where one is due, a value that raised, a false claim unless
    `claims` are judged elsewhere.
    """
    error = output.error
    if error and not cell.raises:
        where, line = cell.origins[min(error.line, len(cell.origins)) - 1]
        at = "" if where == path else f" (embedded at {path}:{cell.line})"
        yield Fault(
            where,
            line,
            f"the cell raises {error.names[0]}{at} (mend it):\n{quote(cell, error)}{indented(output.stderr)}",
        )
        return
    if cell.raises and not error:
        yield Fault(path, cell.line, f"the cell must raise {cell.raises} and does not (mend it, or the comment)")
    elif error and not (cell.raises.split(".")[-1] in error.names and cell.message in error.message):
        asked = cell.raises + (f": {cell.message}" if cell.message else "")
        what = f"the cell must raise {asked}, and raises another error (mend it, or the comment)"
        yield Fault(path, cell.line, f"{what}:\n{quote(cell, error)}")
    for expression, (text, true) in zip(cell.expressions, output.values, strict=True):
        if expression.proves and not claims:
            continue
        if isinstance(text, Error):
            what = f"the {NAMES[expression.kind]} '{expression.source}' raises {text.traceback.splitlines()[-1]}"
            yield Fault(path, expression.line, f"{what} (write one that the cells above can answer)")
        elif not true:
            what = f"the {NAMES[expression.kind]} '{expression.source}' is false: {text}"
            yield Fault(path, expression.line, f"{what} (mend the sentence, or the code)")
    for made, data in zip(cell.made, output.files, strict=True):
        if data is None:
            yield Fault(path, made.line, f"no file '{made.name}' (name one that the cell above leaves in its folder)")


def notes(lesson: Lesson, run: Run) -> Iterator[Fault]:
    """What the cells said on standard error, which is kept off the page: for the author."""
    for cell, output in zip(lesson.cells, run.outputs, strict=True):
        if said := indented(output.stderr):
            yield Fault(lesson.path, cell.line, f"the cell wrote to standard error (kept off the page):{said}")


def quote(cell: Cell, error: Error) -> str:
    """The code about the line that raised and the end of the traceback, indented."""
    code = cell.code.split("\n")
    first = max(0, min(error.line, len(code)) - 4)
    shown = [
        f"{'>' if n == error.line else ' '} {code[n - 1]}" for n in range(first + 1, min(error.line + 3, len(code)) + 1)
    ]
    traceback = clean(error.traceback).splitlines()
    if not error.related:
        traceback = traceback[-12:]
    return "\n".join(f"    {line}".rstrip() for line in [*shown, "", *traceback])
