"""What the statements of a cell made, for the trace of a page: shapes and first rows of data, epochs, layers.

Loaded in a lesson's process, where it imports nothing and knows the libraries by what the program has imported.
"""

import ast
import contextlib
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

ROWS, COLUMNS, EPOCHS, LONG = 3, 8, 20, 24  # how much of a thing is told: rows, columns, epochs, characters

Table = tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]]  # what it is, its header, its rows
Step = tuple[int, str, Table]  # the line of the statement in its cell, the name that it gave, what that holds


def steps(code: str, namespace: dict[str, Any]) -> tuple[Step, ...]:
    """What the names that a cell's own statements gave hold now, in the order of the statements."""
    lines: dict[str, int] = {}
    for statement in ast.parse(code).body:
        for name in given(statement):
            lines.pop(name, None)
            lines[name] = statement.lineno
    held = ((line, name, unless_refused(told, namespace[name])) for name, line in lines.items() if name in namespace)
    return tuple((line, name, table) for line, name, table in held if table)


class Unheard:
    """A stream on which what one thread writes is lost: all others write as before."""

    def __init__(self, stream: Any) -> None:
        self.stream, self.thread = stream, threading.get_ident()

    def write(self, text: str) -> int:
        return len(text) if threading.get_ident() == self.thread else self.stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextlib.contextmanager
def unheard() -> Iterator[None]:
    """What looking at things makes these say is no part of the program, whose other threads may be at work."""
    with contextlib.redirect_stdout(Unheard(sys.stdout)), contextlib.redirect_stderr(Unheard(sys.stderr)):
        yield


def unless_refused(look: Callable[..., Any], *given: Any) -> Any:
    """What `look` finds; None where a thing of the program's own cannot be looked at so, which is no fault of it."""
    try:
        return look(*given)
    except Exception:
        return None


def given(statement: ast.stmt) -> list[str]:
    """The names that a statement gives a value, outside of functions and loops."""
    if isinstance(statement, ast.With):
        return [name for each in statement.body for name in given(each)]
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        return []
    return [node.id for each in targets if each for node in ast.walk(each) if isinstance(node, ast.Name)]


def kind(module: str, name: str) -> Any:
    """A class of a library, for `isinstance`; nothing is one of a library that the program has not imported."""
    return getattr(sys.modules.get(module), name, ())


def told(value: Any) -> Table | None:
    """What a value is and how it begins; None for one that is no data, no training and no network."""
    if isinstance(value, kind("tensorflow", "Tensor")) and hasattr(value, "numpy"):
        value = value.numpy()
    elif isinstance(value, kind("torch", "Tensor")):
        value = value.detach().numpy()
    if isinstance(value, (bool, kind("numpy", "bool_"))):
        return None
    if isinstance(value, (int, float, kind("numpy", "number"))):
        return "number", (), ((number(value),),)
    if isinstance(value, kind("pandas", "DataFrame")):
        counted = isinstance(value.index, kind("pandas", "RangeIndex"))
        head = ("row", *map(number, value.columns[:COLUMNS]))[counted:]
        first = value.iloc[:ROWS, :COLUMNS].itertuples(name=None)
        return f"table of {sizes(value.shape)}", head, tuple(tuple(map(number, row[counted:])) for row in first)
    if isinstance(value, kind("pandas", "Series")):
        named = not isinstance(value.index, kind("pandas", "RangeIndex"))
        head = tuple(map(number, value.index[:COLUMNS])) if named else ()
        return f"column of {sizes(value.shape)}", head, (tuple(map(number, value.iloc[:COLUMNS])),)
    if isinstance(value, kind("numpy", "ndarray")) and value.ndim and value.size:
        first = value[:ROWS].reshape(min(ROWS, len(value)), -1) if value.ndim > 1 else value[None, :]
        rows = tuple(tuple(map(number, row[:COLUMNS])) for row in first)
        return f"array of {sizes(value.shape)}, {value.dtype}", (), rows
    if isinstance(value, (kind("scipy.sparse", "spmatrix"), kind("scipy.sparse", "sparray"))):
        return f"sparse table of {sizes(value.shape)}, {value.dtype}", (), ()
    if isinstance(value, list | tuple) and value and all(isinstance(each, str | int | float) for each in value):
        words = isinstance(value[0], str)
        begin = [number(each) for each in value[: ROWS if words else COLUMNS]]
        return (
            f"{type(value).__name__} of {len(value):,}",
            (),
            tuple((each,) for each in begin) if words else ((*begin,),),
        )
    if isinstance(value, kind("keras.callbacks", "History")) and value.history:
        return epochs(value)
    if isinstance(value, kind("keras", "Model")) and value.built:
        built = [each for each in value.layers if each.built]
        rows = tuple((each.name, type(each).__name__, shape(each), f"{each.count_params():,}") for each in built)
        head = ("layer", "kind", "what comes out", "parameters")
        return f"network with {value.count_params():,} parameters", head, rows
    return None


