"""Run the cells of one lesson in this process, as plain Python would run the lesson's program.

This module is all that a lesson's process loads of ours. It executes each cell in one fresh `__main__`, and sends what
the cell printed, its last value, its figures, its error and the values of the expressions below it.
"""

import ast
import base64
import io
import linecache
import os
import re
import shutil
import sys
import threading
import time
import traceback
import types
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path

STYLE = Path(__file__).with_name("figure.mplstyle")

# The same on every machine: no accelerator, no start-up notes, sets in one order. One thread a lesson, since lessons
# run side by side; with more, the results are the same.
ENVIRONMENT = {
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
}


@dataclass(frozen=True)
class Task:
    """A cell to run: its code, the error that it must raise ("" for none), and (kind, source) of its expressions.

    `message` is what that error must say; who judges the run looks at it.
    """

    code: str
    raises: str
    expressions: tuple[tuple[str, str], ...]
    message: str = ""


@dataclass(frozen=True)
class Error:
    """An exception: `names` of its class and the classes it derives from, and the traceback from the cell on."""

    names: tuple[str, ...]
    message: str
    traceback: str
    line: int


@dataclass(frozen=True)
class Output:
    """What a cell gave. `values` has, for each expression, its text (or Error) and whether it is true.

    `text` and `html` are its last expression's value as Python's shell would show it, None if it has none;
    `prints_alike` tells whether `print` shows the same. `figures` are SVG documents.
    """

    stdout: str = ""
    text: str | None = None
    html: str | None = None
    prints_alike: bool = True
    figures: tuple[str, ...] = ()
    error: Error | None = None
    values: tuple[tuple[str | Error, bool], ...] = ()
    seconds: float = 0.0


def work(connection: Connection, folder: str, program: str, tasks: list[Task], stdout: str, stderr: str) -> None:
    """Send None when ready, then an Output for each of `tasks`; stop after an error that was not asked for."""
    threading.Thread(target=end_with_parent, args=(Path(folder).parent,), daemon=True).start()
    os.setsid()
    for target, number in ((os.devnull, 0), (stdout, 1), (stderr, 2)):
        handle = os.open(target, os.O_RDWR | os.O_APPEND)
        os.dup2(handle, number)
        os.close(handle)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 (stays open)
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    os.environ.update(ENVIRONMENT)
    os.environ.pop("PYTHONPATH", None)
    local = {"", os.getcwd(), str(Path(__file__).parents[1])}
    os.chdir(folder)
    sys.argv, sys.path[:] = [program], [folder, *(path for path in sys.path[1:] if path not in local)]
    sys.modules["__main__"] = main = types.ModuleType("__main__")
    style()
    with open(stdout, encoding="utf-8", errors="replace", newline="") as printed:
        connection.send(None)
        for number, task in enumerate(tasks, 1):
            output = run(task, f"<cell {number}>", main.__dict__, printed)
            connection.send(output)
            if output.error and not task.raises:
                break
    os._exit(0)  # a lesson's own threads and exit handlers have nothing to add


def end_with_parent(scratch: Path) -> None:
    """A build that is killed leaves no lesson running, and nothing of it behind."""
    if parent := parent_process():
        parent.join()
        shutil.rmtree(scratch, ignore_errors=True)
        os._exit(1)


def style() -> None:
    try:
        import matplotlib.style
    except ImportError:
        return
    matplotlib.rcdefaults()
    matplotlib.use("agg")
    matplotlib.style.use(STYLE)


