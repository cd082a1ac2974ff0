"""The promise itself: a program that is cut into cells prints as a page what it prints as a file.

Programs are made at random, from one seed that is in the code: every run makes the same. `PROMISE_SEED=20260401 pytest
tests/coursebuild/test_promise.py` makes others, and `PROMISE_PROGRAMS=400` more of them.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from tests.coursebuild.faults import lay, page
from tests.coursebuild.test_cases import Outcome, apart, as_a_file, program, run_bare, shown

SEED = os.environ.get("PROMISE_SEED", "1")
PROGRAMS = int(os.environ.get("PROMISE_PROGRAMS", "40"))
KINDS = ("number", "text", "row", "call", "kind")
WORDS = (
    *("a", "bc", "naïve", "历史", "🙂", "{x}", "{: .a }", "`b`", "a | b", "<b>&amp;</b>", "$5", "\\(x\\)"),
    *(
        "'",
        '"',
        "--",
        "",
        " ",
        "  c",
        "#",
        "*d*",
        "_e_",
        "[f](g)",
        "\\n",
        "-->",
        "&#96;",
        "~~~",
        "%s",
        "{{}}",
        "—",
        "é" * 9,
    ),
)


@dataclass
class Program:
    """A program as it is written: its statements, and the names that later ones may use, by what they are."""

    random: Random
    statements: list[str] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    imported: set[str] = field(default_factory=set)
    count: int = 0
    values: list[str] = field(default_factory=list)

    def number(self, least: int, most: int) -> int:
        return self.random.randint(least, most)

    def one(self, *choices: str) -> str:
        return self.random.choice(choices)

    def new(self, kind: str) -> str:
        """A fresh name, which later statements may use."""
        self.count += 1
        self.names[kind].append(f"{kind}{self.count}")
        return self.names[kind][-1]

    def word(self) -> str:
        return repr(self.one(*WORDS))

    def integer(self) -> str:
        return self.one(*map(str, range(7)), *self.names["number"][-4:])

    def text(self) -> str:
        return self.one(*map(repr, WORDS), *self.names["text"][-4:], f"str({self.integer()})")

    def items(self) -> str:
        return self.one(f"[{self.integer()}, {self.integer()}]", f"range({self.integer()})", *self.names["row"][-4:])

    def value(self) -> str:
        return self.one(self.integer(), self.text(), f"list({self.items()})", f"({self.integer()}, {self.text()})")

    def needs(self, module: str) -> None:
        """Import a module by a statement of its own, once: later cells use it."""
        if module not in self.imported:
            self.imported.add(module)
            self.statements.append(f"import {module}")

    def add(self, *lines: str) -> None:
        self.statements.append("\n".join(lines))


Maker = Callable[[Program], None]


def assign(p: Program) -> None:
    value = p.one(f"{p.integer()} + {p.integer()}", f"len({p.text()}) * {p.integer()}", f"sum({p.items()})")
    p.add(f"{p.new('number')} = ({value}) % 50")


def name_text(p: Program) -> None:
    value = p.one(
        p.word(), f"{p.text()} + {p.word()}", f"{p.text()} * 2", f"f'{{{p.integer()}:>3}}|{{{p.integer()}!r}}'"
    )
    p.add(f"{p.new('text')} = ({value})[:40]")


def name_row(p: Program) -> None:
    value = p.one(
        f"[x * {p.integer()} for x in {p.items()} if x != {p.integer()}]",
        f"sorted(set({p.items()}) | {{{p.integer()}}})",
        f"[*{p.items()}, {p.integer()}]",
        f"list(map(lambda x: x - {p.integer()}, {p.items()}))",
        f"[y for x in range(3) for y in ({p.integer()}, x)]",
    )
    p.add(f"{p.new('row')} = {value}")


def tell(p: Program) -> None:
    first, second = p.value(), p.value()
    end = p.one("", "", "", ", end=''", ", end=' '", ", end='\\n\\n'", ", sep='|'", ", flush=True")
    p.add(
        p.one(
            f"print({first}, {second}{end})",
            f"print({first}{end})",
            f"print(f'{{{p.integer()}}} {{{p.integer()}=}}'{end})",
        )
    )


def tell_nothing(p: Program) -> None:
    p.add(p.one("print()", "print('')", "print(end='')", "pass", "# a comment, and below it\n\nprint('#')"))


def tell_mapping(p: Program) -> None:
    p.add(f"print({{{p.text()}: {p.value()}, {p.text()}: {{{p.integer()}: {p.text()}}}}})")


def tell_set(p: Program) -> None:
    p.add(
        p.one(
            "print({'b', 'a', 'c'}, hash('a') % 10)", f"print({{{p.text()}, {p.text()}}})", f"print(set({p.items()}))"
        )
    )


def write_out(p: Program) -> None:
    p.needs("sys")
    p.add(
        p.one(
            f"n = sys.stdout.write({p.text()})",
            f"print({p.text()}, file=sys.stdout, flush=True)",
            f"n = sys.stdout.buffer.write({p.text()}.encode() + b'\\n')",
            f"sys.stdout.writelines([{p.text()}, '\\n'])",
            "sys.stdout.flush()",
        )
    )


def write_below(p: Program) -> None:
    p.needs("os")
    p.needs("subprocess")
    p.needs("sys")
    number = p.number(0, 99)
    p.add(
        p.one(
            f"n = os.write(1, b'below {number}\\n')",
            f"n = os.write(1, b'{number}')",
            f"n = subprocess.run(['echo', 'child {number}']).returncode",
            f"n = os.system('echo shell {number}')",
            f"n = subprocess.run([sys.executable, '-c', 'print({number})'])",
            f"if not (n := os.fork()):\n    print('forked {number}')\n    os._exit(0)\nn = os.waitpid(n, 0)",
        )
    )


def loop(p: Program) -> None:
    p.add(
        *p.one(
            f"for x in {p.items()}:\n    if x == {p.integer()}:\n        continue\n"
            f"    print(x, end=' ')\nelse:\n    print('done')",
            f"n = min(4, {p.integer()})\nwhile n > 0:\n    n -= 1\n    print('n', n)",
            f"for i, (x, y) in enumerate(zip({p.items()}, 'abc')):\n\n    print(i, x, y)\n",
            f"while (n := len({p.text()})) > 3:\n    print('long')\n    break",
        ).split("\n")
    )


def choose(p: Program) -> None:
    p.add(
        f"if {p.integer()} > {p.integer()}:",
        f"    print('more', {p.value()})",
        f"elif {p.text()}:",
        f"    print('text', {p.text()})",
        "else:",
        "    print('none')",
    )


def match(p: Program) -> None:
    p.add(
        f"match {p.value()}:",
        "    case int(x) if x > 2:",
        "        print('large', x)",
        "    case [first, *rest] | (first, *rest):",
        "        print('row', first, rest)",
        "    case '' | ' ':",
        "        print('blank')",
        "    case other:",
        "        print('other', other)",
    )


def define(p: Program) -> None:
    inner, text = p.integer(), p.text()
    name = p.new("call")
    p.add(
        *p.one(
            f"def {name}(x: int, *more: int, word: str = 'w') -> str:\n    return f'{{x + {inner}}} {{more}} {{word}}'",
            f"def {name}(x, /, y=2, **others):\n\n    # a comment in it\n    return x, y, sorted(others)",
            f"@functools.cache\ndef {name}(x):\n    print('once', x)\n    return {text}",
            f"def {name}(x):\n    def inner(y):\n        nonlocal x\n        x += y\n"
            f"        return x\n\n    return inner({inner})",
            f"def {name}(x):\n    total = 0\n    for y in steps(x):\n        total += y\n    return total",
            f"{name} = lambda x, y=1: (x, y, {text})",
            f"def {name}(x):\n    try:\n        return 1 // (x - {inner})\n"
            f"    except ZeroDivisionError:\n        return 'no'\n"
            "    finally:\n        print('finally')",
        ).split("\n")
    )


def call(p: Program) -> None:
    if p.names["call"]:
        p.add(f"print({p.one(*p.names['call'][-4:])}({p.integer()}))")


def annotations(p: Program) -> None:
    if p.names["call"]:
        p.add(f"print(getattr({p.one(*p.names['call'])}, '__annotations__', None))")


def define_class(p: Program) -> None:
    name = p.new("kind")
    base = p.one(*p.names["kind"][:-1][-3:], "object")
    p.add(
        *p.one(
            f"class {name}({base}):\n    size = {p.integer()}\n\n    def __repr__(self):\n"
            f"        return f'<{{type(self).__name__}} {{self.size}}>'",
            f"class {name}({base}):\n    @property\n    def size(self):\n        return {p.integer()}\n\n"
            f"    @staticmethod\n    def f():\n        return 2",
            f"@dataclasses.dataclass\nclass {name}:\n    size: int = {p.integer()}\n    word: str = {p.word()}",
            f"class {name}(enum.Enum):\n    A = {p.integer()}\n    size = 'b'",
            f"{name} = collections.namedtuple('{name}', ['size'], defaults=[{p.integer()}])",
        ).split("\n")
    )
    if "enum.Enum" in p.statements[-1] or "namedtuple" in p.statements[-1] or "@dataclass" in p.statements[-1]:
        p.names["kind"].remove(name)
        p.add(f"print({name}.__name__, {name}.__module__, hasattr({name}, 'size'))")


def use_class(p: Program) -> None:
    if p.names["kind"]:
        name = p.one(*p.names["kind"][-4:])
        p.add(
            p.one(f"print({name}().size)", f"print({name}.__mro__[-1], {name}.__qualname__, type({name}()) is {name})")
        )


def fail(p: Program) -> None:
    p.add(
        *p.one(
            f"try:\n    print([][{p.integer()}])\nexcept IndexError as error:\n    print(type(error).__name__, error)",
            f"try:\n    raise ValueError({p.text()}) from KeyError('k')\nexcept (TypeError, ValueError) as error:\n"
            "    print(error.args, repr(error.__cause__))\nelse:\n    print('no')\nfinally:\n    print('at last')",
            "try:\n    missing\nexcept NameError as error:\n    print(error)",
            "try:\n    raise ExceptionGroup('g', [OSError(1, 'x'), ValueError('v')])\n"
            "except* ValueError as group:\n    print(group.exceptions)\nexcept* OSError:\n    print('os')",
            "with contextlib.suppress(ZeroDivisionError):\n    print('before')\n    1 / 0\n    print('after')",
        ).split("\n")
    )


def manage(p: Program) -> None:
    name = f"f{p.number(0, 9)}.txt"
    p.add(
        *p.one(
            f"with open({name!r}, 'w', encoding='utf-8') as file:\n    n = file.write({p.text()})\n"
            f"with open({name!r}, encoding='utf-8') as file:\n    print(repr(file.read()))",
            f"with contextlib.redirect_stdout(io.StringIO()) as held:\n    print({p.text()})\n"
            f"print(repr(held.getvalue()))",
            f"with managed({p.text()}) as word:\n    print(word)",
        ).split("\n")
    )


def unpack(p: Program) -> None:
    value = f"[{p.integer()}, *{p.items()}]"
    p.add(f"{p.new('number')}, *{p.new('row')} = {value}")


def share(p: Program) -> None:
    value = p.integer()
    name = p.new("number")
    p.add(f"{name} = {value}")
    p.add(f"def change_{name}():", f"    global {name}", f"    {name} += 10", f"    return {name}")
    p.add(f"print(change_{name}(), {name})")


def long_text(p: Program) -> None:
    name = p.new("text")
    p.add(
        *p.one(
            f'{name} = """one\n  two\n\n# three\n    {{four}} `five` \\\\\n"""\nprint({name})',
            f"{name} = ('one '\n    'two'\n)\nprint({name})",
            f"{name} = 'one' \\\n    + 'two'\nprint({name}, \\\n      end='')",
            f"{name} = r'''\\n <b> '''; print({name}); print(len({name}))",
        ).split("\n")
    )


