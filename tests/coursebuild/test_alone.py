"""What a cell needs of those above: a table of programs, and made ones whose parts must print what the whole prints."""

import contextlib
import io
import random
import re
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import pytest

from coursebuild.read.model import Cell
from coursebuild.run.alone import Lines, alone
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


# What the last cell needs of those above, joined by a line of ---; those that need nothing of the first have none.
TABLE = {
    "a name": ("a = 1\nb = 2\n---\nprint(a)", "a = 1"),
    "the last value of a name": ("a = 1\na = 2\n---\nprint(a)", "a = 2"),
    "a name that is changed": ("a = 1\nb = 0\na += 1\n---\nprint(a)", "a = 1\na += 1"),
    "nothing": ("a = 1\n---\nb = 2", ""),
    "what only prints": ("a = [1]\nprint(a)\n---\nprint(a[0])", "a = [1]"),
    "what is put in": ("a = {}\na['x'] = 1\nb = 3\n---\nprint(a)", "a = {}\na['x'] = 1"),
    "what a method does": ("a = []\na.append(1)\na.count(1)\n---\nprint(a)", "a = []\na.append(1)"),
    "another name of it": ("a = []\nb = a\nb.append(1)\n---\nprint(a)", "a = []\nb = a\nb.append(1)"),
    "what holds it": ("a = []\nb = {'a': a}\nb['a'].append(1)\n---\nprint(a)", "a = []\nb = {'a': a}\nb['a'].append(1)"),
    "what is in it": ("a = []\nb = [a]\na.append(1)\n---\nprint(b)", "a = []\nb = [a]\na.append(1)"),
    "unpacked": ("a, (b, *c) = 1, ([], 2, 3)\nd = 4\nb.append(1)\n---\nprint(b)", "a, (b, *c) = 1, ([], 2, 3)\nb.append(1)"),
    "a view": (
        "import numpy as np\na = np.zeros(3)\nb = a.reshape(3, 1)\nb[0] = 1\nc = a.mean()\n---\nprint(a)",
        "import numpy as np\na = np.zeros(3)\nb = a.reshape(3, 1)\nb[0] = 1",
    ),
    "a copy": (
        "import numpy as np\na = np.zeros(3)\nb = a.copy()\nb[0] = 1\n---\nprint(a)",
        "import numpy as np\na = np.zeros(3)",
    ),
    "an import": ("import re, json\nimport math\n---\nprint(math.pi)", "import math"),
    "a function and what it asks": ("k = 2\nj = 3\ndef f(x):\n    return x * k\n---\nprint(f(1))", "k = 2\ndef f(x):\n    return x * k"),
    "a name as it is when it is asked": ("k = 2\ndef f():\n    return k\nk = 3\n---\nprint(f())", "def f():\n    return k\nk = 3"),
    "a function that is not called": ("k = 2\ndef f():\n    return k\n---\nprint(k)", "k = 2"),
    "a default": ("k = 2\ndef f(x=k):\n    return x\nk = 3\n---\nprint(f())", "k = 2\ndef f(x=k):\n    return x"),
    "what a function changes": ("a = []\ndef f():\n    a.append(1)\nf()\n---\nprint(a)", "a = []\ndef f():\n    a.append(1)\nf()"),
    "what a function changes of what it is given": (
        "a = []\nb = []\ndef f(x):\n    x.append(1)\nf(a)\nf(b)\n---\nprint(a)",
        "a = []\ndef f(x):\n    x.append(1)\nf(a)",
    ),
    "global": ("n = 0\ndef f():\n    global n\n    n += 1\nf()\n---\nprint(n)", "n = 0\ndef f():\n    global n\n    n += 1\nf()"),
    "a closure": (
        "def make():\n    n = 0\n    def f():\n        nonlocal n\n        n += 1\n        return n\n    return f\n"
        "f = make()\ng = 1\nf()\n---\nprint(f())",
        "def make():\n    n = 0\n    def f():\n        nonlocal n\n        n += 1\n        return n\n    return f\n"
        "f = make()\nf()",
    ),
    "a lambda": ("k = 2\nf = lambda x: x + k\nz = 1\n---\nprint(f(1))", "k = 2\nf = lambda x: x + k"),
    "a function that is handed on": ("k = 2\ndef f(x):\n    return x + k\n---\nprint(list(map(f, [1])))", "k = 2\ndef f(x):\n    return x + k"),
    "a decorator": (
        "import functools\ncalls = []\ndef log(f):\n    calls.append(f)\n    return f\n@log\ndef g():\n    return 1\n---\nprint(len(calls))",
        "calls = []\ndef log(f):\n    calls.append(f)\n    return f\n@log\ndef g():\n    return 1",
    ),
    "a class": (
        "k = 3\nclass A:\n    def f(self):\n        return k\nclass B(A):\n    pass\na = B()\n---\nprint(a.f())",
        "k = 3\nclass A:\n    def f(self):\n        return k\nclass B(A):\n    pass\na = B()",
    ),
    "what a method of a class changes": (
        "class A:\n    def __init__(self):\n        self.n = 0\n    def up(self):\n        self.n += 1\na = A()\nb = A()\na.up()\nb.up()\n---\nprint(a.n)",
        "class A:\n    def __init__(self):\n        self.n = 0\n    def up(self):\n        self.n += 1\na = A()\na.up()",
    ),
    "an iterator that was used": ("a = iter([1, 2])\nb = 1\nnext(a)\n---\nprint(next(a))", "a = iter([1, 2])\nnext(a)"),
    "a generator that was used": ("g = (x for x in [1, 2])\nlist(g)\n---\nprint(list(g))", "g = (x for x in [1, 2])\nlist(g)"),
    "a loop": ("t = 0\nu = 0\nfor i in range(3):\n    t += i\nu = 2\n---\nprint(t)", "t = 0\nfor i in range(3):\n    t += i"),
    "a condition": ("a = 1\nif a > 1:\n    a = 5\n---\nprint(a)", "a = 1\nif a > 1:\n    a = 5"),
    "with": ("import io\nwith io.StringIO() as f:\n    n = f.write('a')\n---\nprint(n)", "import io\nwith io.StringIO() as f:\n    n = f.write('a')"),
    "try": ("a = 1\ntry:\n    a = int('x')\nexcept ValueError:\n    b = 2\n---\nprint(a)", "a = 1\ntry:\n    a = int('x')\nexcept ValueError:\n    b = 2"),
    "match": ("a = [1]\nmatch a:\n    case [x]:\n        y = x\n---\nprint(y)", "a = [1]\nmatch a:\n    case [x]:\n        y = x"),
    "del": ("a = 1\nb = 1\ndel a\n---\nprint('a' in dir(), a)", "a = 1\nb = 1\ndel a"),
    "del of a part": ("a = {1: 2}\nb = 1\ndel a[1]\n---\nprint(a)", "a = {1: 2}\ndel a[1]"),
    "everything": ("a = 1\nb = 2\nprint(a)\n---\nprint(globals()['b'])", "a = 1\nb = 2"),
    "what was set with exec": ("a = 1\nexec('b = 2')\n---\nprint(b)", "a = 1\nexec('b = 2')"),
    "the future": ("from __future__ import annotations\na = 1\n---\nprint(2)", "from __future__ import annotations"),
    "a seed": (
        "import random\nrandom.seed(1)\na = random.random()\nb = 2\n---\nprint(random.random())",
        "import random\nrandom.seed(1)\na = random.random()",
    ),
    "the last seed": (
        "import random\nrandom.seed(1)\na = random.random()\nrandom.seed(2)\n---\nprint(random.random())",
        "import random\nrandom.seed(2)",
    ),
    "another generator": (
        "import numpy as np\nimport random\nnp.random.seed(1)\nrandom.seed(1)\na = random.random()\n---\nprint(np.random.rand())",
        "import numpy as np\nnp.random.seed(1)",
    ),
    "a generator of its own": (
        "import numpy as np\nr = np.random.default_rng(0)\ns = np.random.default_rng(0)\nr.normal()\ns.normal()\n---\nprint(r.normal())",
        "import numpy as np\nr = np.random.default_rng(0)\nr.normal()",
    ),
    "what draws without a word": (
        "import numpy as np\nfrom sklearn.model_selection import train_test_split\nnp.random.seed(0)\n"
        "a = train_test_split([1, 2])\nb = train_test_split([1, 2], random_state=0)\n---\nprint(np.random.rand())",
        "import numpy as np\nfrom sklearn.model_selection import train_test_split\nnp.random.seed(0)\na = train_test_split([1, 2])",
    ),
    "layers draw": (
        "import keras\nkeras.utils.set_random_seed(0)\na = keras.layers.Dense(1)\nm = keras.metrics.AUC()\n---\nb = keras.layers.Dense(1)",
        "import keras\nkeras.utils.set_random_seed(0)\na = keras.layers.Dense(1)",
    ),
    "compile, then fit": (
        "import keras\nm = keras.Sequential([keras.Input((1,))])\nn = 1\nm.compile(loss='mse')\np = m.predict([1])\n---\nm.evaluate([1])",
        "import keras\nm = keras.Sequential([keras.Input((1,))])\nm.compile(loss='mse')",
    ),
    "what a model is made of": (
        "import keras\na = keras.layers.Dense(1)\nm = keras.Sequential([a])\nx = [1]\nm.fit(x)\n---\nprint(a.get_weights())",
        "import keras\na = keras.layers.Dense(1)\nm = keras.Sequential([a])\nx = [1]\nm.fit(x)",
    ),
    "a callback": (
        "import keras\nseen = []\nc = keras.callbacks.LambdaCallback(on_epoch_end=lambda e, l: seen.append(e))\n"
        "m = keras.Sequential()\nm.fit([1], callbacks=[c])\n---\nprint(seen)",
        "import keras\nseen = []\nc = keras.callbacks.LambdaCallback(on_epoch_end=lambda e, l: seen.append(e))\n"
        "m = keras.Sequential()\nm.fit([1], callbacks=[c])",
    ),
    "an open figure": (
        "import matplotlib.pyplot as plt\nplt.figure()\nplt.plot([1])\nplt.show()\nf, a = plt.subplots()\nplt.plot([2]); a.set(title='T')\nplt.show()\nprint(1)\n---\nprint(a.get_title())",
        "import matplotlib.pyplot as plt\nf, a = plt.subplots()\nplt.plot([2]); a.set(title='T')",
    ),
    "a figure of an earlier cell is closed": (
        "import matplotlib.pyplot as plt\nplt.plot([1])\n---\nplt.plot([2])\nplt.show()",
        "import matplotlib.pyplot as plt",
    ),
    "a file": (
        "from pathlib import Path\na = 1\nPath('x').write_text('1')\n---\nprint(Path('x').read_text())",
        "from pathlib import Path\nPath('x').write_text('1')",
    ),
    "a file that a library wrote": (
        "import numpy as np\nimport pandas as pd\nt = pd.DataFrame()\nt.to_csv('x.csv')\n---\nprint(pd.read_csv('x.csv'))",
        "import pandas as pd\nt = pd.DataFrame()\nt.to_csv('x.csv')",
    ),
    "settings": ("import numpy as np\nnp.set_printoptions(precision=2)\na = 1\n---\nb = np.pi\nb", "import numpy as np\nnp.set_printoptions(precision=2)"),
    "settings that were for a while": (
        "import warnings\na = 1\nwith warnings.catch_warnings():\n    warnings.simplefilter('error')\n---\nprint(2)", "",
    ),
    "a variable of the environment": ("import os\na = 1\nos.environ['A'] = '1'\n---\nimport json", ""),
    "a library that nobody knows": (
        "import strange\nimport random\nrandom.seed(1)\na = strange.f()\n---\nprint(random.random())",
        "import strange\nimport random\nrandom.seed(1)\na = strange.f()",
    ),
    "what a library that nobody knows is given": ("import strange\na = [1]\nstrange.f(a)\n---\nprint(a)", "import strange\na = [1]\nstrange.f(a)"),
    "before an error": ("# raises ValueError\na = 1\nint('x')\n---\nprint(a)", "# raises ValueError\na = 1"),
    "an error that changed something": (
        "a = []\ndef f():\n    a.append(1)\n    int('x')\n---\n# raises ValueError\nf()\n---\nprint(a)",
        "a = []\ndef f():\n    a.append(1)\n    int('x')\n\ntry:\n    # raises ValueError\n    f()\nexcept ValueError:\n    pass",
    ),
    "a comment above": ("# why\na = 1\n# other\nb = 2\n---\nprint(a)", "# why\na = 1"),
    "one line with two": ("a = 1; b = 2\nc = 3\n---\nprint(b)", "a = 1; b = 2"),
    "cells apart": ("a = 1\n---\nb = 2\n---\nprint(a, b)", "a = 1\n\nb = 2"),
}  # fmt: skip


