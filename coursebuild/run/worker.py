"""Run the cells of one lesson in this process, as plain Python would run the lesson's program.

This module, `steps`, `backend` and `plotted` are all that a lesson's process loads of ours. It executes each cell in
one fresh `__main__`, and sends what the cell printed, its last value, its figures, its error and the values of the
expressions below it.
"""

import __future__

import _thread
import ast
import atexit
import builtins
import contextlib
import ctypes
import importlib.machinery
import importlib.util
import io
import itertools
import linecache
import multiprocessing.process
import multiprocessing.util
import operator
import os
import re
import shutil
import sys
import tempfile
import threading
import time
import traceback
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from coursebuild.run.steps import Step, Table, prediction, steps, unheard

STYLE = Path(__file__).with_name("figure.mplstyle")

# The same on every machine: no accelerator, no start-up notes, sets in one order, one clock, one language, one width.
# One thread a lesson, since lessons run side by side; with more, the results are the same.
ENVIRONMENT = {
    "COLUMNS": "80",
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "LINES": "24",
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TZ": "UTC",
}
# What a lesson sees of the machine's own environment. The first say where things are; the others are in a run's key.
PLACES = ("HOME", "PATH", "USER", "LOGNAME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
MACHINE = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")

# What may leave something that acts when the interpreter itself ends. To end one that has TensorFlow takes a second.
LASTING = re.compile(r"__del__|\b(yield|async|finalize)\b|open\(|TextIOWrapper")
FUTURE = 0  # the flags of `from __future__ import …`; the lower bits tell other things of code
for feature in __future__.all_feature_names:
    FUTURE |= getattr(__future__, feature).compiler_flag & ~0xFFFF


@dataclass(frozen=True)
class Task:
    """A cell to run: its code, the error that it must raise ("" for none), (kind, source) of its expressions, and the
    names of the files that it must leave.

    `message` is what that error must say; who judges the run looks at it.
    """

    code: str
    raises: str = ""
    message: str = ""
    expressions: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Error:
    """An exception: `names` of its class and the classes it derives from, and the traceback from the cell on.

    `related` tells of its causes, members and notes, each as (depth, word, text); empty for most.
    """

    names: tuple[str, ...]
    message: str
    traceback: str
    line: int
    related: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True)
class Output:
    """What a cell gave. `values` has, for each expression, its text (or Error) and whether it is true; `files` the
    content of each file, or None.

    `text` and `html` are its last expression's value as Python's shell would show it, None if it has none;
    `prints_alike` tells whether `print` shows the same. `figures` are SVG documents, `numbers` the tables
    behind each. `steps` is what its statements made. `late` is what the program's end printed.
    """

    stdout: str = ""
    stderr: str = ""
    text: str | None = None
    html: str | None = None
    prints_alike: bool = True
    figures: tuple[str, ...] = ()
    error: Error | None = None
    values: tuple[tuple[str | Error, bool], ...] = ()
    files: tuple[bytes | None, ...] = ()
    seconds: float = 0.0
    numbers: tuple[tuple[Table, ...], ...] = ()
    steps: tuple[Step, ...] = ()
    late: str = ""


@dataclass(frozen=True)
class Job:
    """What a lesson's process is given: its cells, where it runs, under which name, with which environment, and whether
    it is `traced`.
    """

    tasks: tuple[Task, ...]
    folder: Path
    program: Path
    stdout: Path
    stderr: Path
    environment: dict[str, str]
    traced: bool = True


OPENED: dict[str, bool] = {}  # every file that Python opened so far: whether it was written
LISTENING: list[bool] = []


def listen() -> None:
    """Take note of every file that is opened from now on, in this process and in those forked from it."""
    if not LISTENING:
        LISTENING.append(True)
        sys.addaudithook(note_opened)