def generate(p: Program) -> None:
    p.add(
        p.one(
            f"print(list(steps({p.integer()})), sum(x for x in {p.items()}))",
            f"print(next(steps({p.integer()}), 'none'))",
            f"print(*steps({p.integer()}), sep='-')",
            f"print(list(itertools.accumulate({p.items()})), [*itertools.chain('ab', {p.items()})])",
        )
    )


def standard(p: Program) -> None:
    p.add(
        p.one(
            f"print(json.dumps({{'a': {p.integer()}, 'b': {p.text()}}}, ensure_ascii=False))",
            f"print(collections.Counter({p.text()}).most_common(1))",
            f"random.seed({p.integer()})\nprint(random.random(), random.sample(range(9), 3))",
            f"print(re.sub('[a-c]', '<\\\\g<0>>', {p.text()}))",
            f"print(pickle.loads(pickle.dumps({p.value()})))",
            f"print(textwrap.fill({p.text()} * 9, 20))",
            f"pprint.pprint({{'k' * {p.integer()}: list(range(30)), 'word': {p.text()}}})",
            "print(__name__, sorted(n for n in globals() if n in ('x', 'json', 'nothing')))",
            "print(inspect.getsource(steps))",
            f"thread = threading.Thread(target=print, args=({p.text()},))\nthread.start()\nthread.join()",
            f"print(asyncio.run(asyncio.sleep(0, {p.integer()})))",
        )
    )