@pytest.mark.parametrize("what", TABLE)
def test_what_a_cell_needs(what: str) -> None:
    program, expected = TABLE[what]
    assert needed(program.split("\n---\n")) == expected


def test_a_name_that_keras_gave_counts_all_that_it_named() -> None:
    cells = ["import keras", "a = keras.layers.Dense(1)", "b = keras.layers.Dense(1)\nprint(b.name)"]
    assert needed(cells, outputs=[Output(), Output(), Output("dense\n")]) == "import keras"
    assert (
        needed(cells, outputs=[Output(), Output(), Output("dense_1\n")]) == "import keras\n\na = keras.layers.Dense(1)"
    )


def test_a_cell_that_is_no_python_needs_nothing() -> None:
    made = [cell("a = 1"), cell("a +", "SyntaxError"), cell("print(a)")]
    given = [Output(), Output(error=Error(("SyntaxError",), "", "", 1)), Output()]
    assert alone(made, given) == ((), (), (Lines(1, 1, 1),))


SEED = "alone"
PROGRAMS = 300
NAMES = ("a", "b", "c", "d")


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
        k = self.random.randint(0, 9)
        return self.random.choice(
            (
                f"{x} = [{k}]",
                f"{x} = {y}",
                f"{x} = [*{y}, *{z}]",
                f"{x} = {y} + {z}",
                f"{x} += {y}",
                f"{x}.append({k})",
                f"{x}.append(len({y}))",
                f"{x}[0:1] = [{k}]",
                f"{x}, {y} = {y}, {x}",
                f"boxes.append({x})",
                f"{x} = boxes[-1]",
                f"boxes[0].append({k})",
                f"held['{x}'] = {y}",
                f"{x} = held.get('{y}', {z})",
                f"for {x} in [{y}, {z}]:\n    {x}.append({k})",
                f"if len({x}) > {k}:\n    {y} = {z}",
                f"if len({x}) > {k}:\n    {y}.append(1)\nelse:\n    {z} = [{k}]",
                f"while len({x}) < {k}:\n    {x}.append(len({y}))\n    if {k} == 5:\n        break",
                f"try:\n    {x}.append({y}[99])\n    {z} = [7]\nexcept IndexError:\n    {z}.append({k})",
                f"def {f}(p={x}):\n    p.append({k})\n    return {y}\n{z} = {f}()",
                f"def {f}():\n    global {x}\n    {x} = [{k}, *{y}]\n{f}()",
                f"def {f}(p, *q, r={k}):\n    if r > 4:\n        return p\n    q[0].append(r)\n    return q[0]\n{x} = {f}({y}, {z})",
                f"def {f}():\n    n = [{k}]\n    def g():\n        nonlocal n\n        n = n + [1]\n        return n + {x}\n    return g\n"
                f"calls.append({f}())",
                f"{x} = calls[-1]()",
                f"calls.append(lambda: [len({x}), {k}])",
                f"class {f.upper()}:\n    kept = {x}\n    def __init__(self):\n        self.own = [{k}]\n    def go(self):\n"
                f"        self.own.append({k})\n        return self.own + {y}\nthings.append({f.upper()}())",
                f"{x} = things[-1].go()",
                f"things[-1].own = {x}",
                f"{x} = [*things[-1].own]",
                f"def {f}():\n    for i in {x}[:3]:\n        yield i\nrows = {f}()",
                f"rows = (i + {k} for i in {x}[:4])",
                f"rows = map(len, [{x}, {y}])",
                f"{x} = [next(rows, {k})]",
                f"{x} = list(rows)",
                f"{x} = [random.randint(0, 99)]",
                f"random.shuffle({x})",
                f"random.seed({k})",
                f"{x} = [i for i in {y} if i > {k}]",
                f"{x} = sorted({y})",
                f"{x}.sort()",
                f"{x} = max([{y}, {z}], key=len)",
                f"{x} = ({y} or {z})[:5]",
                f"{x} = {y} if len({z}) > {k} else [{k}]",
                f"if (n := len({x})) > {k}:\n    {y} = [n]",
                f"with contextlib.suppress(IndexError):\n    {x}.append({y}[{k}])\n    {z} = [{k}]",
                f"match {x}:\n    case [first, *_]:\n        {y} = [first]\n    case _:\n        {z}.append({k})",
                f"exec('{x} = [{k}]')" if k == 3 else f"del {x}\n{x} = [{k}]",
                f"print({x}, {y})",
            )
        )

    def cells(self) -> list[str]:
        begin = "import contextlib\nimport random\nrandom.seed(0)\na, b, c, d = [1], [2, 3], [], [4]\nboxes, held, rows = [[0]], {}, iter([])"
        begin += "\ncalls = [lambda: [0]]\nclass Thing:\n    own = [5]\n    def go(self):\n        return self.own\nthings = [Thing()]"
        statements = [self.statement() for _ in range(self.random.randint(4, 16))]
        found = [begin]
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
    ran = whole = kept = cut = 0
    for number, cells in made():
        parts = [f"{text}\nprint('-----')" for text in cells]
        try:
            printed = run("\n".join(parts)).split("-----\n")
        except Exception:  # noqa: S112  # not every one of them can be run: that is no fault
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
            cut += not lines and at > 0
    random.setstate(state)
    print(ran, kept, whole, cut)
    assert ran > PROGRAMS / 2  # else it would hold for few,
    assert 0 < kept < 0.8 * whole  # or because each needs everything
