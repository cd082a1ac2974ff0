"""What a cell needs of those above: a table of programs, and made ones whose parts must print what the whole prints."""

import ast
import contextlib
import io
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from string import Template
from typing import Any

import pytest

from coursebuild.read.model import Cell
from coursebuild.run.alone import Lines, Walk, alone
from coursebuild.run.worker import Error, Output
from coursebuild.weave.alone import code


def cell(text: str, raises: str = "") -> Cell:
    return Cell(1, text, tuple(("a.md", 1) for _ in text.split("\n")), raises)


def needed(cells: Sequence[str], at: int = -1, outputs: Sequence[Output] = ()) -> str:
    """What the last of these cells, or another, needs, as code; one that begins with `# raises E` raises in its last
    line.
    """
    made, gave = [], []
    for text in cells:
        raises = re.match(r"# raises (\w+)\n", text)
        made.append(cell(text, raises[1] if raises else ""))
        line = len(text.split("\n"))
        gave.append(Output(error=Error((raises[1],), "", "", line)) if raises else Output())
    return code(made, alone(made, outputs or gave)[at])


def table() -> Iterator[tuple[str, str, str]]:
    """Programs, cut into cells by lines of ---, and below => what the last of these needs of those above."""
    text = (Path(__file__).parent / "golden" / "alone.txt").read_text(encoding="utf-8")
    for each in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        what, _, rest = each.partition("\n")
        program, _, expected = rest.partition("\n=>")
        yield what, program, expected.strip("\n")


TABLE = {what: (program, expected) for what, program, expected in table()}


@pytest.mark.parametrize("what", TABLE)
def test_what_a_cell_needs(what: str) -> None:
    program, expected = TABLE[what]
    assert needed(program.split("\n---\n")) == expected


def test_the_walk_is_the_same_wherever_its_things_lie_in_memory() -> None:
    """A page's files would not be the same in the next build; one lesson's walk took 3 s, 20 or 86."""
    longest = max((program for program, _ in TABLE.values()), key=len)
    statements = ast.parse(longest.replace("\n---\n", "\n")).body

    def order() -> list[int]:
        walk = Walk()
        for each in statements:
            walk.next([each], raises=False)
        return [walk.number(each) for each in frozenset(walk.things)]

    first = order()
    assert len(first) > 3
    assert [order() for _ in range(3)] == [first] * 3


def test_super_in_a_comprehension_is_that_of_its_method_page_after_page() -> None:
    """What stood for it was shared by all pages, and ended the walk of the second."""
    last = "print(Two([1]).all())"
    method = "    def all(self):\n        return [str(super()) for each in self]"
    for _ in range(2):
        assert needed([f"class Two(list):\n{method}", last]) == f"class Two(list):\n{method}"
        assert needed([last]) == ""


def test_a_name_that_keras_gave_counts_all_that_it_named() -> None:
    cells = ["import keras", "a = keras.layers.Dense(1)", "b = keras.layers.Dense(1)\nprint(b.name)"]
    assert needed(cells, outputs=[Output(), Output(), Output("dense\n")]) == "import keras"
    assert (
        needed(cells, outputs=[Output(), Output(), Output("dense_1\n")]) == "import keras\n\na = keras.layers.Dense(1)"
    )


def test_what_the_end_of_a_program_prints_may_come_from_anything_above() -> None:
    cells = ["import atexit", "atexit.register(print, 'goodbye')", "print('more')"]
    assert needed(cells) == ""
    assert needed(cells, outputs=[Output(), Output(), Output("more\n", late="goodbye\n")]) == "\n\n".join(cells[:2])


def test_a_cell_that_is_no_python_needs_nothing() -> None:
    made = [cell("a = 1"), cell("a +", "SyntaxError"), cell("print(a)")]
    given = [Output(), Output(error=Error(("SyntaxError",), "", "", 1)), Output()]
    assert alone(made, given) == ((), (), (Lines(1, 1, 1),))


SEED = "alone"
PROGRAMS = 300
NAMES = ("a", "b", "c", "d")