def change(p: Program) -> None:
    if p.names["row"]:
        p.add(f"{p.one(*p.names['row'][-3:])}.append({p.integer()})")


def delete(p: Program) -> None:
    p.add("gone = 1", "del gone", "print('gone' in globals())")


def leave(p: Program) -> None:
    """What says something as it is let go of, or as the program ends.

    Of such things at most one a program: in which order they go depends on when Python last looked for garbage.
    """
    p.count += 1
    n, said = p.count, p.text()
    if p.number(0, 2) == 0 or any(each.startswith("left") for each in p.statements):
        p.needs("atexit")
        p.add(f"left{n} = atexit.register(print, {said})")
    elif p.number(0, 1) == 0:
        p.add(f"def closed{n}():\n    try:\n        yield {p.integer()}\n    finally:\n        print({said})")
        p.add(f"left{n} = closed{n}()", f"print(next(left{n}))")
    else:
        p.add(f"class Left{n}:\n    def __del__(self):\n        print({said})")
        p.add(f"left{n} = Left{n}()", p.one("", f"left{n}.own = left{n}", f"left{n} = None"))


def blank(p: Program) -> None:
    p.add("\n# only a comment above\n\nx = 1  # and one beside\n\n")


def value(p: Program) -> None:
    """A value, which a page shows where a cell ends in it."""
    p.values.append(p.one(p.value(), f"({p.integer()},\n {p.text()})", f"{p.text()}  # the last"))
    p.add(p.values[-1])