def note_opened(event: str, args: tuple) -> None:
    """An audit hook (sys.addaudithook) that notes the files that this process opens."""
    if event == "open" and isinstance(args[0], str | bytes):
        path, mode, flags = args
        wrote = bool((flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) or not {*"wax+"}.isdisjoint(mode or "")
        path = os.path.abspath(os.fsdecode(path))
        OPENED[path] = OPENED.get(path, False) or wrote


def work(connection: Connection, job: Job) -> None:
    """Send None when ready, then an Output for each task, and what was read in the end; stop after an error that was
    not asked for. A text in place of an Output tells why there is none.
    """
    listen()
    parent = multiprocessing.process.parent_process()
    _thread.start_new_thread(end_with_parent, (parent, job.folder.parent))  # no thread that the program could count
    os.setsid()
    for target, number in ((Path(os.devnull), 0), (job.stdout, 1), (job.stderr, 2)):
        handle = os.open(target, os.O_RDWR | os.O_APPEND)
        os.dup2(handle, number)
        os.close(handle)
    # At once, and not when a buffer is full: what children print stands between it in its order.
    sys.stdout = stream(1, "<stdout>", "strict")
    sys.stderr = stream(2, "<stderr>", "backslashreplace")
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr  # type: ignore[misc]
    main = begin_afresh(job)
    with open(job.stdout, "rb") as printed, open(job.stderr, "rb") as said:
        connection.send((None,))
        ours, mine = os.getpid(), sys.stdout
        flags = 0
        for number, task in enumerate(job.tasks, 1):
            output, flags = run(task, number, main.__dict__, flags, ours)
            if os.getpid() != ours:
                connection.send(("a child of the cell's process came to the end of the cell (end it with os._exit)",))
                os._exit(0)
            failed = output.error and not task.raises
            made: tuple[Step, ...] = ()
            if job.traced and not failed:
                with unheard():
                    made = () if output.error else steps(task.code, main.__dict__)
                    made += prediction(main.__dict__) if number == len(job.tasks) else ()
            flush(sys.stdout)
            ended = sys.maxsize
            if number == len(job.tasks) and not failed:
                ended = job.stdout.stat().st_size - printed.tell()
                end_program()
                flush(sys.stdout)
            if output.text is not None and (mine.closed or not is_open(1)):
                connection.send(
                    ("its standard output is closed, to which the program would print the value (leave it open)",)
                )
                break
            out, err = printed.read(), said.read().decode(errors="replace")
            stdout, late = (part.decode(errors="replace") for part in (out[:ended], out[ended:]))
            output = replace(output, stdout=stdout, stderr=err, steps=made, late=late)
            connection.send((output, printed.tell(), said.tell()))
            if failed:
                break
        else:
            connection.send((read_files(job),))
            if any(LASTING.search(task.code) for task in job.tasks):
                del main  # nothing of ours keeps what was the program's
                end_interpreter()
    os._exit(0)


def stream(handle: int, name: str, errors: str) -> io.TextIOWrapper:
    """A text stream on a file handle, as `python -u` has it."""
    raw: Any = io.FileIO(handle, "w", closefd=False)
    raw.name = name
    text: Any = io.TextIOWrapper(raw, encoding="utf-8", errors=errors, newline="\n", write_through=True)
    text.mode = "w"
    return text  # type: ignore[no-any-return]


def begin_afresh(job: Job) -> types.ModuleType:
    """Make of this process one in which plain Python is about to run the program; its fresh `__main__`."""
    multiprocessing.set_start_method(None, force=True)  # the platform's own
    process = multiprocessing.process
    current: Any = process.current_process()
    current.name, current._identity = "MainProcess", ()
    process._parent_process = None  # type: ignore[attr-defined]
    process._process_counter = itertools.count(1)  # type: ignore[attr-defined]
    atexit._clear()
    atexit.register(multiprocessing.util._exit_function)  # type: ignore[attr-defined]
    os.environ.clear()
    os.environ.update(job.environment)
    tempfile.tempdir = None  # asked for anew: each lesson has a place of its own for what it leaves there
    if hasattr(time, "tzset"):
        time.tzset()
    local = {"", os.getcwd(), str(Path(__file__).parents[2])}
    os.chdir(job.folder)
    here = str(job.folder)
    sys.argv, sys.path[:] = [job.program.name], [here, *(path for path in sys.path[1:] if path not in local)]
    sys.modules["__main__"] = main = types.ModuleType("__main__")
    main.__loader__ = importlib.machinery.SourceFileLoader("__main__", str(job.program))
    if sys.version_info < (3, 14):
        main.__annotations__ = {}
    main.__dict__.update(__builtins__=builtins, __file__=str(job.program), __cached__=None)
    sys.modules.pop("__mp_main__", None)
    if "matplotlib" in sys.modules:
        style()
    else:
        sys.meta_path.insert(0, Styled())  # type: ignore[arg-type]
    return main


def end_with_parent(parent: "multiprocessing.process.BaseProcess | None", scratch: Path) -> None:
    """A build that is killed leaves no lesson running, and nothing of it behind."""
    if parent:
        parent.join()
        shutil.rmtree(scratch, ignore_errors=True)
        os._exit(1)


def end_program() -> None:
    """What plain Python does when a program has come to its end: wait for its threads, call its exit handlers."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    except BaseException:
        traceback.print_exc()


def end_interpreter() -> None:
    """End this interpreter as Python does, which lets go of all things, and then the process: at once, since what
    libraries in C do at its end waits for threads that a forked process does not have.
    """
    ctypes.pythonapi.Py_AtExit(ctypes.cast(ctypes.CDLL(None)._exit, ctypes.c_void_p))
    ctypes.pythonapi.Py_Exit(0)


def is_open(handle: int) -> bool:
    try:
        os.fstat(handle)
    except OSError:
        return False
    return True


def flush(stream: object) -> None:
    with contextlib.suppress(AttributeError, ValueError, OSError):  # a program's own stream, closed or none
        stream.flush()  # type: ignore[attr-defined]


def read_files(job: Job) -> tuple[str, ...]:
    """The files that this process read and did not make itself: imported, opened, or looked for."""
    for module in [*sys.modules.values()]:
        if isinstance(file := getattr(module, "__file__", None), str):
            OPENED.setdefault(os.path.abspath(file), False)
    own = (str(job.folder.parent) + os.sep, "/proc/", "/sys/", "/dev/")
    return tuple(sorted(path for path, wrote in [*OPENED.items()] if not wrote and not path.startswith(own)))


class Styled:
    """A finder that gives matplotlib our style when a program imports it."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> object | None:
        if name != "matplotlib":
            return None
        sys.meta_path.remove(self)  # type: ignore[arg-type]
        spec = importlib.util.find_spec(name)
        if spec and spec.loader:
            load = spec.loader.exec_module

            def exec_module(module: types.ModuleType) -> None:
                load(module)
                style()

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def style() -> None:
    """How figures look, and that `show` shows them, as a window would."""
    import matplotlib.style

    importlib.import_module("coursebuild.run.backend")
    matplotlib.rcdefaults()
    matplotlib.use("agg")
    matplotlib.style.use(STYLE)


def run(task: Task, number: int, namespace: dict[str, object], flags: int, ours: int) -> tuple[Output, int]:
    """Run one cell and its expressions; its Output without what it printed, and the `__future__` of the next cell."""
    name = f"<cell {number}>"
    lines = [line + "\n" for line in task.code.split("\n")]
    linecache.cache[name] = (len(task.code), None, lines, name)  # for tracebacks, and for Keras, which reads sources
    value, error, started = None, None, time.perf_counter()
    try:
        tree = ast.parse(task.code, name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        if number > 1 and tree.body and ast.get_docstring(tree) is not None:
            tree.body[0] = ast.Pass(lineno=1, col_offset=0)  # a string on top of a cell is the docstring of no file
        code = compile(tree, name, "exec", flags, dont_inherit=True)
        flags |= code.co_flags & FUTURE
        exec(code, namespace)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), name, "eval", flags, dont_inherit=True), namespace)
        shown = draw(value)
        value = None if shown is not None else value
        text, html = (None, None) if value is None else (repr(value), as_html(value))
        alike = value is None or str(value) == text
    except BaseException as raised:
        if os.getpid() != ours:
            leave(raised)
        error, text, html, alike = described(raised, name, task.raises, namespace), None, None, True
    try:
        drawings = drawn()
    except BaseException as raised:
        error, drawings = error or undrawable(raised, name, task.code), []
    done = error is None or bool(task.raises)
    values = tuple(evaluate(*each, namespace) for each in task.expressions) if done else ()
    files = tuple(content(each) for each in task.files) if done else ()
    seconds = round(time.perf_counter() - started, 3)
    figures, numbers = tuple(svg for svg, _ in drawings), tuple(tables for _, tables in drawings)
    return Output("", "", text, html, alike, figures, error, values, files, seconds, numbers), flags