BEGIN = """\
import contextlib
import random
random.seed(0)
a, b, c, d = [1], [2, 3], [], [4]
boxes, held, rows = [[0]], {}, iter([])
calls = [lambda: [0]]
class Thing:
    own = [5]
    def go(self):
        return self.own
things = [Thing()]
"""
# What may follow, of names (x, y, z), a number (k) and a name that is new (f, F).
STATEMENTS = """\
$x = [$k]

$x = $y

$x = [*$y, *$z]

$x = $y + $z

$x += $y

$x.append($k)

$x.append(len($y))

$x[0:1] = [$k]

$x, $y = $y, $x

boxes.append($x)

$x = boxes[-1]

boxes[0].append($k)

held['$x'] = $y

$x = held.get('$y', $z)

for $x in [$y, $z]:
    $x.append($k)

if len($x) > $k:
    $y = $z

if len($x) > $k:
    $y.append(1)
else:
    $z = [$k]

while len($x) < $k:
    $x.append(len($y))
    if $k == 5:
        break

try:
    $x.append($y[99])
    $z = [7]
except IndexError:
    $z.append($k)

def $f(p=$x):
    p.append($k)
    return $y
$z = $f()

def $f():
    global $x
    $x = [$k, *$y]
$f()

def $f(p, *q, r=$k):
    if r > 4:
        return p
    q[0].append(r)
    return q[0]
$x = $f($y, $z)

def $f():
    n = [$k]
    def g():
        nonlocal n
        n = n + [1]
        return n + $x
    return g
calls.append($f())

$x = calls[-1]()

calls.append(lambda: [len($x), $k])

class $F:
    kept = $x
    def __init__(self):
        self.own = [$k]
    def go(self):
        self.own.append($k)
        return self.own + $y
things.append($F())

$x = things[-1].go()

things[-1].own = $x

$x = [*things[-1].own]

def $f():
    for i in $x[:3]:
        yield i
rows = $f()

rows = (i + $k for i in $x[:4])

rows = map(len, [$x, $y])

$x = [next(rows, $k)]

$x = list(rows)

$x = [random.randint(0, 99)]

random.shuffle($x)

random.seed($k)

$x = [i for i in $y if i > $k]

$x = sorted($y)

$x.sort()

$x = max([$y, $z], key=len)

$x = ($y or $z)[:5]

$x = $y if len($z) > $k else [$k]

if (n := len($x)) > $k:
    $y = [n]

with contextlib.suppress(IndexError):
    $x.append($y[$k])
    $z = [$k]

match $x:
    case [first, *_]:
        $y = [first]
    case _:
        $z.append($k)

exec('$x = [$k]')

del $x
$x = [$k]

print($x, $y)
"""


class Maker:
    """Makes statements that Python can run, whatever stands above: of numbers, lists, functions and what hides them."""

    def __init__(self, number: int) -> None:
        self.random = Random(f"{SEED}-{number}")
        self.count = 0

    def name(self) -> str:
        return self.random.choice(NAMES)

    def new(self) -> str:
        self.count += 1
        return f"f{self.count}"

    def statement(self) -> str:
        x, y, z, f = self.name(), self.name(), self.name(), self.new()
        k = str(self.random.randint(0, 9))
        text = self.random.choice(STATEMENTS.strip().split("\n\n"))
        return Template(text).substitute(x=x, y=y, z=z, f=f, F=f.upper(), k=k)

    def cells(self) -> list[str]:
        statements = [self.statement() for _ in range(self.random.randint(4, 16))]
        found = [BEGIN]
        while statements:
            some = [statements.pop(0) for _ in range(min(len(statements), self.random.randint(1, 3)))]
            asked = self.random.choice(
                ("a[:9]", "b[:9]", "c[-9:], d[-9:]", "len(boxes)", "calls[-1]()[:9]", "held", "list(rows)")
            )
            found.append("\n".join([*some, f"print({asked})"]))
        return found


def run(program: str) -> str:
    printed = io.StringIO()
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(printed):
        exec(compile(program, "<program>", "exec"), names)
    return printed.getvalue()


def made() -> Iterator[tuple[int, list[str]]]:
    for number in range(PROGRAMS):
        yield number, Maker(number).cells()


def test_a_cell_with_what_it_needs_prints_what_it_prints_in_the_whole() -> None:
    state = random.getstate()
    ran = whole = kept = 0
    for number, cells in made():
        parts = [f"{text}\nprint('-----')" for text in cells]
        try:
            printed = run("\n".join(parts)).split("-----\n")
        except Exception:  # not every one of them can be run: that is no fault
            continue
        ran += 1
        asked = [cell(text) for text in cells]
        for at, lines in enumerate(alone(asked, [Output()] * len(cells))):
            program = f"{code(asked, lines)}\nprint('-----')\n{cells[at]}"
            try:
                gave = run(program).rpartition("-----\n")[2]
            except Exception as error:
                gave = repr(error)
            if gave != printed[at]:
                pytest.fail(
                    f"seed {SEED}, number {number}, cell {at}\n{program}\ngives {gave!r} and not {printed[at]!r}\n"
                    + "\n# ----\n".join(cells[: at + 1]),
                    pytrace=False,
                )
            whole += sum(text.count("\n") + 1 for text in cells[:at])
            kept += sum(each.last - each.first + 1 for each in lines)
    random.setstate(state)
    assert ran > PROGRAMS / 2  # else it would hold for few,
    assert 0 < kept < 0.8 * whole  # or because each needs everything