MAKERS: tuple[Maker, ...] = (
    *(
        assign,
        name_text,
        name_row,
        tell,
        tell,
        tell,
        tell_nothing,
        tell_mapping,
        tell_set,
        write_out,
        loop,
        choose,
        match,
    ),
    *(define, define, call, call, call, annotations, define_class, use_class, use_class, fail, manage, unpack, share),
    *(long_text, generate, standard, standard, change, delete, leave, blank, write_below),
)
BEFORE = """\
import asyncio, collections, contextlib, dataclasses, enum, functools, inspect, io, itertools, json, pickle
import pprint, random, re, textwrap, threading

def steps(n):
    for x in range(n):
        yield x * x

@contextlib.contextmanager
def managed(word):
    print("in")
    yield word
    print("out")"""


@dataclass(frozen=True)
class Cut:
    """A program, cut into cells. If `values`, some cells end in one, which the page shows and the program prints."""

    cells: tuple[str, ...]
    values: bool

    @property
    def file(self) -> str:
        return "\n\n".join(self.cells) + "\n"


def make(number: int) -> Cut:
    """The program of a number, the same one for the same seed."""
    p = Program(Random(f"{SEED}-{number}"))
    if p.number(0, 2) == 0:
        p.add(p.one("", '"""About it."""\n', "# A comment.\n") + "from __future__ import annotations")
    for statement in BEFORE.split("\n\n"):
        p.add(statement)
    makers = MAKERS if number % 2 else (*MAKERS, value, value, value)
    for _ in range(p.number(4, 24)):
        p.random.choice(makers)(p)
    cells: list[str] = []
    held: list[str] = []
    ends = False
    for statement in p.statements:
        held.append(statement)
        if p.number(0, 2) == 0 or statement is p.statements[-1]:
            cells.append(p.one("\n", "\n\n").join(held))
            ends = ends or statement in p.values
            held = []
    return Cut(tuple(cells), ends)