def leave(raised: BaseException) -> None:
    """End a child that the cell forked, as plain Python would: at its `sys.exit`, or with its traceback."""
    if not isinstance(raised, SystemExit):
        traceback.print_exception(raised)
    flush(sys.stdout)
    code = raised.code if isinstance(raised, SystemExit) else 1
    os._exit(code if isinstance(code, int) else int(code is not None))


def content(file: str) -> bytes | None:
    try:
        return Path(file).read_bytes()
    except OSError:
        return None


def evaluate(kind: str, source: str, namespace: dict[str, object]) -> tuple[str | Error, bool]:
    """An expression's value as text and as a truth. A claim's text gives what it compares, as in `0.9 < 0.95`."""
    try:
        node = ast.parse(source, "<expression>", "eval").body
        if kind == "value":
            return str(asked(node, namespace)), True
        value, text = decided(node, namespace)
        return text, bool(value)
    except BaseException as raised:
        return describe(raised, "<expression>"), False


def asked(node: ast.expr, namespace: dict[str, object]) -> Any:
    return eval(compile(ast.Expression(node), "<expression>", "eval", dont_inherit=True), namespace)


def decided(node: ast.expr, namespace: dict[str, object]) -> tuple[Any, str]:
    """A claim's value and what it compares: each part once; of `and` and `or`, as far as Python goes."""
    if isinstance(node, ast.BoolOp):
        texts, ends = [], isinstance(node.op, ast.Or)
        value: Any = None
        for each in node.values:
            value, text = decided(each, namespace)
            texts.append(text)
            if bool(value) is ends:
                break
        return value, f" {'or' if ends else 'and'} ".join(texts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        value, text = decided(node.operand, namespace)
        return not value, f"not {text}"
    if isinstance(node, ast.Compare):
        left = asked(node.left, namespace)
        value, text = True, shorten(repr(left))
        for sign, side in zip(node.ops, node.comparators, strict=True):
            right, (word, compare) = asked(side, namespace), SIGNS[type(sign)]
            value, left, text = value and compare(left, right), right, f"{text} {word} {shorten(repr(right))}"
        return value, text
    value = asked(node, namespace)
    return value, shorten(repr(value))


SIGNS: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.Is: ("is", operator.is_),
    ast.IsNot: ("is not", operator.is_not),
    ast.In: ("in", lambda each, group: each in group),
    ast.NotIn: ("not in", lambda each, group: each not in group),
}


