"""A lesson as another run has it: every seed of its cells is moved by the number of the run, wherever it comes from.

What changes is the syntax tree: where a call takes a seed, what it is given is wrapped in a function that moves it. The
wrapping is put into the text at the columns that the tree tells, so that lines stay as they are, in tracebacks and for
what reads sources. A seed that is None, or an object such as a generator, stays; in lists each is moved. Not seen are
seeds that are given by position to what is not in `FIRST`, and those in dictionaries that are no `**keywords`.
"""

import ast
import re
from collections.abc import Iterable
from dataclasses import replace

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


def moved(lesson: Lesson, number: int) -> Lesson:
    """The lesson as its run of this number has it; run 0 is the page itself."""
    if not number:
        return lesson
    own = own_names(ast.parse(cell.code) for cell in lesson.cells)
    cells = {id(cell): moved_cell(cell, number * STRIDE, own) for cell in lesson.cells}
    return replace(lesson, parts=tuple(cells.get(id(part), part) for part in lesson.parts))  # type: ignore[arg-type]


def moved_cell(cell: Cell, by: int, own: frozenset[str]) -> Cell:
    asked = tuple(replace(each, source=moved_code(each.source, by, own)) for each in cell.expressions)
    return replace(cell, code=moved_code(cell.code, by, own), expressions=asked)


def moved_code(code: str, by: int, own: frozenset[str] = frozenset()) -> str:
    """The code with its seeds moved `by` so many. `own` are the names of the program's own functions and classes."""
    tree = ast.parse(code)
    move = Move(by, own)
    wrapped = ast.unparse(ast.fix_missing_locations(move.visit(tree)))
    if not move.notes:
        return code
    lines = [line.encode() for line in code.split("\n")]
    for line, column, text in move.inserts():
        lines[line - 1] = lines[line - 1][:column] + text.encode() + lines[line - 1][column:]
    text = b"\n".join(lines).decode(errors="replace")
    try:
        return text if ast.unparse(ast.parse(text)) == wrapped else wrapped
    except SyntaxError:  # Python 3.11 does not know the columns inside of f-strings; the lines are lost then
        return wrapped


def unmoved(text: str) -> str:
    """A traceback without the wrapping."""
    for opening in (SEEDS, SEED):
        text = re.sub(re.escape(opening).replace("BY", r"\d+"), "", text)
    return text.replace(END, "")


def own_names(trees: Iterable[ast.Module]) -> frozenset[str]:
    """The names of a program's functions and classes, and of what it makes of them: what these are given as `seed` is
    moved where they use it, and not where they are called.
    """
    nodes = [node for tree in trees for node in ast.walk(tree)]
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    own = {node.name for node in nodes if isinstance(node, kinds) and not node.name.startswith("__")}
    assigned = [(name_of(node.targets[0]), node.value) for node in nodes if isinstance(node, ast.Assign)]
    own |= {name for name, value in assigned if isinstance(value, ast.Lambda)}
    for name, value in assigned:  # `trainers = {"SGD": trainer(…)}`, `quick = partial(train, …)`
        if isinstance(value, ast.Name | ast.Dict | ast.Call) and own & {name_of(each) for each in ast.walk(value)}:
            own.add(name)
    return frozenset(own - {""})


def name_of(node: ast.AST) -> str:
    """The last name of what is called or assigned: `seed` of `np.random.seed`, `runs` of `runs[0]`."""
    if isinstance(node, ast.Subscript):
        return name_of(node.value)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


class Move(ast.NodeTransformer):
    """Wraps what calls are given as seeds, and notes where the wrapping goes in the text."""

    def __init__(self, by: int, own: frozenset[str]) -> None:
        self.by, self.own = by, own
        self.notes: list[tuple[int, int, bool, int, str]] = []
        self.known = set(FIRST)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> ast.AST:
        self.known |= {each.asname for each in node.names if each.asname and each.name in FIRST}
        return node

    visit_ImportFrom = visit_Import  # noqa: N815

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.move(node, name_of(node.func))
        self.generic_visit(node)
        return node

    def move(self, node: ast.Call, name: str) -> None:
        if name in self.own or name in PASSED_ON:
            return
        if name == "partial" and node.args and name_of(node.args[0]) in self.own:
            return
        seeds = name in self.known or ast.unparse(node.func).endswith("random.key")
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