@dataclass(frozen=True)
class Tried:
    """A program, what became of its page, and what its file and the program of its page print."""

    cut: Cut
    outcome: Outcome
    files: tuple[Path, ...]


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> list[Tried]:
    root = tmp_path_factory.mktemp("promise")
    cuts = [make(number) for number in range(PROGRAMS)]
    pages = {
        f"program-{number}": page("# T", *(f"```python\n{code}\n```" for code in cut.cells))
        for number, cut in enumerate(cuts)
    }
    outcomes = apart(root, pages)
    found = []
    for (name, outcome), cut in zip(((name, outcomes[name]) for name in pages), cuts, strict=True):
        files = {} if cut.values else {f"file/{name}/{name.replace('-', '_')}.py": cut.file}
        if outcome.status == 0:
            files[f"download/{name}/{name.replace('-', '_')}.py"] = outcome.text(f"{program(name)}.py")
        lay(root, files)
        found.append(Tried(cut, outcome, tuple(root / path for path in files)))
    return found


def test_the_programs_use_all_that_they_can() -> None:
    """Else the promise would be held by programs that do little."""
    cuts = [make(number) for number in range(PROGRAMS)]
    assert cuts == [make(number) for number in range(PROGRAMS)]
    files = [cut.file for cut in cuts]
    assert len(set(files)) == PROGRAMS
    assert 0 < sum(cut.values for cut in cuts) < PROGRAMS / 2
    everything = "\n".join(files)
    parts = (
        *("__future__", "match ", "yield", "async", "@", "global ", "nonlocal ", "with ", "lambda", ":=", "except*"),
        *('"""', "\\\n", "os.write", "os.fork", "end=''", "dataclass", "*rest", "历史", "{: .a }", "__annotations__"),
        *("__del__", "atexit"),
    )
    assert [part for part in parts if part not in everything] == []
    sizes = [len(cut.cells) for cut in cuts]
    assert min(sizes) <= 4
    assert max(sizes) >= 8


@pytest.mark.xdist_group("promise")
@pytest.mark.parametrize("number", range(PROGRAMS))
def test_a_program_cut_into_cells_prints_what_it_prints_as_a_file(number: int, tried: list[Tried]) -> None:
    one = tried[number]
    blocks = shown(one.outcome.text(f"program-{number}.md"))
    assert one.files
    for path in one.files:
        printed = run_bare(path)
        if not re.fullmatch(as_a_file(blocks), printed):
            said = f"the page shows {blocks}\nthe file prints {printed!r}"
            pytest.fail(f"{path}, seed {SEED}, number {number}\n{one.cut.file}\n{said}", pytrace=False)