def shorten(text: str, most: int = 200) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def described(error: BaseException, name: str, raises: str, namespace: dict[str, object]) -> Error:
    """An Error from what a cell raised, or from `except RAISES`, if that is a name that the program does not have."""
    try:
        eval(compile(raises or "None", "<raises>", "eval"), namespace)
    except Exception as unknown:
        unknown.__context__ = None
        return describe(unknown, name)
    return describe(error, name)


def describe(error: BaseException, name: str) -> Error:
    """An Error from an exception that the code named `name` raised."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    line = next((frame.lineno or 1 for frame in frames if frame.filename == name), getattr(error, "lineno", None) or 1)
    told = traceback.TracebackException.from_exception(error)
    for each in chained(told):
        each.stack[:] = [frame for frame in each.stack if frame.filename != __file__]
    whole = "".join(told.format()).strip("\n").removeprefix("Traceback (most recent call last):\n")
    names = tuple(each.__name__ for each in type(error).__mro__)
    return Error(names, message(error), whole, line, tuple(related(error)))


def chained(told: traceback.TracebackException) -> Iterator[traceback.TracebackException]:
    yield told
    for other in (told.__cause__, told.__context__, *(getattr(told, "exceptions", None) or ())):
        if other:
            yield from chained(other)


def message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "".join(traceback.format_exception_only(error)).strip()


def related(error: BaseException, depth: int = 1) -> Iterator[tuple[int, str, str]]:
    """The notes of an error, its members if it is a group, and what it came from."""
    for each in getattr(error, "__notes__", ()):
        yield depth, "note", str(each)
    for member in getattr(error, "exceptions", ()):
        yield depth, "with", f"{type(member).__name__}: {message(member)}"
        yield from related(member, depth + 1)
    origin = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if origin:
        yield depth, "from", f"{type(origin).__name__}: {message(origin)}"
        yield from related(origin, depth + 1)


def as_html(value: object) -> str | None:
    """A value's own HTML, if it has any in which there is a table."""
    if isinstance(value, type) or not hasattr(value, "_repr_html_"):
        return None
    html = value._repr_html_()
    return html if isinstance(html, str) and "<table" in html else None


def draw(value: object) -> object | None:
    """Draw a figure that is a cell's last value, unless it is open or was shown; None for a value of another kind."""
    figures = sys.modules.get("matplotlib.figure")
    if figures is None or not isinstance(value, figures.Figure):
        return None
    from coursebuild.run import backend

    backend.draw_again(value)
    return value


def drawn() -> list[tuple[str, tuple[Table, ...]]]:
    """The figures of a cell and their numbers, as they were shown; those still open come last, and are closed."""
    if "matplotlib.pyplot" not in sys.modules and "coursebuild.run.backend" not in sys.modules:
        return []
    from coursebuild.run import backend

    return backend.taken()


def undrawable(error: BaseException, name: str, code: str) -> Error:
    """An Error from a figure that cannot be drawn: of the line with the text that matplotlib could not read."""
    told = describe(error, name)
    lines = {
        node.lineno: node.value
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "$" in node.value
    }
    found = [line for line, text in lines.items() if text.strip("$ ") and text.strip("$ ") in told.message]
    at = found[0] if found else told.line
    return Error(told.names, told.message, told.traceback, at)
