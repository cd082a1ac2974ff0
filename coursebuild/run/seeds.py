"""A lesson as another run has it: every seed of its cells is moved by the number of the run, wherever it comes from.

What changes is the syntax tree: where a call takes a seed, what it is given is wrapped in a function that moves it. The
wrapping is put into the text at the columns that the tree tells, so that lines stay as they are, in tracebacks and for
what reads sources. A seed that is None, or an object such as a generator, stays; in lists each is moved. Not seen are
seeds that are given by position to what is not in `FIRST`, and those in dictionaries that are no `**keywords`.
"""

import ast
import functools
import re
from dataclasses import replace
from typing import NamedTuple

from coursebuild.read.model import Cell, Lesson

# By how much the seeds of one run differ from those of the next: more than the seeds of any page among themselves.
STRIDE = 10_007
MOST = 2**31 // STRIDE  # the last run: what seeds NumPy is below 2**32

# What takes a seed as its first argument; after a dot or not.
FIRST = frozenset(
    """set_random_seed set_seed seed default_rng RandomState SeedSequence Random from_seed manual_seed manual_seed_all
    SeedGenerator PRNGKey PCG64 PCG64DXSM Philox SFC64 MT19937""".split()  # noqa: SIM905
)
NAMED = "random_state|entropy|(?:.+_)?seeds?"  # and the keywords that give one
PASSED_ON = frozenset({"dict", "format", "assign", "replace"})  # they keep what they are given under that name

NUMBER = "(lambda _v: _v + BY if hasattr(_v, int.__index__.__name__) and not isinstance(_v, bool) else _v)"
SEED = (
    f"(lambda _s, _m={NUMBER}: tuple(map(_m, _s)) if isinstance(_s, tuple)"
    " else [*map(_m, _s)] if isinstance(_s, (list, range)) else _m(_s))("
)
MATCHES = f"__import__('re').fullmatch({NAMED!r}, str(_k))"
SEEDS = f"(lambda _d: {{_k: {SEED}_v) if {MATCHES} else _v for _k, _v in _d.items()}})("
END = " \t)"  # which nobody writes, so that a traceback can be told without the wrapping


class Names(NamedTuple):
    """The names of a program's `own` functions and classes, and of what it makes of them: what they are given as `seed`
    is moved where they use it, and not where they are called. And the `takers` of seeds, under all their names.
    """

    own: frozenset[str] = frozenset()
    takers: frozenset[str] = FIRST


def moved(lesson: Lesson, number: int) -> Lesson:
    """The lesson as its run of this number has it; run 0 is the page itself."""
    if not number:
        return lesson
    names = names_of(tuple(cell.code for cell in lesson.cells))
    cells = {id(cell): moved_cell(cell, number * STRIDE, names) for cell in lesson.cells}
    return replace(lesson, parts=tuple(cells.get(id(part), part) for part in lesson.parts))  # type: ignore[arg-type]


def moved_cell(cell: Cell, by: int, names: Names) -> Cell:
    asked = tuple(replace(each, source=moved_code(each.source, by, names)) for each in cell.expressions)
    return replace(cell, code=moved_code(cell.code, by, names), expressions=asked)


@functools.lru_cache(4096)
def moved_code(code: str, by: int, names: Names) -> str:
    """The code with its seeds moved `by` so many."""
    if not any(each in code for each in ("seed", "random", "entropy", "**", *names.takers)):
        return code
    tree = ast.parse(code)
    move = Move(by, names)
    tree = move.visit(tree)
    if not move.notes:
        return code
    lines = [line.encode() for line in code.split("\n")]
    for line, column, text in move.inserts():
        lines[line - 1] = lines[line - 1][:column] + text.encode() + lines[line - 1][column:]
    text, wrapped = b"\n".join(lines).decode(errors="replace"), ast.unparse(ast.fix_missing_locations(tree))
    try:
        return text if ast.unparse(ast.parse(text)) == wrapped else wrapped
    except SyntaxError:  # Python 3.11 does not know the columns inside of f-strings; the lines are lost then
        return wrapped


def unmoved(text: str) -> str:
    """A traceback without the wrapping."""
    for opening in (SEEDS, SEED):
        text = re.sub(re.escape(opening).replace("BY", r"\d+"), "", text)
    return text.replace(END, "")


@functools.lru_cache(1024)
def names_of(program: tuple[str, ...]) -> Names:
    nodes = [node for code in program for node in ast.walk(ast.parse(code))]
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    own = {node.name for node in nodes if isinstance(node, kinds) and not node.name.startswith("__")}
    assigned = [(name_of(node.targets[0]), node.value) for node in nodes if isinstance(node, ast.Assign)]
    own |= {name for name, value in assigned if isinstance(value, ast.Lambda)}
    for name, value in assigned:  # `trainers = {"SGD": trainer(…)}`, `quick = partial(train, …)`
        if isinstance(value, ast.Name | ast.Dict | ast.Call) and own & {name_of(each) for each in ast.walk(value)}:
            own.add(name)
    aliases = [each for node in nodes if isinstance(node, ast.ImportFrom) for each in node.names if each.asname]
    takers = FIRST | {str(each.asname) for each in aliases if each.name in FIRST}
    takers |= {name for name, value in assigned if isinstance(value, ast.Attribute) and value.attr in FIRST}
    return Names(frozenset(own - {""}), frozenset(takers - {""}))


def name_of(node: ast.AST) -> str:
    """The last name of what is called or assigned: `seed` of `np.random.seed`, `runs` of `runs[0]`."""
    if isinstance(node, ast.Subscript):
        return name_of(node.value)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


class Move(ast.NodeTransformer):
    """Wraps what calls are given as seeds, and notes where the wrapping goes in the text."""

    def __init__(self, by: int, names: Names) -> None:
        self.by, self.names = by, names
        self.notes: list[tuple[int, int, bool, int, str]] = []

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.move(node, name_of(node.func))
        self.generic_visit(node)
        return node

    def move(self, node: ast.Call, name: str) -> None:
        own = self.names.own
        if name in own or name in PASSED_ON or (name == "partial" and node.args and name_of(node.args[0]) in own):
            return
        key = isinstance(node.func, ast.Attribute) and (name_of(node.func.value), name) == ("random", "key")  # of JAX
        seeds = key or name in self.names.takers
        if seeds and node.args and not isinstance(node.args[0], ast.Starred | ast.GeneratorExp):
            node.args[0] = self.wrapped(node.args[0], SEED)
        for each in node.keywords:
            if each.arg is None:
                each.value = self.wrapped(each.value, SEEDS)
            elif re.fullmatch(NAMED, each.arg):
                each.value = self.wrapped(each.value, SEED)

    def wrapped(self, node: ast.expr, opening: str) -> ast.expr:
        text, order = opening.replace("BY", str(self.by)), len(self.notes)
        self.notes.append((node.lineno, node.col_offset, True, order, text))
        self.notes.append((node.end_lineno or 0, node.end_col_offset or 0, False, -order, END))
        call = ast.parse(f"{text}0)", mode="eval").body
        assert isinstance(call, ast.Call)
        call.args = [node]
        return call

    def inserts(self) -> list[tuple[int, int, str]]:
        """(line, column, text), from the end to the beginning; what wraps more stands outside."""
        return [(line, column, text) for line, column, _, _, text in sorted(self.notes, reverse=True)]