def epochs(history: Any) -> Table:
    """A training epoch by epoch: all of them, or about `EPOCHS` at equal distances with the first and the last."""
    metrics, count = tuple(history.history), len(history.epoch)
    every = max(1, -(-count // EPOCHS))
    shown = sorted({0, *range(every - 1, count, every), count - 1})
    rows = tuple((f"{at + 1:,}", *(number(history.history[each][at]) for each in metrics)) for at in shown)
    return f"training of {count:,} epoch{'s' * (count > 1)}", ("epoch", *metrics), rows


def shape(layer: Any) -> str:
    """The shape of what a layer gives for one row; "" where that is not one known array."""
    output: Any = layer._inbound_nodes[0].output_tensors if layer._inbound_nodes else ()
    return sizes(output[0].shape[1:]) if len(output) == 1 else ""


def number(value: Any) -> str:
    """A number as people read it, and any other thing as it prints, in short."""
    text = f"{value:.4g}" if isinstance(value, (float, kind("numpy", "floating"))) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= LONG else f"{text[:LONG]}…"


def sizes(shape: Sequence[int | None]) -> str:
    return " × ".join(f"{each:,}" for each in shape if each is not None) or "1"


def prediction(namespace: dict[str, Any]) -> tuple[Step, ...]:
    """One row through the last network that was trained, layer by layer: what each layer gives. Nothing if no network
    was trained whose layers follow one from another, or no array has rows that fit.
    """
    networks = [(name, each) for name, each in namespace.items() if isinstance(each, kind("keras", "Model"))]
    found = (unless_refused(followed, *each, namespace) for each in reversed(networks))
    step = next((each for each in found if each), None)
    return (step,) if step else ()


def followed(called: str, network: Any, namespace: dict[str, Any]) -> Step | None:
    """A row that fits a network, of the test set if there is one, and what each layer makes of it."""
    trained = getattr(network, "optimizer", None) and int(network.optimizer.iterations.numpy()) > 0
    inputs: Any = network.inputs if trained else ()
    layers = [each for each in network.layers if shape(each) and type(each).__name__ != "InputLayer"]
    fit = list(fitting(namespace, tuple(inputs[0].shape[1:]))) if len(inputs) == 1 else []
    if not fit or not layers:
        return None
    of_sets = ([each for each in fit if word in each[0]] for word in ("test", "val", "train"))
    name, rows = next((each for each in of_sets if each), fit[:1])[-1]
    outputs = kind("keras", "Model")(inputs, [each.output for each in layers])([rows[:1]])
    named = [(f"{name}[:1]", "input"), *((each.name, type(each).__name__) for each in layers)]
    gave = [rows[:1], *(outputs if len(layers) > 1 else [outputs])]
    made = tuple((*who, sizes(out.shape[1:]), first(out)) for who, out in zip(named, gave, strict=True))
    return 0, name, (called, ("layer", "kind", "what comes out", "its first values"), made)


def fitting(namespace: dict[str, Any], wanted: Sequence[int | None]) -> Iterator[tuple[str, Any]]:
    """The arrays of numbers whose rows have this shape."""
    for name, value in namespace.items():
        array = isinstance(value, kind("numpy", "ndarray")) and value.dtype.kind in "fiu" and value.size
        same = array and value.ndim == len(wanted) + 1 and zip(wanted, value.shape[1:], strict=True)
        if same and all(each in (None, size) for each, size in same):
            yield name, value


def first(out: Any) -> str:
    flat = (out.numpy() if hasattr(out, "numpy") else out).reshape(-1)
    return ", ".join(map(number, flat[:6])) + ", …" * (flat.size > 6)