def run(task: Task, name: str, namespace: dict[str, object], printed: io.TextIOBase) -> Output:
    """Run one cell and its expressions; `printed` reads what goes to standard output."""
    lines = [line + "\n" for line in task.code.split("\n")]
    linecache.cache[name] = (len(task.code), None, lines, name)  # for tracebacks, and for Keras, which reads sources
    value, error, started = None, None, time.perf_counter()
    try:
        body = ast.parse(task.code, name)
        last = body.body.pop() if body.body and isinstance(body.body[-1], ast.Expr) else None
        exec(compile(body, name, "exec"), namespace)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), name, "eval"), namespace)
        text, html = (None, None) if value is None else (repr(value), table(value))
        alike = value is None or str(value) == text
    except BaseException as raised:
        error, text, html, alike = described(raised, name, task.raises, namespace), None, None, True
    try:
        figures = draw()
    except BaseException as raised:
        error, figures = error or describe(raised, name), ()
    sys.stdout.flush()
    values = () if error and not task.raises else tuple(evaluate(*each, namespace) for each in task.expressions)
    seconds = round(time.perf_counter() - started, 3)
    return Output(printed.read(), text, html, alike, figures, error, values, seconds)


def evaluate(kind: str, source: str, namespace: dict[str, object]) -> tuple[str | Error, bool]:
    """An expression's value as text (a file's bytes in base64) and as a truth. A false claim's text gives its sides."""
    try:
        if kind == "file":
            return base64.b64encode(Path(source).read_bytes()).decode(), True
        value = eval(compile(source, "<expression>", "eval"), namespace)
        if kind == "value" or value:
            return str(value), True
        return sides(ast.parse(source, mode="eval").body, namespace), False
    except BaseException as raised:
        return describe(raised, "<expression>"), False


def sides(node: ast.expr, namespace: dict[str, object]) -> str:
    """The values that a claim compares, as in `0.9 < 0.7`."""
    if isinstance(node, ast.BoolOp):
        return f" {'and' if isinstance(node.op, ast.And) else 'or'} ".join(
            sides(each, namespace) for each in node.values
        )
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return f"not {sides(node.operand, namespace)}"
    if isinstance(node, ast.Compare):
        first, *others = [shorten(repr(eval(ast.unparse(side), namespace))) for side in (node.left, *node.comparators)]
        return first + "".join(f" {SIGNS[type(sign)]} {other}" for sign, other in zip(node.ops, others, strict=True))
    return shorten(repr(eval(ast.unparse(node), namespace)))


SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}


def shorten(text: str, most: int = 200) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def described(error: BaseException, name: str, raises: str, namespace: dict[str, object]) -> Error:
    """An Error from what a cell raised, or from `except RAISES`, if that is a name that the program does not have."""
    try:
        eval(compile(raises or "None", "<raises>", "eval"), namespace)
    except Exception as unknown:
        return describe(unknown, name)
    return describe(error, name)


def describe(error: BaseException, name: str) -> Error:
    """An Error from an exception that the code named `name` raised."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    line = next((frame.lineno or 1 for frame in frames if frame.filename == name), getattr(error, "lineno", None) or 1)
    last = "".join(traceback.format_exception_only(error)).strip()
    whole = "".join(traceback.format_list(frames)) + last
    try:
        message = str(error)
    except Exception:
        message = last
    return Error(tuple(each.__name__ for each in type(error).__mro__), message, whole, line)


def table(value: object) -> str | None:
    """A value's table as plain HTML, None if it is no table (pandas gives one; other objects' HTML brings scripts)."""
    if isinstance(value, type) or not hasattr(value, "_repr_html_"):
        return None
    found = re.search(r"<table.*</table>", value._repr_html_() or "", re.DOTALL)
    if not found or re.search(r"<(?!/?(table|thead|tbody|tfoot|tr|th|td|caption|br)\b)", found[0]):
        return None
    plain = re.sub(r"<[^>]*>", lambda tag: re.sub(r' (?!scope|colspan|rowspan)[a-z-]+="[^"]*"', "", tag[0]), found[0])
    return plain.replace("<th></th>", "<td></td>").replace("<table", '<table class="values"', 1)


def draw() -> tuple[str, ...]:
    """The open figures as SVG, then closed."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return ()
    drawn = []
    try:
        for number in pyplot.get_fignums():
            buffer = io.StringIO()
            pyplot.figure(number).savefig(buffer, format="svg", metadata={"Date": None})
            drawn.append(buffer.getvalue())
    finally:
        pyplot.close("all")
    return tuple(drawn)
