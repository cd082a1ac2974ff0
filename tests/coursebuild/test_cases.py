"""What authors of such sites really write, and what is right: one table a kind, judged from outside, by the command.

The pages of a table are woven at once. A page that is refused is taken out and the others are woven again, so each row
is judged apart. *As in a file* is meant word for word: the cells are joined into a file, bare Python runs it in a
folder that holds nothing else, and the page shows what it printed.
"""

import functools
import html
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from markdown_it import MarkdownIt
from mkdocs.exceptions import Abort
from playwright.sync_api import Browser
from playwright.sync_api import Page as Window

from coursebuild.site.plugin import CoursePlugin
from tests.coursebuild.faults import (
    BUILD,
    CHECK,
    LONG,
    ONE,
    SITE,
    WEAVE,
    Files,
    Link,
    call,
    cell,
    contents,
    lay,
    page,
    plain,
)

LINUX = sys.platform == "linux"
OUTPUT = re.compile(r'<pre (?:[^>]* )?class="output[^"]*"[^>]*>(.*?)</pre>', re.DOTALL)
PICTURE = "![What there is to see.](@figure)"


@dataclass(frozen=True)
class Outcome:
    """What became of one page of a table: the folder that was written if it was built, and all that was told."""

    page: str
    status: int
    stderr: str
    folder: Path
    earlier: tuple[str, ...] = ()  # what was told while other pages were still there

    def text(self, name: str) -> str:
        """A file of the folder. There is none if the page was refused: then the test fails with what was told."""
        if self.status:
            pytest.fail(f"not built:\n{self.about(self.page) or self.stderr}", pytrace=False)
        path = self.folder / name
        assert path.is_file(), f"{name} is not among {sorted(contents(self.folder))}"
        return path.read_text(encoding="utf-8")

    def about(self, path: str) -> str:
        """What was told of a file: its lines, each with the indented ones below it."""
        for told in (self.stderr, *self.earlier[::-1]):
            entries = re.split(r"^(?=\S)", told, flags=re.MULTILINE)
            if ours := [entry for entry in entries if entry.startswith(f"{path}:")]:
                return "".join(ours)
        return ""


def apart(
    root: Path, pages: Mapping[str, str], command: str = WEAVE, folder: str = "out", beside: Files | None = None
) -> dict[str, Outcome]:
    """Build many pages in one project. Those that are refused come out, until the others are built."""
    done: dict[str, Outcome] = {}
    left = dict(pages)
    earlier: tuple[str, ...] = ()
    place = root / "all"
    lay(place, {"snippets": None, **(beside or {}), **{f"docs/{name}.md": text for name, text in pages.items()}})
    while left:
        tried = call(place, command)
        outcome = functools.partial(
            Outcome, status=tried.returncode, stderr=tried.stderr, folder=place / folder, earlier=earlier
        )
        earlier += (tried.stderr,)
        faults = "\n".join(line for line in tried.stderr.split("\n") if "wrote to standard error" not in line)
        refused = [name for name in left if re.search(rf"(?<![^\s(]){re.escape(f'docs/{name}.md')}:\d", faults)]
        if tried.returncode == 0:
            return done | {name: outcome(f"docs/{name}.md") for name in left}
        if not refused and len(left) > 1:  # nothing is named: look in each half
            halves = list(left)[::2], list(left)[1::2]
            for number, names in enumerate(halves):
                half = {name: left[name] for name in names}
                done |= apart(root / f"half-{number}", half, command, folder, beside)
            return done
        for name in refused or list(left):
            done[name] = outcome(f"docs/{name}.md")
            del left[name]
            (place / "docs" / f"{name}.md").unlink()
    return done


def shown(markdown: str) -> list[str]:
    """The text of the outputs of a woven page, one a cell that has any."""
    return [html.unescape(found) for found in OUTPUT.findall(markdown)]


def as_a_file(blocks: list[str]) -> str:
    """A pattern for what the file prints: the blocks in order. A page does not show the line ends at a block's end."""
    return "\n*".join(["", *map(re.escape, blocks), ""])


def run_bare(path: Path) -> str:
    """What bare Python prints for a file, in the folder that holds nothing else; or how it fails."""
    bare = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTEST_CURRENT_TEST")}
    done = subprocess.run(
        [sys.executable, "-u", path.name],
        cwd=path.parent,
        env=bare | {"PYTHONHASHSEED": "0"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=LONG,
    )
    assert done.returncode == 0, f"{path.name} fails as a file:\n{done.stderr}"
    return done.stdout


def program(name: str) -> str:
    """The name of the program of a page, and of its notebook without the end."""
    return f"{name}/{PurePosixPath(name).name.replace('-', '_')}"


# As in a file


@dataclass(frozen=True)
class AsFile:
    """A page of some cells, and what both it and the file of its cells print."""

    name: str
    cells: tuple[str, ...]
    prints: str
    linux: bool = False  # elsewhere the file itself fails, since processes start another way


SQUARE = "def square(x):\n    return x * x\n"
FILES = [
    # Start method of processes.
    AsFile(
        "process",
        (
            f"import multiprocessing as mp\n\n{SQUARE}\n",
            """
            child = mp.Process(target=lambda x: print(square(x)), args=(3,))
            child.start()
            child.join()
            print("exit code", child.exitcode)
            """,
        ),
        "9\nexit code 0\n",
        linux=True,
    ),
    AsFile(
        "pool",
        (
            (
                f"import multiprocessing as mp\n\n{SQUARE}\nwith mp.Pool(2) as pool:\n"
                f"    print(pool.map(square, range(4)))"
            ),
            "pool = mp.Pool(2)\nprint(list(pool.imap(square, [5])))\npool.close()\npool.join()",
        ),
        "[0, 1, 4, 9]\n[25]\n",
        linux=True,
    ),
    AsFile(
        "executor",
        (
            f"from concurrent.futures import ProcessPoolExecutor\n\n{SQUARE}",
            "with ProcessPoolExecutor(2) as pool:\n    print(list(pool.map(square, range(4))))",
            "with ProcessPoolExecutor(1) as pool:\n    print(pool.submit(square, 7).result())",
        ),
        "[0, 1, 4, 9]\n49\n",
        linux=True,
    ),
    AsFile(
        "objects",
        (
            "import multiprocessing as mp\nfrom dataclasses import dataclass",
            (
                "@dataclass\nclass Point:\n    x: int\n    y: int\n\n\ndef flip(point):\n"
                "    return Point(point.y, point.x)"
            ),
            "with mp.Pool(1) as pool:\n    print(pool.map(flip, [Point(1, 2)]))",
        ),
        "[Point(x=2, y=1)]\n",
        linux=True,
    ),
    AsFile(
        "queues",
        (
            """
            import multiprocessing as mp

            def put(queue, x):
                queue.put(x + 1)

            queue = mp.Queue()
            child = mp.Process(target=put, args=(queue, 1))
            child.start()
            print(queue.get())
            child.join()
            with mp.Manager() as manager:
                held = manager.list()
                child = mp.Process(target=held.append, args=("a",))
                child.start()
                child.join()
                print(list(held))
            """,
        ),
        "2\n['a']\n",
        linux=True,
    ),
    *(
        AsFile(
            f"{method}-with-a-guard",
            (
                f"import multiprocessing as mp\n\n{SQUARE}",
                f"""
                if __name__ == "__main__":
                    with mp.get_context("{method}").Pool(2) as pool:
                        print(pool.map(square, [1, 2, 3]))
                """,
            ),
            "[1, 4, 9]\n",
        )
        for method in ("spawn", "forkserver")
    ),
    AsFile(
        "executor-that-spawns",
        (
            f"import multiprocessing as mp\nfrom concurrent.futures import ProcessPoolExecutor\n\n{SQUARE}",
            """
            if __name__ == "__main__":
                with ProcessPoolExecutor(1, mp_context=mp.get_context("spawn")) as pool:
                    print(pool.submit(square, 4).result())
            """,
        ),
        "16\n",
    ),
    AsFile(
        "who-am-i",
        (
            "import multiprocessing as mp\nprint(mp.current_process().name, mp.parent_process(), mp.active_children())",
            "print(mp.current_process().daemon, __name__, __package__, __spec__)",
            "import __main__\n\nx = 3\nprint(__main__.x)",
        ),
        "MainProcess None []\nFalse __main__ None None\n3\n",
    ),
    AsFile("start-method", ("import multiprocessing as mp\nprint(mp.get_start_method())",), "fork\n", linux=True),
    AsFile(
        "my-file",
        (
            "import os, sys\nprint(os.path.basename(__file__), os.path.basename(sys.argv[0]), sys.argv[1:])",
            "# found in this file\nprint('found in' + ' this file' in open(__file__).read())",
        ),
        "my_file.py my_file.py []\nTrue\n",
    ),
    AsFile(
        "threads",
        ("import threading\nprint(threading.active_count(), threading.current_thread().name)",),
        "1 MainThread\n",
    ),
    AsFile(
        "signals",
        (
            """
            import signal

            print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
            print([signal.getsignal(each) is signal.SIG_DFL for each in (signal.SIGCHLD, signal.SIGTERM)])
            print(signal.pthread_sigmask(signal.SIG_BLOCK, []))
            """,
        ),
        "True\n[True, True]\nset()\n",
    ),
    AsFile(
        "logging-is-not-set-up",
        ("import logging\nprint(logging.getLogger().handlers, logging.getLogger().level, logging.lastResort.level)",),
        "[] 30 30\n",
    ),
    AsFile(
        "streams",
        (
            "import sys\nprint(sys.stdout is sys.__stdout__, sys.stderr is sys.__stderr__, sys.stdin is sys.__stdin__)",
            "print(sys.stdout.name, sys.stdout.fileno(), sys.stdout.encoding, sys.stdout.isatty(), sys.stdout.mode)",
            "print(repr(sys.stdin.read()), sys.stderr.name, sys.stderr.errors)",
        ),
        "True True True\n<stdout> 1 utf-8 False w\n'' <stderr> backslashreplace\n",
    ),
    AsFile(
        "hooks",
        (
            "import sys\nprint(sys.excepthook is sys.__excepthook__, sys.displayhook is sys.__displayhook__)",
            "print(sys.gettrace(), sys.getprofile(), sys.getrecursionlimit(), sys.flags.optimize)",
        ),
        "True True\nNone None 1000 0\n",
    ),
    AsFile(
        "names",
        (
            "x = 1\n\ndef f():\n    pass",
            "import json as j\nprint(sorted(n for n in globals() if not n.startswith('__')))",
        ),
        "['f', 'j', 'x']\n",
    ),
    AsFile(
        "names-of-python",
        (
            "print([n for n in globals() if n.startswith('__')])",
            "print(__annotations__, __cached__, __package__, __spec__, type(__builtins__).__name__, __loader__.name)",
            "x: int = 1\nprint(__annotations__)",
        ),
        "['__name__', '__doc__', '__package__', '__loader__', '__spec__', '__annotations__', '__builtins__', "
        "'__file__', '__cached__']\n{} None None None module __main__\n{'x': <class 'int'>}\n",
    ),
    AsFile("docstring", ('"""About."""\n\nprint(__doc__)', "print(__doc__)"), "About.\nAbout.\n"),
    AsFile(
        "help-and-doctest",
        (
            'def twice(x):\n    """Double.\n\n    >>> twice(2)\n    4\n    """\n    return 2 * x',
            "import doctest\nprint(doctest.testmod())\nhelp(twice)",
        ),
        "TestResults(failed=0, attempted=1)\nHelp on function twice in module __main__:\n\n"
        "twice(x)\n    Double.\n    \n"
        "    >>> twice(2)\n    4\n\n",
    ),
    AsFile(
        "sources",
        (
            "import inspect\n\n\ndef f():\n    return 1",
            "def g():\n    return 2",
            "print(inspect.getsource(f))\nprint(inspect.getsource(g))",
        ),
        "def f():\n    return 1\n\ndef g():\n    return 2\n\n",
    ),
    AsFile(
        "a-module-beside",
        ("n = open('mine.py', 'w').write('x = 1\\n')", "import mine\nprint(mine.x)"),
        "1\n",
    ),
    AsFile(
        "at-the-end",
        ("import atexit\n\nn = atexit.register(print, 'goodbye')\nprint('hello')", "print('more')"),
        "hello\nmore\ngoodbye\n",
    ),
    AsFile(
        "what-still-lives-at-the-end",
        (
            """
            class Box:
                def __init__(self, n):
                    self.n = n

                def __del__(self):
                    print("gone", self.n)
            """,
            "_a, b = Box(1), Box(2)\nb.own = b",
            """
            def opened():
                try:
                    yield 3
                finally:
                    print("closed")

            c = opened()
            print(next(c))
            """,
            "import atexit\n\nd, e = Box(4), atexit.register(print, 'goodbye')\ndel _a\nprint('the end')",
        ),
        "3\ngone 1\nthe end\ngoodbye\ngone 2\nclosed\ngone 4\n",
    ),
    AsFile(
        "what-is-written-at-the-end",
        ("out = open(1, 'w', closefd=False)\nn = out.write('written\\n')", "import json\n\nprint('the end')"),
        "the end\nwritten\n",
    ),
    # Future imports.
    AsFile(
        "future-function",
        ("from __future__ import annotations", "def scale(x: float) -> None: ...\n\n\nprint(scale.__annotations__)"),
        "{'x': 'float', 'return': 'None'}\n",
    ),
    AsFile(
        "future-class",
        (
            "from __future__ import annotations",
            """
            class Tree:
                def __init__(self) -> None:
                    self.children: list[Tree] = []

                def add(self, child: Tree) -> Tree:
                    self.children.append(child)
                    return self
            """,
            "print(len(Tree().add(Tree()).children), Tree.add.__annotations__)",
            "import typing\n\nprint(typing.get_type_hints(Tree.add)['child'] is Tree)",
        ),
        "1 {'child': 'Tree', 'return': 'Tree'}\nTrue\n",
    ),
    AsFile(
        "future-dataclass",
        (
            (
                '"""About."""\n\n# A comment.\nfrom __future__ import (\n    annotations,\n'
                "    generator_stop,\n)\n\nx: int = 1"
            ),
            (
                "from dataclasses import dataclass, fields\n\n\n@dataclass\nclass Point:\n    x: int\n"
                "    next: Point | None = None"
            ),
            "y: Point = Point(1)\nprint([each.type for each in fields(Point)], __annotations__)",
        ),
        "['int', 'Point | None'] {'x': 'int', 'y': 'Point'}\n",
    ),
    AsFile(
        "future-exec",
        ("from __future__ import annotations", "exec('def f(x: int): ...')\nprint(f.__annotations__)"),
        "{'x': 'int'}\n",
    ),
    AsFile(
        "future-in-words",
        (
            "x = 1",
            "# from __future__ import annotations\ny = 'from __future__ import annotations'\nprint(y)",
            '"""\nfrom __future__ import annotations\n"""\nprint(x)',
            (
                "def f(x: int): ...\n\n\n"
                "print(f.__annotations__, hasattr(__builtins__, 'annotations'), 'annotations' in globals())"
            ),
        ),
        "from __future__ import annotations\n1\n{'x': <class 'int'>} False False\n",
    ),
    # The order of what is printed.
    AsFile(
        "children",
        (
            """
            import os
            import subprocess

            print("one")
            done = subprocess.run(["echo", "two"])
            print("three")
            status = os.system("echo four")
            print("five")
            """,
        ),
        "one\ntwo\nthree\nfour\nfive\n",
    ),
    AsFile(
        "descriptors",
        (
            """
            import os
            import sys

            print("one")
            n = os.write(1, b"two\\n")
            print("three", end="")
            n = sys.stdout.buffer.write(b" four\\n")
            n = os.write(1, b"five, ")
            print("six", file=sys.__stdout__)
            with open(1, "w", closefd=False) as same:
                print("seven", file=same)
            n = sys.stdout.write("eight")
            """,
            "n = os.write(1, b'nine')\nprint(' ten', flush=True)",
        ),
        "one\ntwo\nthree four\nfive, six\nseven\neightnine ten\n",
    ),
    AsFile(
        "started-and-waited-for",
        (
            """
            import subprocess
            import sys

            print("one", end=" ")
            child = subprocess.Popen(["sh", "-c", "read x; echo two"], stdin=subprocess.PIPE)
            print("and", end=" ")
            pair = child.communicate(b"x\\n")
            done = subprocess.run([sys.executable, "-c", "print('three', end='')"])
            print()
            print("four")
            """,
        ),
        "one and two\nthree\nfour\n",
    ),
    AsFile(
        "fork",
        (
            """
            import os

            print("parent")
            if not (child := os.fork()):
                print("child")
                os._exit(0)
            pair = os.waitpid(child, 0)
            """,
            "print('both')",
        ),
        "parent\nchild\nboth\n",
    ),
    AsFile(
        "processes-that-print",
        (
            """
            import multiprocessing as mp

            for word in "one", "two":
                child = mp.Process(target=print, args=(word,))
                child.start()
                child.join()
                print("after", word)
            """,
        ),
        "one\nafter one\ntwo\nafter two\n",
        linux=True,
    ),
    AsFile(
        "threads-that-print",
        (
            """
            import threading

            print("one")
            thread = threading.Thread(target=print, args=("two",))
            thread.start()
            thread.join()
            print("three")
            """,
        ),
        "one\ntwo\nthree\n",
    ),
    AsFile(
        "ends-of-lines",
        (
            "print('a', end='')",
            "print('b', end='')\nprint()\nprint()\nprint('c')",
            "print('\\nd\\n')",
            "print('e', end='')",
        ),
        "ab\n\nc\n\nd\n\ne",
    ),
    AsFile(
        "redirected",
        (
            """
            import contextlib
            import io
            import os
            import sys

            with contextlib.redirect_stdout(io.StringIO()) as kept:
                print("kept")
            print("one", kept.getvalue(), end="")
            held, sys.stdout = sys.stdout, io.StringIO()
            print("held")
            sys.stdout = held
            """,
            """
            saved = os.dup(1)
            file = os.open("file.txt", os.O_WRONLY | os.O_CREAT)
            fd = os.dup2(file, 1)
            print("to the file")
            fd = os.dup2(saved, 1)
            print("two", open("file.txt").read(), end="")
            """,
            "sys.stdout.reconfigure(line_buffering=True)\nprint('three')",
        ),
        "one kept\ntwo to the file\nthree\n",
    ),
    AsFile(
        "logging-to-stdout",
        (
            """
            import logging
            import sys

            logging.basicConfig(stream=sys.stdout, format="%(levelname)s %(message)s", level="INFO")
            print("one")
            logging.info("two")
            print("three")
            """,
        ),
        "one\nINFO two\nthree\n",
    ),
    # What is printed, whatever it holds.
    AsFile(
        "marks",
        (
            "print('<b>&amp;</b> {x} {: .class } `a` ``` ~~~ | c | $5 and $7 \\\\(x\\\\) [a](b) *b* _c_')",
            "print('{python} x', '<!-- claim: x -->', '![a](@figure)')\nprint('    indented\\n\\ttab', 'trailing   ')",
            "print('</pre>', '&#96;', '&', 'naïve 历史 🙂', '\\\\n')",
            "print('\\n'.join(map(str, range(40))))",
        ),
        "<b>&amp;</b> {x} {: .class } `a` ``` ~~~ | c | $5 and $7 \\(x\\) [a](b) *b* _c_\n"
        "{python} x <!-- claim: x --> ![a](@figure)\n    indented\n\ttab trailing   \n"
        "</pre> &#96; & naïve 历史 🙂 \\n\n" + "".join(f"{n}\n" for n in range(40)),
    ),
]

# Cells that end in a value: the page shows it, and the program of the page prints it.
VALUES = [
    AsFile("value", ("x = 2", "x + 1"), "3\n"),
    AsFile("text-value", ("'é' + '<b>'",), "'é<b>'\n"),
    AsFile(
        "values-between-prints", ("print('one')\n1, 2", "import os\nos.write(1, b'two\\n')"), "one\n(1, 2)\ntwo\n4\n"
    ),
    AsFile(
        "value-with-a-future",
        ("from __future__ import annotations\n\n\ndef f(x: int): ...", "f.__annotations__"),
        "{'x': 'int'}\n",
    ),
    AsFile("value-over-lines", ("x = [\n    1,\n]\n(\n    x\n    + [2]\n)",), "[1, 2]\n"),
    AsFile("value-with-a-comment", ("x = 1\nx  # of the first\n# and the last",), "1\n"),
    AsFile("value-of-a-child", ("import subprocess\nsubprocess.run(['echo', 'two']).returncode",), "two\n0\n"),
    AsFile(
        "error-that-must-come",
        ("print('one')", "RAISES ValueError\nprint('two')\nint('a')", "print('three')"),
        "one\ntwo\nValueError: invalid literal for int() with base 10: 'a'\nthree\n",
    ),
    AsFile("value-on-an-open-line", ("print('a', end=' ')\n1 + 1", "print('b', end='')", "'c'"), "a 2\nb'c'\n"),
    AsFile("docstring-alone", ('"""About."""',), "'About.'\n"),
]


def cells(row: AsFile) -> str:
    """A page of the cells of a row; a first line RAISES ERROR is the comment on the line above its cell."""
    blocks = []
    for code in map(plain, row.cells):
        first, _, rest = code.partition("\n")
        raises = first.startswith("RAISES ")
        error = first.removeprefix("RAISES ")
        blocks.append(cell(rest, above=f"<!-- raises: {error} -->") if raises else cell(code))
        ticks = "`" * max([3, *(len(run) + 1 for run in re.findall("`{3,}", code))])
        blocks[-1] = blocks[-1].replace("```python", f"{ticks}python").removesuffix("```") + ticks
    return page("# T", *blocks)


def test_no_row_hides_a_module_by_its_name() -> None:
    """The program of a page has the page's name, and lies where Python looks for modules first: `queue.py` is queue."""
    names = [name for name, *_ in SURROUNDINGS]
    for table in (FILES, VALUES, SAID, DIES, DRAWS, SEEN):
        names += [row.name for row in table]  # type: ignore[attr-defined]
    assert {name.replace("-", "_") for name in names} & {*sys.stdlib_module_names, "numpy", "pandas"} == set()


@pytest.fixture(scope="module")
def as_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Outcome, Callable[[], str]]]:
    """For each row what became of its page, and what its file prints."""
    root = tmp_path_factory.mktemp("files")
    rows = [row for row in FILES + VALUES if LINUX or not row.linux]
    outcomes = apart(root, {row.name: cells(row) for row in rows}, f"{WEAVE} --seconds 100")
    with ThreadPoolExecutor(2) as threads:
        printed = {}
        for row in rows:
            path = root / "bare" / row.name / f"{row.name.replace('-', '_')}.py"
            if row in FILES:
                lay(path.parent, {path.name: "\n\n".join(map(plain, row.cells)) + "\n"})
            elif outcomes[row.name].status == 0:
                lay(path.parent, {path.name: outcomes[row.name].text(f"{program(row.name)}.py")})
            printed[row.name] = threads.submit(run_bare, path)
    return {name: (outcome, printed[name].result) for name, outcome in outcomes.items()}


@pytest.mark.xdist_group("as in a file")
@pytest.mark.parametrize("row", FILES + VALUES, ids=lambda row: row.name)
def test_a_page_shows_what_the_file_of_its_cells_prints(
    row: AsFile, as_files: dict[str, tuple[Outcome, Callable[[], str]]]
) -> None:
    if row.linux and not LINUX:
        pytest.skip("processes are not forked here, so the file itself fails")
    outcome, bare = as_files[row.name]
    blocks = shown(outcome.text(f"{row.name}.md"))
    printed = bare()
    assert printed == row.prints
    assert re.fullmatch(as_a_file(blocks), printed), f"the page shows {blocks}, the file prints {printed!r}"


@pytest.mark.xdist_group("as in a file")
@pytest.mark.parametrize("row", FILES + VALUES, ids=lambda row: row.name)
def test_the_program_of_a_page_prints_what_the_file_of_its_cells_prints(
    row: AsFile, as_files: dict[str, tuple[Outcome, Callable[[], str]]], tmp_path: Path
) -> None:
    if row.linux and not LINUX:
        pytest.skip("processes are not forked here, so the file itself fails")
    outcome, _ = as_files[row.name]
    lay(tmp_path, {PurePosixPath(program(row.name)).name + ".py": outcome.text(f"{program(row.name)}.py")})
    (path,) = tmp_path.iterdir()
    assert run_bare(path) == row.prints


# What a cell says on standard error


@dataclass(frozen=True)
class Said:
    """Some cells, the number of the one that says something on standard error, and parts of what it says."""

    name: str
    cells: tuple[str, ...]
    says: tuple[str, ...]
    number: int = 1
    shows: tuple[str, ...] = ("fine",)


SAID = [
    Said("printed", ("import sys\nprint('disk nearly full', file=sys.stderr)\nprint('fine')",), ("disk nearly full",)),
    Said("no-line-end", ("import sys\nn = sys.stderr.write('halted')\nprint('fine')",), ("halted",)),
    Said("descriptor", ("import os\nn = os.write(2, b'by number\\n')\nprint('fine')",), ("by number",)),
    Said(
        "of-a-child",
        ("import subprocess\nn = subprocess.run(['sh', '-c', 'echo from below >&2'])\nprint('fine')",),
        ("from below",),
    ),
    Said("logged", ("import logging\nlogging.error('disk %s', 'gone')\nprint('fine')",), ("ERROR:root:disk gone",)),
    Said(
        "last-resort",
        ("import logging\nlogging.getLogger('a').warning('odd')\nlogging.info('x')\nprint('fine')",),
        ("odd",),
    ),
    Said("warned", ("import warnings\nwarnings.warn('careful')\nprint('fine')",), ("UserWarning: careful",)),
    Said(
        "deprecated",
        ("import warnings\nwarnings.warn('use g', DeprecationWarning)\nprint('fine')",),
        ("DeprecationWarning: use g",),
    ),
    Said(
        "deprecated-by-another",
        ("x = 1", "import locale\nn = locale.getdefaultlocale()\nprint('fine')"),
        ("DeprecationWarning",),
        number=2,
    ),
    Said("literal", ("x = 1", "n = 1 is 1\nprint('fine')"), ("SyntaxWarning",), number=2),
    Said(
        "tests-that-run",
        (
            (
                "import unittest\n\n\nclass Sums(unittest.TestCase):\n    def test_one(self):\n"
                "        self.assertEqual(1, 1)"
            ),
            "done = unittest.main(argv=['x'], exit=False)\nprint('fine')",
        ),
        ("Ran 1 test", "OK"),
        number=2,
    ),
    Said(
        "dump-of-threads",
        ("import faulthandler\nfaulthandler.dump_traceback()\nprint('fine')",),
        ("most recent call first",),
    ),
    Said(
        "thread",
        ("import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()\nprint('fine')",),
        ("ZeroDivisionError: division by zero",),
    ),
    Said(
        "process",
        (
            """
            import multiprocessing as mp

            def fail():
                return {}["b"]

            child = mp.get_context("fork").Process(target=fail)
            child.start()
            child.join()
            print("fine")
            """,
        ),
        ("KeyError: 'b'",),
    ),
    Said(
        "unraisable",
        ("class A:\n    def __del__(self):\n        raise ValueError('too late')\n\n\na = A()\ndel a\nprint('fine')",),
        ("ValueError: too late",),
    ),
    Said(
        "task",
        (
            """
            import asyncio

            async def fail():
                raise ValueError("nobody waits")

            async def main():
                task = asyncio.create_task(fail())
                await asyncio.sleep(0)

            asyncio.run(main())
            print("fine")
            """,
        ),
        ("ValueError: nobody waits",),
    ),
    Said(
        "caught-exit",
        (
            """
            import argparse

            try:
                argparse.ArgumentParser().parse_args(["--size"])
            except SystemExit:
                print("fine")
            """,
        ),
        ("unrecognized arguments: --size",),
    ),
    Said(
        "traceback-printed",
        ("import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    traceback.print_exc()\nprint('fine')",),
        ("ZeroDivisionError",),
    ),
    Said(
        "before-the-error-that-must-come",
        ("RAISES ValueError\nimport sys\nprint('about to', file=sys.stderr)\nint('a')",),
        ("about to",),
        shows=("ValueError: invalid literal for int() with base 10: 'a'",),
    ),
    Said(
        "at-exit",
        ("import atexit, sys\nn = atexit.register(print, 'left over', file=sys.stderr)\nprint('fine')",),
        ("left over",),
    ),
    Said(
        "let-go-at-the-end",
        ("class A:\n    def __del__(self):\n        raise ValueError('at last')", "a = A()\nprint('fine')"),
        ("ValueError: at last",),
        number=2,
    ),
    Said(
        "while-it-ends",
        ("import subprocess, sys\nprint('fine')", "n = subprocess.run(['sh', '-c', 'printf late >&2'])"),
        ("late",),
        number=2,
    ),
]
SILENT = "silent"  # a page beside them that says nothing


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    pages = {row.name: cells(AsFile(row.name, row.cells, "")) for row in SAID}
    return apart(
        tmp_path_factory.mktemp("said"),
        {**pages, SILENT: page("# T", cell("print('fine')"))},
        f"{WEAVE} --no-cache",  # told when they run
    )


@pytest.mark.xdist_group("said")
@pytest.mark.parametrize("row", SAID, ids=lambda row: row.name)
def test_what_a_cell_says_on_standard_error_is_told_to_the_author_and_kept_off_the_page(
    row: Said, said: dict[str, Outcome]
) -> None:
    outcome = said[row.name]
    text = outcome.text(f"{row.name}.md")
    assert shown(text) == list(row.shows)
    note = outcome.about(f"docs/{row.name}.md")
    head, _, below = note.partition("\n")
    told = re.match(r"docs/[\w-]+\.md:(\d+): .*standard error", head)
    assert told, "nothing is told"
    fences = [number for number, line in enumerate(text_of(row).split("\n"), 1) if re.match("`{3,}", line)]
    assert fences[2 * row.number - 2] <= int(told[1]) <= fences[2 * row.number - 1]
    for part in row.says:
        assert part in below
    assert all(line.startswith("  ") for line in below.split("\n") if line)
    assert len(re.findall(r"^\S", note, re.MULTILINE)) == 1
    made = [path for path in contents(outcome.folder) if path.startswith(f"{row.name}/")]
    code = "\n".join(row.cells)
    for part in row.says:
        for name in [f"{row.name}.md", *made] if part not in code else []:
            assert part not in outcome.text(name), name


def text_of(row: Said) -> str:
    return cells(AsFile(row.name, row.cells, ""))


@pytest.mark.xdist_group("said")
def test_of_a_cell_that_says_nothing_on_standard_error_nothing_is_told(said: dict[str, Outcome]) -> None:
    assert shown(said[SILENT].text(f"{SILENT}.md")) == ["fine"]
    assert said[SILENT].about(f"docs/{SILENT}.md") == ""


@dataclass(frozen=True)
class Dies:
    """A cell that fails: its number of lines down to the one that is told (0 is the fence), and what is told below."""

    name: str
    code: str
    line: int
    says: tuple[str, ...]
    not_said: str = ""


DIES = [
    Dies(
        "exits", "import os, sys\nprint('disk check failed', file=sys.stderr)\nos._exit(3)", 0, ("disk check failed",)
    ),
    Dies(
        "exits-by-a-child",
        "import os, subprocess\nn = subprocess.run(['sh', '-c', 'echo the reason >&2'])\nos._exit(3)",
        0,
        ("the reason",),
    ),
    Dies(
        "arguments",
        "import argparse\nparser = argparse.ArgumentParser()\n"
        "a = parser.add_argument('--size')\nparser.parse_args(['--size'])",
        4,
        ("expected one argument", "SystemExit: 2"),
    ),
    Dies("exit-with-words", "import sys\nsys.exit('no data')", 2, ("SystemExit: no data",)),
    Dies(
        "a-thread-and-then-the-end",
        "import os, threading\nt = threading.Thread(target=lambda: {}['b'])\nt.start()\nt.join()\nos._exit(4)",
        0,
        ("KeyError: 'b'",),
    ),
    Dies("aborts", "import faulthandler, os\nfaulthandler.enable()\nos.abort()", 0, ("Fatal Python error: Aborted",)),
    Dies(
        "stopped-by-a-signal",
        "import os, signal, sys\nprint('asked to stop', file=sys.stderr)\n"
        "os.kill(os.getpid(), signal.SIGTERM)\nsignal.pause()",
        0,
        ("asked to stop",),
    ),
    Dies(
        "says-and-raises",
        "import sys\nprint('reading a.csv', file=sys.stderr)\nopen('a.csv')",
        3,
        ("reading a.csv", "FileNotFoundError"),
    ),
    Dies(
        "cause",
        "raise RuntimeError('could not load') from KeyError('b')",
        1,
        ("KeyError: 'b'", "RuntimeError: could not load"),
    ),
    Dies(
        "context",
        "try:\n    {}['b']\nexcept KeyError:\n    int('x')",
        4,
        ("KeyError: 'b'", "ValueError: invalid literal"),
    ),
    Dies(
        "no-context",
        "try:\n    {}['b']\nexcept KeyError:\n    raise ValueError('plain') from None",
        4,
        ("ValueError: plain",),
        not_said="KeyError: 'b'",
    ),
    Dies(
        "cause-of-a-cause",
        "try:\n    raise OSError('first') from TypeError('zeroth')\nexcept OSError as e:\n"
        "    raise RuntimeError('second') from e",
        4,
        ("TypeError: zeroth", "OSError: first", "RuntimeError: second"),
    ),
    Dies(
        "group",
        "raise ExceptionGroup('two', [ValueError('first'), ExceptionGroup('inner', [KeyError('second')])])",
        1,
        ("ValueError: first", "inner", "KeyError: 'second'"),
    ),
    Dies(
        "note",
        "error = ValueError('odd')\nerror.add_note('in row 7')\nraise error",
        3,
        ("ValueError: odd", "in row 7"),
    ),
    Dies("words-over-lines", "raise ValueError('one\\ntwo\\nthree')", 1, ("ValueError: one", "two", "three")),
    Dies(
        "task-group",
        """
        import asyncio

        async def fail():
            raise ValueError("in a task")

        async def main():
            async with asyncio.TaskGroup() as group:
                group.create_task(fail())

        asyncio.run(main())
        """,
        10,
        ("ValueError: in a task",),
    ),
    Dies(
        "pool",
        """
        import multiprocessing as mp

        def fail(x):
            return {}["b"]

        with mp.get_context("fork").Pool(1) as pool:
            pool.map(fail, [1])
        """,
        7,
        ("KeyError: 'b'",),
    ),
    Dies(
        "in-a-module",
        "n = open('mine.py', 'w').write('\\n1 / 0\\n')\nimport mine",
        2,
        ("mine.py", "line 2", "ZeroDivisionError"),
    ),
]


@pytest.fixture(scope="module")
def died(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    pages = {row.name: page("# T", cell(row.code)) for row in DIES}
    return apart(tmp_path_factory.mktemp("died"), pages)


@pytest.mark.xdist_group("died")
@pytest.mark.parametrize("row", DIES, ids=lambda row: row.name)
def test_of_a_cell_that_fails_the_reason_is_told(row: Dies, died: dict[str, Outcome]) -> None:
    outcome = died[row.name]
    assert outcome.status == 1
    head, _, below = outcome.about(f"docs/{row.name}.md").partition("\n")
    assert re.fullmatch(rf"docs/{row.name}\.md:{7 + row.line}: .+ \(.+\).*", head)
    code = [line.strip() for line in row.code.split("\n")]
    told = "\n".join(line for line in below.split("\n") if line.strip().removeprefix("> ").strip() not in code)
    for part in row.says:  # not as a part of the code, which is told too
        assert part in told
    assert not row.not_said or row.not_said not in below
    assert all(line.startswith("  ") for line in below.split("\n") if line)


RAISES = [
    (
        "cause",
        "RuntimeError",
        "raise RuntimeError('could not load') from KeyError('b')",
        ("KeyError: 'b'", "RuntimeError: could not load"),
    ),
    (
        "group",
        "ExceptionGroup",
        "raise ExceptionGroup('two', [ValueError('first'), KeyError('second')])",
        ("ExceptionGroup: two", "ValueError: first", "KeyError: 'second'"),
    ),
    ("no-cause", "ValueError", "raise ValueError('plain') from None", ("ValueError: plain",)),
    (
        "note",
        "ValueError",
        "error = ValueError('odd')\nerror.add_note('in row 7')\nraise error",
        ("ValueError: odd", "in row 7"),
    ),
]


def test_a_page_shows_the_causes_and_members_of_the_error_that_must_come(tmp_path: Path) -> None:
    pages = {name: page("# T", cell(code, f"<!-- raises: {error} -->")) for name, error, code, _ in RAISES}
    outcomes = apart(tmp_path, pages)
    missing = []
    for name, _, _, parts in RAISES:
        text = "\n".join(shown(outcomes[name].text(f"{name}.md")))
        missing += [(name, part, text) for part in parts if part not in text]
    assert missing == []


# Figures


@dataclass(frozen=True)
class Draws:
    """Some cells, and for each the words that stand in its figures, one tuple a figure."""

    name: str
    cells: tuple[str, ...]
    figures: tuple[tuple[tuple[str, ...], ...], ...]
    absent: tuple[tuple[int, str], ...] = ()  # words that a figure, by its number on the page, must not have


PLT = "import matplotlib.pyplot as plt\n"
DRAWS = [
    Draws(
        "shown-twice",
        (f"{PLT}n = plt.plot([1, 2])\nn = plt.title('rising')\nplt.show()\nn = plt.plot([2, 1])\nplt.show()",),
        ((("rising",), ()),),
        absent=((2, "rising"),),
    ),
    Draws(
        "shown-in-a-loop",
        (
            (
                f"{PLT}for word in 'first', 'second', 'third':\n    n = plt.plot([1, 2])\n"
                f"    n = plt.title(word)\n    plt.show()"
            ),
        ),
        ((("first",), ("second",), ("third",)),),
        absent=((2, "first"), (3, "second")),
    ),
    Draws("shown-once", (f"{PLT}n = plt.plot([1, 2])\nn = plt.title('once')\nplt.show()", "x = 1"), ((("once",),), ())),
    Draws("not-shown", (f"{PLT}n = plt.plot([1, 2])\nn = plt.title('left open')",), ((("left open",),),)),
    Draws(
        "shown-and-then-left-open",
        (f"{PLT}n = plt.title('first')\nplt.show()\nn = plt.plot([2, 1])\nn = plt.title('second')",),
        ((("first",), ("second",)),),
    ),
    Draws(
        "two-open-and-one-show",
        (f"{PLT}for word in 'first', 'second':\n    n = plt.figure()\n    n = plt.title(word)\nplt.show()",),
        ((("first",), ("second",)),),
    ),
    Draws("nothing-to-show", (f"{PLT}plt.show()", "plt.show()\nn = plt.title('now')"), ((), (("now",),))),
    Draws(
        "by-its-name-in-a-later-cell",
        (f"{PLT}fig, ax = plt.subplots()\nn = ax.set_title('again')\nplt.show()", "n = ax.set_xlabel('more')", "fig"),
        ((("again",),), (), (("again", "more"),)),
        absent=((1, "more"),),
    ),
    Draws(
        "by-its-name-in-the-same-cell",
        (f"{PLT}fig, ax = plt.subplots()\nn = ax.set_title('same')\nfig",),
        ((("same",),),),
    ),
    Draws(
        "by-its-own-show",
        (
            f"{PLT}fig, ax = plt.subplots()\nn = ax.set_title('mine')\nfig.show()",
            "n = ax.set_title('later')\nfig.show()",
        ),
        ((("mine",),), (("later",),)),
        absent=((2, "mine"),),
    ),
    Draws(
        "made-without-pyplot",
        ("from matplotlib.figure import Figure\n\nfig = Figure()\nn = fig.subplots().set_title('by hand')\nfig",),
        ((("by hand",),),),
    ),
    Draws(
        "closed",
        (
            f"{PLT}fig = plt.figure()\nn = plt.title('gone')\nplt.close(fig)",
            "n = plt.plot([1, 2])\nplt.close()\nn = plt.plot([1, 2])\nplt.close('all')",
            "n = plt.title('stays')",
        ),
        ((), (), (("stays",),)),
        absent=((1, "gone"),),
    ),
    Draws(
        "saved-and-closed",
        (f"{PLT}n = plt.plot([1, 2])\nplt.savefig('line.png')\nplt.close()\nimport os\nprint(os.listdir())",),
        ((),),
    ),
    Draws(
        "saved-and-shown",
        (f"{PLT}n = plt.plot([1, 2])\nn = plt.title('both')\nplt.savefig('line.svg')\nplt.show()",),
        ((("both",),),),
    ),
    Draws(
        "an-agg-of-its-own",
        (
            "import matplotlib\nmatplotlib.use('agg')\n"
            + PLT
            + "n = plt.title('agg')\nplt.show()\nn = plt.title('more')",
        ),
        ((("agg",), ("more",)),),
    ),
    Draws(
        "cleared-and-drawn-again",
        (f"{PLT}n = plt.title('before')\nplt.clf()\nn = plt.title('after')\nplt.show()",),
        ((("after",),),),
        absent=((1, "before"),),
    ),
    Draws(
        "inside-a-function",
        (f"{PLT}\n\ndef draw(word):\n    n = plt.title(word)\n    plt.show()", "draw('first')\ndraw('second')"),
        ((), (("first",), ("second",))),
    ),
    Draws(
        "before-the-error-that-must-come",
        (f"RAISES ValueError\n{PLT}n = plt.title('kept')\nplt.show()\nint('a')",),
        ((("kept",),),),
    ),
    Draws(
        "by-pandas",
        (
            (
                f"import pandas as pd\n{PLT}n = pd.Series([1, 2]).plot(title='first')\nplt.show()\n"
                f"n = pd.Series([1]).plot(title='second')"
            ),
        ),
        ((("first",), ("second",)),),
        absent=((2, "first"),),
    ),
]


def drawn(row: Draws) -> str:
    """The page of a row, with an image below each cell for each of its figures."""
    blocks = []
    for code, figures in zip(row.cells, row.figures, strict=True):
        first, _, rest = plain(code).partition("\n")
        raises = first.startswith("RAISES ")
        blocks.append(cell(rest, f"<!-- raises: {first[7:]} -->") if raises else cell(code))
        blocks += [PICTURE] * len(figures)
    return page("# T", *blocks)


@pytest.fixture(scope="module")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return apart(tmp_path_factory.mktemp("drawn"), {row.name: drawn(row) for row in DRAWS})


@pytest.mark.xdist_group("drawn")
@pytest.mark.parametrize("row", DRAWS, ids=lambda row: row.name)
def test_each_show_gives_a_figure_where_it_stands(row: Draws, drawings: dict[str, Outcome]) -> None:
    outcome = drawings[row.name]
    text = outcome.text(f"{row.name}.md")
    figures = [figure for cell_ in row.figures for figure in cell_]
    made = sorted(path.name for path in (outcome.folder / row.name).glob("figure-*.svg"))
    assert len(made) == 2 * len(figures)
    for number, said in enumerate(figures, 1):
        for end in ("", "-dark"):
            drawing = outcome.text(f"{row.name}/figure-{number}{end}.svg")
            assert [word for word in said if word not in drawing] == []
            assert [word for which, word in row.absent if which == number and word in drawing] == []
        assert f"{row.name}/figure-{number}.svg" in text


BAD_LABELS = [
    ("title", f"{PLT}x = 1\nn = plt.title(r'$\\frac{{$')\ny = 2", 3),
    ("label", f"{PLT}n = plt.plot([1, 2])\nn = plt.xlabel('fine $x$')\nn = plt.ylabel(r'$\\frac{{$')\nplt.show()", 4),
    ("text", f"{PLT}n = plt.text(0, 0, r'$\\frac{{$')\nn = plt.plot([1, 2])", 2),
    ("legend", f"{PLT}n = plt.plot([1, 2], label=r'$\\frac{{$')\nn = plt.legend()\nn = plt.title('fine')", 2),
    (
        "axes",
        (
            f"{PLT}fig, ax = plt.subplots()\nn = ax.set(\n    title='fine',\n"
            f"    xlabel=r'$\\frac{{$',\n)\nn = ax.plot([1])"
        ),
        5,
    ),
]


def test_a_label_that_cannot_be_drawn_is_told_at_its_line(tmp_path: Path) -> None:
    outcomes = apart(tmp_path, {name: page("# T", cell(code), PICTURE) for name, code, _ in BAD_LABELS})
    wrong = []
    for name, _, line in BAD_LABELS:
        told = outcomes[name].about(f"docs/{name}.md")
        near = range(line - 2 * (name == "axes"), line + 1)  # Python tells the statement's or the argument's line
        if not any(re.match(rf"docs/{name}\.md:{7 + each}: .*ValueError", told) for each in near):
            wrong.append((name, 7 + line, told.partition("\n")[0]))
    assert wrong == []


def test_a_label_of_a_snippet_that_cannot_be_drawn_is_told_at_its_line_there(tmp_path: Path) -> None:
    code = f"# --8<-- [start:draw]\n{PLT}n = plt.title(r'$\\frac{{$')\n# --8<-- [end:draw]\n"
    lay(tmp_path, {"snippets/a.py": code, "docs/page.md": page("# T", cell('--8<-- "a.py:draw"'), PICTURE)})
    done = call(tmp_path, WEAVE)
    assert (done.returncode, done.stderr.partition(" ")[0]) == (1, "snippets/a.py:3:"), done.stderr


# Names of pages

NAMES = [
    *(
        "plain",
        "templates",
        "two words",
        "naïve",
        "nai\u0308ve",
        "a&b",
        "a+b",
        "f(x)",
        "100%",
        "a;b",
        "历史",
        "🙂",
        "c#",
        "what?",
    ),
    *(
        "it's",
        "[x]",
        "a=b",
        "a,b",
        "a@b",
        "~tilde",
        "$x$",
        "v1.10",
        "_x_",
        "*y*",
        "%20",
        "a--b",
        "x!",
        "{x}",
        "<b>",
        "`z`",
    ),
    *("Straße", "עברית", "a\u00a0b", '"said"', "a|b", "^2"),
]
DRAW = cell(f"{PLT}n = plt.plot([1, 2])\nprint('drawn')")


def chapter(number: int) -> str:
    """A page with a figure, a download, and a link to the next."""
    following = NAMES[(number + 1) % len(NAMES)]
    return page(
        f"# Chapter {number}",
        DRAW,
        PICTURE,
        cell("n = open('made.csv', 'w').write('1')"),
        f"[made.csv](@file/made.csv), [next]({quote(following)}.md), [in](deep/{quote(following)}.md).",
    )


def link_targets(text: str) -> list[str]:
    """What the links and images of a Markdown text lead to, as a CommonMark parser reads them."""
    tokens = MarkdownIt("commonmark").parse(re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL))
    spans = [child for token in tokens for child in token.children or ()]
    return [str(span.attrs.get("href") or span.attrs.get("src")) for span in spans if span.attrs]


def chapters() -> dict[str, str]:
    pages = {name: chapter(number) for number, name in enumerate(NAMES)}
    return pages | {f"deep/{name}": text.replace("](deep/", "](../") for name, text in pages.items()}


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return apart(tmp_path_factory.mktemp("named"), chapters())


@pytest.mark.xdist_group("named")
@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_a_woven_page_of_any_name_is_right(name: str, named: dict[str, Outcome]) -> None:
    for page_ in (name, f"deep/{name}"):
        outcome = named[page_]
        text = outcome.text(f"{page_}.md")
        assert shown(text) == ["drawn"]
        folder = PurePosixPath(page_).parent
        found = [os.path.normpath(folder / unquote(urlsplit(target).path)) for target in link_targets(text)]
        made = {f"{page_}/{each}" for each in ("figure-1.svg", "figure-1-dark.svg", "made.csv")}
        made |= {f"{program(page_)}.{end}" for end in ("py", "ipynb")}
        assert made <= set(found)
        assert [path for path in found if not (outcome.folder / path).is_file()] == []


@pytest.fixture(scope="module", params=["true", "false"])
def named_site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[bool, dict[str, Outcome]]:
    site = SITE.replace("use_directory_urls: false", f"use_directory_urls: {request.param}")
    beside = {"mkdocs.yml": site.replace("{name: material, font: false}", "mkdocs"), "docs/index.md": page("# Home")}
    return request.param == "true", apart(tmp_path_factory.mktemp("site"), chapters(), BUILD, "site", beside)


@pytest.mark.xdist_group("named")
@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_a_page_of_any_name_is_right_under_mkdocs(
    name: str, named_site: tuple[bool, dict[str, Outcome]]
) -> None:
    folders, outcomes = named_site
    for page_ in (name, f"deep/{name}"):
        outcome = outcomes[page_]
        file = f"{page_}/index.html" if folders else f"{page_}.html"
        soup = BeautifulSoup(outcome.text(file), "html.parser")
        body = soup.find(class_="col-md-9")
        assert isinstance(body, Tag)
        assert "WARNING" not in outcome.stderr
        assert "contains" not in outcome.stderr  # a broken link is told as INFO, if it is told at all
        targets = [str(each.get("href") or each.get("src")) for each in body.find_all(["a", "img"])]
        assert len([target for target in targets if "figure-1" in target]) == 2
        leads = [urlsplit(target) for target in targets]
        broken = []
        for lead in leads:
            path = Path(os.path.normpath((outcome.folder / file).parent / unquote(lead.path)))
            path = path / "index.html" if lead.path.endswith("/") else path
            if not lead.scheme and lead.path and not path.is_file():
                broken.append(lead.geturl())
        assert broken == []
        for image in body.find_all("img"):
            assert {"width", "height"} <= set(image.attrs)


# Folders and files beside the lessons


def woven_or_refused(root: Path, woven: str, refused: str) -> None:
    """A page is woven, with its output; or the build tells that it will not, at the file or folder that is refused."""
    done = call(root, WEAVE)
    if done.returncode == 0:
        assert shown((root / "out" / woven).read_text(encoding="utf-8")) == ["ran"]
    else:
        assert done.returncode == 1
        assert re.search(rf"^docs/{re.escape(refused)}[^:\n]*:\d+: .+ \(.+\)", done.stderr, re.MULTILINE), done.stderr


RAN = page("# T", cell("print('ran')"))


@pytest.mark.parametrize(
    ("files", "woven", "refused"),
    [
        ({"shared/page.md": RAN, "docs/index.md": RAN, "docs/shared": Link("../shared")}, "shared/page.md", "shared"),
        ({"docs/index.md": RAN, "docs/loop": Link(".")}, "index.md", "loop"),
        ({"docs/deep/page.md": RAN, "docs/deep/up": Link("../../docs")}, "deep/page.md", "deep/up"),
        ({"shared/page.md": RAN, "docs/linked.md": Link("../shared/page.md")}, "linked.md", "linked.md"),
        ({"docs/index.md": RAN, "docs/gone.md": Link("none.md")}, "index.md", "gone.md"),
        *(
            ({f"docs/extra{end}": RAN}, f"extra{end}", f"extra{end}")
            for end in (".markdown", ".mdown", ".mkd", ".mkdn")
        ),
    ],
    ids=[
        "a linked folder",
        "a link to itself",
        "a link up",
        "a linked page",
        "a dangling page",
        "markdown",
        "mdown",
        "mkd",
        "mkdn",
    ],
)
def test_a_page_that_a_generator_would_publish_runs_or_is_refused(
    files: Files, woven: str, refused: str, tmp_path: Path
) -> None:
    lay(tmp_path, files)
    woven_or_refused(tmp_path, woven, refused)


@pytest.mark.parametrize(
    "beside",
    [
        {"docs/.#index.md": Link("me@here.1234:1")},
        {"docs/.#style.css": Link("me@here.1234:1")},
        {"docs/deep/.#page.md": Link("me@here.1234:1")},
        {"snippets/.#one.py": Link("me@here.1234:1")},
        {"docs/.index.md.swp": b"b0VIM 9.0\x00\xff"},
        {"snippets/.one.py.swp": b"b0VIM 9.0\x00\xff"},
        {"docs/index.md~": "an older text, without front matter\n"},
        {"docs/#index.md#": "a text that is not saved yet\n"},
        {"snippets/one.py~": "x = (\n"},
        {"docs/.DS_Store": b"\x00\x00\x00\x01Bud1\xff"},
        {"docs/.~lock.sheet.xlsx#": ",me,here,;"},
        {"docs/.git/config.md": "no page\n"},
        {"docs/.ipynb_checkpoints/a.md": "no page\n"},
    ],
    ids=lambda beside: next(iter(beside)).replace("/", ":"),
)
@pytest.mark.parametrize("command", [CHECK, WEAVE], ids=["check", "weave"])
def test_what_an_editor_or_a_system_leaves_is_ignored(command: str, beside: Files, tmp_path: Path) -> None:
    text = page("# T", cell('--8<-- "one.py"'))
    lay(
        tmp_path,
        {
            "docs/index.md": text,
            "snippets/one.py": '"""About."""\nprint("ran")\n',
            "docs/style.css": "a {}\n",
            **beside,
        },
    )
    done = call(tmp_path, command)
    assert (done.returncode, done.stderr) == (0, "")
    if command == WEAVE:
        files = contents(tmp_path / "out")
        assert shown(files["index.md"].decode()) == ["ran"]
        assert {name for name in files if name.endswith(".md") or ("#" in name and "~" not in name)} <= {
            "index.md",
            "#index.md#",
        }


INDENTED = [
    ("below-a-heading", ("# T", "    print(1)"), 7),
    ("by-a-tab", ("# T", "\tprint(1)"), 7),
    ("below-a-paragraph", ("# T", "Text.", "    print(1)\n    print(2)"), 9),
    ("of-five-spaces", ("# T", "Text.", "     print(1)"), 9),
    ("in-a-quotation", ("# T", ">     print(1)"), 7),
    ("in-a-list", ("# T", "- one", "        print(1)"), 9),
    ("below-a-list", ("# T", "- one", "Text.", "    print(1)"), 11),
    ("below-a-cell", ("# T", ONE, "    print(1)"), 11),
    ("at-the-top", ("    print(1)",), 5),
]
NOT_CODE = [
    ("a-list-goes-on", ("- one", "    still one", "    and still\n- two")),
    ("a-numbered-list-goes-on", ("1. one", "    still one", "2. two")),
    ("a-list-in-a-list", ("- one\n    - inner\n        - innermost\n\n    still one",)),
    ("a-paragraph-goes-on", ("one\n    two\n\tthree",)),
    ("in-a-shown-fence", ("<!-- shown: a listing -->\n```text\na\n\n    b\n```",)),
    ("in-a-cell", (cell("if True:\n    x = 1\n\n    y = 2"),)),
    ("in-a-comment", ("<!-- a\n\n    b\n-->",)),
    ("in-an-output", (cell("print('a\\n\\n    b')"),)),
    ("spaces-alone", ("one", "    ", "two")),
    (
        "a-list-after-a-paragraph",
        (
            "one",
            "* two\n\n    three\n\n    four",
        ),
    ),
    ("a-definition", ("one\n:   two\n\n    three",)),
]


def test_code_by_indentation_is_refused_at_its_line_and_what_only_looks_like_it_is_not(tmp_path: Path) -> None:
    pages = {f"docs/{name}.md": page(*blocks) for name, blocks, _ in INDENTED}
    lay(tmp_path / "refused", pages)
    done = call(tmp_path / "refused", CHECK)
    told = dict(re.findall(r"^docs/([\w-]+)\.md:(\d+): .+ \(.+\)$", done.stderr, re.MULTILINE)[::-1])
    assert {name: told.get(name) for name, _, _ in INDENTED} == {name: str(line) for name, _, line in INDENTED}
    lay(tmp_path / "fine", {f"docs/{name}.md": page("# T", *blocks) for name, blocks in NOT_CODE})
    done = call(tmp_path / "fine", CHECK)
    assert (done.returncode, done.stderr) == (0, "")


def test_pages_that_mkdocs_leaves_out_are_left_out(tmp_path: Path) -> None:
    site = (
        SITE.replace("{name: material, font: false}", "mkdocs")
        + "exclude_docs: |\n  drafts/\n  README.md\n  *.tmp\n  !drafts/keep.md\n  !.well-known\n"
    )
    site += "draft_docs: |\n  later.md\nrepo_url: https://example.org/\nedit_uri: edit/\n"
    lay(
        tmp_path,
        {
            "mkdocs.yml": site,
            "docs/index.md": RAN,
            "docs/README.md": "no page\n",
            "docs/drafts/wip.md": page(cell("1 / 0")),
            "docs/drafts/keep.md": f"{RAN}\nIt is `{{python}} 1 + 1`.\n",
            "docs/deep/README.md": "no page\n",
            "docs/later.md": "no page yet\n",
            "docs/.well-known/security.txt": "mine\n",
            "docs/a.tmp": "left out\n",
            "docs/.hidden/a.md": "no page\n",
        },
    )
    done = call(tmp_path, BUILD)
    assert done.returncode == 0, done.stderr
    site_ = contents(tmp_path / "site")
    pages = {name for name in site_ if name.endswith(".html")} - {"404.html"}
    assert pages == {"index.html", "drafts/keep.html", "drafts/keep/proofs.html"}
    assert shown(site_["drafts/keep.html"].decode()) == ["ran"]
    assert {"drafts/keep/keep.py", "drafts/keep.md", ".well-known/security.txt"} <= {*site_}
    assert not {"a.tmp", "later.md"} & {*site_}
    assert b"/edit/drafts/keep.md" in site_["drafts/keep/proofs.html"]  # a page that nobody wrote is edited there


# The machine that a lesson runs on

SURROUNDINGS = [
    ("zone", "import time\nprint(time.strftime('%H:%M %Z', time.localtime(0)), time.tzname, time.timezone)"),
    (
        "day",
        "import datetime\nprint(datetime.datetime.fromtimestamp(0), datetime.datetime.fromtimestamp(0).astimezone())",
    ),
    (
        "columns",
        "import os, shutil\nprint(shutil.get_terminal_size(), os.environ.get('COLUMNS'), os.environ.get('LINES'))",
    ),
    ("usage", "import argparse\nargparse.ArgumentParser('a', description='word ' * 60).print_help()"),
    ("table", "import pandas as pd\nprint(pd.DataFrame([range(40)]))"),
    ("row-of-numbers", "import numpy as np\nprint(np.arange(60))"),
    ("places", "import locale\nprint(locale.getlocale(), locale.setlocale(locale.LC_ALL, ''), f'{1234.5:n}')"),
    ("words", "import gettext, os\nprint(os.environ.get('LANGUAGE'), os.environ.get('LC_ALL'))"),
    (
        "encoding",
        "import locale, sys\nprint(locale.getpreferredencoding(False), open('a', 'w').encoding, sys.stdout.encoding)",
    ),
    (
        "letters",
        "n = open('naïve.txt', 'w').write('历史')\nimport os\nprint(os.listdir(), open('naïve.txt').read(), 'é')",
    ),
    ("child", "import subprocess\nn = subprocess.run(['date', '-d', '@0', '+%H:%M %Z'])"),
    ("asserts", "try:\n    assert False\nexcept AssertionError:\n    print('held')"),
    ("warned", "import sys, warnings\nprint(sys.warnoptions)\nwarnings.warn('a')\nprint('went on')"),
    ("order", "print({'b', 'a', 'c'}, hash('a'))"),
    ("colour", "import os\nprint(*(os.environ.get(name) for name in ('NO_COLOR', 'FORCE_COLOR', 'TERM')))"),
    ("python", "import sys\nprint(sys.flags.inspect, sys.flags.verbose, sys.flags.dev_mode, sys.flags.utf8_mode)"),
    ("style", "import matplotlib.pyplot as plt\nprint(plt.rcParams['lines.linewidth'], plt.get_backend())"),
    ("threads", "import os\nprint(os.environ.get('OMP_NUM_THREADS'))"),
]
HERE = {"TZ": "UTC", "COLUMNS": "80", "LC_ALL": "C.UTF-8"}
ELSEWHERE = {
    "TZ": "Asia/Tokyo",
    "COLUMNS": "200",
    "LINES": "7",
    "LC_ALL": "C",
    "LANG": "de_DE.ISO-8859-1",
    "LANGUAGE": "de",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONIOENCODING": "latin-1",
    "PYTHONOPTIMIZE": "1",
    "PYTHONWARNINGS": "error",
    "PYTHONHASHSEED": "7",
    "FORCE_COLOR": "1",
    "TERM": "xterm-256color",
    "MPLBACKEND": "svg",
    "OMP_NUM_THREADS": "3",
}


@pytest.fixture(scope="module")
def two_machines(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Outcome]]:
    """The same pages woven here and elsewhere, each time from nothing."""
    pages = {name: page("# T", cell(code)) for name, code in SURROUNDINGS}
    found = []
    for others in (HERE, ELSEWHERE):
        root = tmp_path_factory.mktemp("machine")
        lay(root, {"matplotlibrc": "lines.linewidth: 9\n" if others is ELSEWHERE else "", "snippets": None})
        command = " ".join(["env", *(f"{name}={value}" for name, value in others.items()), sys.executable])
        found.append(apart(root, pages, WEAVE.replace("python", command, 1)))
    return found


@pytest.mark.xdist_group("machines")
@pytest.mark.parametrize("name", [name for name, _ in SURROUNDINGS])
def test_a_page_is_the_same_whoever_runs_the_build(name: str, two_machines: list[dict[str, Outcome]]) -> None:
    here, elsewhere = (outcomes[name].text(f"{name}.md").split("\n") for outcomes in two_machines)
    lines = zip(here, elsewhere, strict=True)
    assert [(a, b) for a, b in lines if a != b and not ("data-record" in a and "data-record" in b)] == []
    assert shown("\n".join(here))


# The key of a run


def lines_in(path: Path) -> int:
    return len(path.read_text().split("\n")) - 1


def counted(root: Path, code: str = "") -> str:
    """A cell that leaves a line in a file each time that it runs."""
    return cell(f"{plain(code)}\nwith open({str(root / 'ran.txt')!r}, 'a') as ran:\n    n = ran.write('ran\\n')")


def test_pages_of_one_name_in_many_folders_run_once(tmp_path: Path) -> None:
    names = [f"part{number}/index" for number in range(8)] + ["fit", "labs/fit", "deep/er/fit"]
    text = "It is `{python} x`."
    pages = {f"docs/{name}.md": page(counted(tmp_path, f"x = {n}"), text) for n, name in enumerate(names)}
    lay(tmp_path, pages)
    for _ in range(3):
        assert call(tmp_path, WEAVE).returncode == 0
    assert lines_in(tmp_path / "ran.txt") == len(names)
    for number, name in enumerate(names):
        assert f'It is <span id="proof-1">{number}</span>.' in (tmp_path / "out" / f"{name}.md").read_text()


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """A Python of its own, with all that this one has and a library that is installed for editing: src/mine/."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True, timeout=LONG)
    (site,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    ours = [path for path in sys.path if path.endswith("site-packages")]
    (site / "ours.pth").write_text("".join(f"{path}\n" for path in ours))
    (site / "mine.pth").write_text(f"{tmp_path / 'src'}\n")
    info = {"METADATA": "Metadata-Version: 2.1\nName: mine\nVersion: 1\n", "INSTALLER": "pip\n", "RECORD": ""}
    lay(site / "mine-1.dist-info", info)
    lay(tmp_path / "src", {"mine/__init__.py": "from mine.deep import two\n\nx = 1\n", "mine/deep.py": "two = 2\n"})
    lay(tmp_path / "src", {"mine/data.txt": "three\n"})
    return tmp_path / "venv" / "bin" / "python"


DEPENDS = [
    ("an editable package", "import mine", "mine.x", {"src/mine/__init__.py": "x = 5\n"}, "5"),
    ("a module of it", "import mine", "mine.two", {"src/mine/deep.py": "two = 5\n"}, "5"),
    (
        "data beside it",
        "import importlib.resources as r\ntext = (r.files('mine') / 'data.txt').read_text()",
        "text",
        {"src/mine/data.txt": "five\n"},
        "five",
    ),
    ("a file by its path", "text = open({data!r}).read()", "text", {"data.txt": "five\n"}, "five"),
    (
        "a file read by numpy",
        "import numpy as np\nx = np.loadtxt({data!r}, dtype=str)",
        "x",
        {"data.txt": "five\n"},
        "five",
    ),
    (
        "a file by pathlib",
        "from pathlib import Path\nb = Path({data!r}).read_bytes()",
        "b",
        {"data.txt": "five\n"},
        "five",
    ),
    (
        "a module that is imported late",
        "def f():\n    import mine\n    return mine.x",
        "f()",
        {"src/mine/__init__.py": "x = 5\n"},
        "5",
    ),
    ("a snippet", None, "held", {"snippets/a.py": "held = 5\n"}, "5"),
]


@pytest.mark.parametrize(
    ("code", "value", "change", "after"), [row[1:] for row in DEPENDS], ids=[row[0] for row in DEPENDS]
)
def test_what_a_run_depended_on_and_has_changed_runs_it_again(
    code: str | None, value: str, change: Files, after: str, tmp_path: Path, python: Path
) -> None:
    lay(tmp_path, {"data.txt": "three\n", "snippets/a.py": "held = 1\n"})
    body = cell('--8<-- "a.py"') if code is None else counted(tmp_path, code.format(data=str(tmp_path / "data.txt")))
    lay(tmp_path, {"docs/page.md": page(body, f"It is `{{python}} {value}`.")})
    weave = WEAVE.replace("python", str(python), 1)
    for _ in range(2):
        done = call(tmp_path, weave)
        assert done.returncode == 0, done.stderr
    before = (tmp_path / "out" / "page.md").read_text()
    if code is not None:
        assert lines_in(tmp_path / "ran.txt") == 1
    lay(tmp_path, change)
    done = call(tmp_path, weave)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "out" / "page.md").read_text()
    assert text != before
    assert after in text.partition("It is ")[2]


# Under MkDocs: what a reader sees


@dataclass(frozen=True)
class Seen:
    """A page, by its blocks or whole, and what holds of the page that MkDocs made of it."""

    name: str
    blocks: tuple[str, ...]
    holds: Callable[[Tag], bool]
    whole: str = ""


def says(*parts: str) -> Callable[[Tag], bool]:
    """The text has these parts as they are, and no formula."""
    return lambda body: all(part in one_line(body) for part in parts) and not body.find(["math", "mjx-container"])


def one_line(body: Tag) -> str:
    return " ".join(body.get_text().split())


def outputs(body: Tag) -> list[str]:
    return [each.get_text() for each in body.find_all("pre", class_="output")]


def alts(body: Tag) -> list[str]:
    return [str(image["alt"]) for image in body.find_all("img")]


def titled(title: str) -> Callable[[Tag], bool]:
    def holds(body: Tag) -> bool:
        top = body.find_parent("html")
        assert isinstance(top, Tag)
        assert top.title
        return top.title.get_text() == f"{title} - Course"

    return holds


def described(text: str) -> Callable[[Tag], bool]:
    def holds(body: Tag) -> bool:
        top = body.find_parent("html")
        assert isinstance(top, Tag)
        meta = top.find("meta", {"name": "description"})
        return isinstance(meta, Tag) and meta["content"] == text

    return holds


def front(title: str = "A page", description: str = "What it is about.", more: str = "", body: str = "# T\n") -> str:
    return f"---\ntitle: {title}\ndescription: {description}\n{more}---\n{body}"


MONEY = cell("low, high, whole, odd = '$5', '$7', 'US$ 1,000', r'\\(x\\) and \\[y\\] and $$z$$'")
DOLLARS = [
    Seen("two-values", (MONEY, "From `{python} low` to `{python} high` each."), says("From $5 to $7 each.")),
    Seen("value-and-text", (MONEY, "From `{python} low` to \\$9."), says("From $5 to $9.")),
    Seen("three-values", (MONEY, "`{python} low`, `{python} whole`, `{python} high`"), says("$5, US$ 1,000, $7")),
    Seen("marks-of-formulas", (MONEY, "It is `{python} odd`."), says("It is \\(x\\) and \\[y\\] and $$z$$.")),
    Seen(
        "in-a-table",
        (MONEY, "| low | high |\n| --- | --- |\n| `{python} low` | `{python} high` |"),
        lambda body: [each.get_text() for each in body.find_all("td")] == ["$5", "$7"] and not body.find("math"),
    ),
    Seen("in-bold", (MONEY, "**`{python} low`** and *`{python} high`*"), says("$5 and $7")),
    Seen("in-a-heading", (MONEY, "## From `{python} low` to `{python} high`"), says("From $5 to $7")),
    Seen("in-an-output", (cell("print('$5 and $7')"), "Text."), says("$5 and $7")),
    Seen("at-the-ends-of-a-line", (MONEY, "`{python} low`\nto\n`{python} high`"), says("$5 to $7")),
    Seen(
        "beside-a-formula",
        (MONEY, "At `{python} low`, $x + 1$ costs `{python} high`."),
        lambda body: [one_line(each) for each in body.find_all("p") if each.find("math")] == ["At $5, x+1 costs $7."],
    ),
]
CURVE = f"{PLT}n = plt.plot([1, 2])"
ALTS = [
    Seen(f"alt-{number}", (cell(CURVE), f"![{written}](@figure)"), lambda body, alt=alt: set(alts(body)) == {alt})  # type: ignore[misc]
    for number, (written, alt) in enumerate(
        [
            ("Values in [0, 1].", "Values in [0, 1]."),
            ("Values in [0, 1) rise.", "Values in [0, 1) rise."),
            ("x[0] and y[1][2] (nested [in [each]]).", "x[0] and y[1][2] (nested [in [each]])."),
            ('"Said", it\'s.', '"Said", it\'s.'),
            ("a < b & c > d", "a < b & c > d"),
            ("x_1 and x_2, a * b * c", "x_1 and x_2, a * b * c"),
            ("From $5 to $7", "From $5 to $7"),
            ("a | pipe, 50% \\_ and #1", "a | pipe, 50% _ and #1"),
            ("A line\nthat goes on", "A line that goes on"),
            ("Naïve 历史 🙂.", "Naïve 历史 🙂."),
        ]
    )
]
HEADINGS = [
    Seen(
        f"heading-{number}",
        (),
        lambda body: has_head(body),
        whole=front(more="related: [index.md]\n", body=body + ONE + "\n"),
    )
    for number, body in enumerate(
        (
            "# T\n\n",
            "T\n=\n\nText.\n\n",
            "T\n===\n\n",
            "Text, and no heading.\n\n",
            "",
            "## Second\n\nText.\n\n",
            "# T #\n\n",
            " # T\n\n",
            "#\tT\n\n",
            "Text.\n\n# T { #t }\n\n",
            "<!-- # no title -->\n\nT\n=\n\n",
            "<!--\n# no title\n-->\n\n# T\n\n",
            "<!-- shown: a listing -->\n```text\n# no title\n```\n\n",
        )
    )
]


def has_head(body: Tag) -> bool:
    """Whether a page has its related pages, its downloads and one heading of the first level."""
    targets = [str(link.get("href")) for link in body.find_all("a")]
    files = [target for target in targets if target.endswith((".py", ".ipynb"))]
    return (
        len(files) == 2 and "index.html" in targets and "Related" in body.get_text() and len(body.find_all("h1")) == 1
    )


AS_WRITTEN = [
    "2024-02-03",
    "1.10",
    "yes",
    "on",
    "0x10",
    "1_000",
    "1e3",
    "12:30:45",
    "007",
    "2024-02-03 10:00:00",
    "No",
    ".5",
]
FRONTS = [
    *(Seen(f"title-{n}", (), titled(each), whole=front(each)) for n, each in enumerate(AS_WRITTEN)),
    *(
        Seen(f"description-{n}", (), described(each), whole=front(description=each))
        for n, each in enumerate(AS_WRITTEN)
    ),
    Seen("title-quoted", (), titled("1.10: it's"), whole=front('"1.10: it\'s"')),
    Seen("title-folded", (), titled("One title"), whole=front(">-\n  One\n  title")),
    Seen("title-with-marks", (), titled("a & b < c"), whole=front("a & b < c")),
    Seen(
        "title-and-cells",
        (),
        lambda body: "1.10" in one_line(body),
        whole=front("1.10", body=f"# T\n\n{ONE}\n\nSee [it](title-1.md).\n\n<!-- record -->\n"),
    ),
]
ROWS = "| n | x |\n| :-: | ---: |\n| a | {} |"
EMBEDS = [
    Seen(
        "shown-file",
        ('<!-- shown: it is a script -->\n```sh\n--8<-- "x.sh"\n```',),
        lambda body: "echo one\n\necho two" in body.get_text() and "8<" not in body.get_text(),
    ),
    Seen(
        "shown-section",
        ('<!-- shown: it is a script -->\n```sh\n# before\n--8<-- "x.sh:two"\n# after\n```',),
        lambda body: "# before\necho two\n# after" in body.get_text() and "echo one" not in body.get_text(),
    ),
    Seen(
        "section-of-a-class",
        (cell('--8<-- "a.py:method"'), cell("print(double(4))")),
        lambda body: "def double(x):\n    if x:\n\n        return 2 * x" in body.get_text() and outputs(body) == ["8"],
    ),
    Seen("section-by-tabs", (cell('--8<-- "a.py:tabs"\nprint(y)'),), lambda body: outputs(body) == ["3"]),
]
SNIPPETS: Files = {
    "snippets/x.sh": "# --8<-- [start:one]\necho one\n# --8<-- [end:one]\n\n# --8<-- [start:two]\n"
    "echo two\n# --8<-- [end:two]\n",
    "snippets/a.py": (
        "class Held:\n    # --8<-- [start:method]\n    def double(x):\n        if x:\n\n            return 2 * x\n"
        "    # --8<-- [end:method]\n\n    def more(self):\n\t# --8<-- [start:tabs]\n\ty = 1\n"
        "\ty += 2\n\t# --8<-- [end:tabs]\n"
    ),
}
FIGURE_IN_A_LIST = "1. One.\n\n    ![A line.](@figure)\n\n    More.\n\n2. Two.\n\nAfter."
OTHERS = [
    Seen("code-behind-money", (), says("At $6 it is $x$ or $5."), front(body="# T\n\nAt $6 it is `$x$` or `$5`.\n")),
    Seen("no-text", (cell("odd = 'a\\ud800b'"), "It is `{python} odd`."), says("It is a\\ud800b.")),
    Seen("mere-comments", ("A <!-- showcase -->, <!-- holder of b --> b <!-- player -->.",), says("A , b .")),
    Seen(
        "figure-in-a-list",
        (cell(CURVE), FIGURE_IN_A_LIST),
        lambda body: (
            [len(each.find_all("li", recursive=False)) for each in body.select("ol")] == [2]
            and not body.select("ol pre")
            and not body.select("ol details")
            and "More." in [each.get_text() for each in body.select("ol p")]
        ),
    ),
]
SEEN = [*OTHERS, *DOLLARS, *ALTS, *HEADINGS, *FRONTS, *EMBEDS]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    pages = {row.name: row.whole or page("# T", *row.blocks) for row in SEEN}
    beside: Files = {"mkdocs.yml": SITE, "docs/index.md": page("# Home"), **SNIPPETS}
    return apart(tmp_path_factory.mktemp("seen"), pages, BUILD, "site", beside)


@pytest.mark.xdist_group("seen")
@pytest.mark.parametrize("row", SEEN, ids=lambda row: row.name)
def test_what_a_reader_sees_is_what_the_author_wrote(row: Seen, seen: dict[str, Outcome]) -> None:
    soup = BeautifulSoup(seen[row.name].text(f"{row.name}.html"), "html.parser")
    body = soup.find("article")
    assert isinstance(body, Tag)
    assert row.holds(body), f"{soup.title}\n{body}"


def test_a_fault_in_a_section_that_was_moved_to_the_margin_is_told_at_its_line(tmp_path: Path) -> None:
    code = "class A:\n    # --8<-- [start:in]\n    x = 1\n    x.y\n    # --8<-- [end:in]\n"
    lay(tmp_path, {"snippets/a.py": code, "docs/page.md": page(cell('--8<-- "a.py:in"'))})
    done = call(tmp_path, WEAVE)
    assert (done.returncode, done.stderr.partition(" ")[0]) == (1, "snippets/a.py:4:"), done.stderr


# In the browser, under the site's own policy


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def window(browser: Browser) -> Iterator[Window]:
    with browser.new_context() as context:
        yield context.new_page()


def aligned(window: Window, site: Path, name: str) -> tuple[list[str], list[str]]:
    """How the cells of a page's tables are aligned, and what the console says meanwhile."""
    said: list[str] = []
    handler = functools.partial(Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        window.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        window.goto(f"http://127.0.0.1:{server.server_port}/{name}")
        sides = window.evaluate(
            "[...document.querySelectorAll('th, td')].map(cell => getComputedStyle(cell).textAlign)"
        )
        server.shutdown()
    return [str(side).removeprefix("-webkit-") for side in sides], [each for each in said if "favicon" not in each]


COLUMNS = "| a | b | c | d |\n| --- | :--- | :-: | ---: |\n| 1 | 2 | 3 | `{python} 2 * x` |"
HTML = (
    '<!doctype html>\n<html>\n<head>\n<title>T</title>\n<link rel="icon" href="data:,">\n'
    "</head>\n<body>\n<table>\n<tr>\n"
    '<td>1</td>\n<td style="text-align: left;">2</td>\n<td style="text-align: center;">3</td>\n'
    '<td style="text-align:right">4</td>\n</tr>\n</table>\n</body>\n</html>\n'
)


def test_columns_are_aligned_in_a_browser_under_the_policy_of_the_site(tmp_path: Path, window: Window) -> None:
    lay(tmp_path, {"mkdocs.yml": SITE, "docs/index.md": page("# T", ONE, COLUMNS)})
    done = call(tmp_path, BUILD)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "style-src 'self'" in text
    sides, said = aligned(window, tmp_path / "site", "index.html")
    assert sides[5:] == ["left", "center", "right"]
    assert sides[4] in ("left", "start")
    assert sides[1:4] == ["left", "center", "right"]
    assert said == []


def test_columns_of_another_generators_pages_are_aligned_once_they_are_finished(tmp_path: Path, window: Window) -> None:
    lay(tmp_path, {"site/index.html": HTML})
    done = call(tmp_path, "python -m coursebuild finish site")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Content-Security-Policy" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    sides, said = aligned(window, tmp_path / "site", "index.html")
    assert sides[1:] == ["left", "center", "right"]
    assert said == []
    once = contents(tmp_path / "site")
    assert call(tmp_path, "python -m coursebuild finish site").returncode == 0
    assert contents(tmp_path / "site") == once


# An author's own files

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"{}><path d="M0 0h400v200z"/></svg>\n'
OWN: Files = {
    "docs/demo.html": "<!DOCTYPE html>\n<html><head><style>a { color: red }</style></head><body>é</body></html>\n",
    "docs/deep/demo.html": "<html><HEAD></HEAD><body onload='x()'></body></html>",
    "docs/google123.html": "google-site-verification: google123.html",
    "docs/old.html": "<html><head><meta charset='latin-1'></head><body>Caf\xe9</body></html>\n".encode("latin-1"),
    "docs/empty.html": "",
    "docs/plain.svg": DRAWING.format(""),
    "docs/wide.svg": DRAWING.format(' viewBox="0 0 400 200"'),
    "docs/sized.svg": DRAWING.format(' width="300" height="150" viewBox="0 0 400 200"'),
    "docs/odd.svg": "no drawing at all\n",
    "docs/picture.svg": DRAWING.format(' viewBox="0 0 400 200"'),
    "docs/data.json": '{"a": 1}',
    "docs/deep/script.js": "let a\r\n",
}
PICTURES = [("plain", None), ("wide", ("400", "200")), ("sized", ("300", "150"))]


def test_an_authors_own_files_are_left_as_they_are_and_drawings_keep_their_size(tmp_path: Path) -> None:
    images = [f"![The {name}.]({name}.svg#only-light)" for name, _ in PICTURES]
    text = page("# T", *images, "![No size.](picture.svg)", "[demo](demo.html)")
    lay(tmp_path, {"mkdocs.yml": SITE, "docs/index.md": text, **OWN})
    done = call(tmp_path, BUILD)
    assert done.returncode == 0, done.stderr
    site = contents(tmp_path / "site")
    for name, content in OWN.items():
        assert isinstance(content, str | bytes)
        assert site[name.removeprefix("docs/")] == (content.encode() if isinstance(content, str) else content), name
    soup = BeautifulSoup(site["index.html"].decode(), "html.parser")
    for name, size in PICTURES:
        image = soup.find("img", {"alt": f"The {name}."})
        assert isinstance(image, Tag)
        assert image["src"] == f"{name}.svg#only-light"
        if size:
            assert (image["width"], image["height"]) == size
    assert "Content-Security-Policy" in site["index.html"].decode()


def test_finish_leaves_the_authors_own_pages_as_they_are(tmp_path: Path) -> None:
    own = {name: content for name, content in OWN.items() if name.endswith(".html")}
    copied = {name.replace("docs/", "site/"): content for name, content in own.items()}
    lay(tmp_path, {**own, **copied, "docs/index.md": page("# T"), "site/index.html": HTML})
    before = contents(tmp_path / "site")
    done = call(tmp_path, "python -m coursebuild finish site --docs docs")
    assert (done.returncode, done.stderr) == (0, "")
    after = contents(tmp_path / "site")
    assert {name for name in after if after[name] != before.get(name)} == {"index.html"}


# MkDocs' other ways to build


def test_a_site_is_deployed(tmp_path: Path) -> None:
    names = ("author", "committer")
    who = {f"GIT_{each.upper()}_{key}": "a@b.c" for each in names for key in ("NAME", "EMAIL")}
    who |= {"HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}
    course = tmp_path / "course"
    lay(course, {"mkdocs.yml": SITE, "docs/index.md": RAN})
    for command in (
        "git init --quiet --bare ../remote.git",
        "git init --quiet .",
        "git remote add origin ../remote.git",
        "git add docs mkdocs.yml",
        "git commit --quiet -m start",
    ):
        assert call(course, command, **who).returncode == 0
    done = call(course, "python -m mkdocs gh-deploy", **who)
    assert done.returncode == 0, done.stderr
    found = call(course, "git --git-dir ../remote.git ls-tree -r --name-only gh-pages", **who).stdout.split("\n")
    assert {"index.html", "index/index.py", "index/index.ipynb"} <= set(found)
    text = call(course, "git --git-dir ../remote.git show gh-pages:index.html", **who).stdout
    assert shown(text) == ["ran"]
    assert "Content-Security-Policy" in text


@pytest.mark.parametrize(
    ("config", "words_", "built"),
    [
        ("mkdocs.yml", "-d public", "public"),
        ("mkdocs.yml", "--site-dir {root}/away/public", "away/public"),
        ("mkdocs.yml", "--use-directory-urls", "site"),
        ("conf/course.yml", "-f conf/course.yml", "conf/site"),
        ("conf/course.yml", "-f {root}/conf/course.yml -d public", "conf/public"),
        ("mkdocs.yml", "--theme readthedocs", "site"),
    ],
)
def test_mkdocs_options_hold(config: str, words_: str, built: str, tmp_path: Path) -> None:
    docs = "docs_dir: ../docs\n" if "/" in config else ""
    site = SITE.replace("theme: {name: material, font: false}", "theme: {name: mkdocs}") + docs
    lay(tmp_path, {config: site, "docs/index.md": RAN, "docs/other.md": RAN, "snippets": None})
    done = call(tmp_path, f"{BUILD} {words_.format(root=tmp_path)}")
    assert done.returncode == 0, done.stderr
    pages = {name for name in contents(tmp_path / built) if name.endswith(".html")} - {"404.html", "search.html"}
    other = "other/index.html" if "urls" in words_ else "other.html"
    assert pages == {"index.html", other}
    text = (tmp_path / built / other).read_text(encoding="utf-8")
    assert shown(text) == ["ran"]
    assert "Content-Security-Policy" in text
    assert {path.name for path in (tmp_path / "docs").iterdir()} == {"index.md", "other.md"}


def test_what_breaks_a_build_ends_it_as_mkdocs_does_and_so_no_server(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Abort):
        CoursePlugin().on_build_error(error=ValueError("no"))
    assert "mkdocs.yml:1: cannot be built: ValueError: no (" in caplog.text


def test_an_icon_that_is_not_there_is_told_at_its_page(tmp_path: Path) -> None:
    odd = front(more="icon: none/odd\n")
    lay(tmp_path, {"mkdocs.yml": f"{SITE}nav: [./index.md, odd.md]\n", "docs/index.md": RAN, "docs/odd.md": odd})
    done = call(tmp_path, BUILD)
    assert done.returncode == 1
    assert "\ndocs/odd.md:1: no template that can be used: .icons/none/odd.svg (" in done.stderr


def test_a_site_that_is_a_link_is_made_where_it_leads(tmp_path: Path) -> None:
    lay(tmp_path, {"mkdocs.yml": SITE, "docs/index.md": RAN, "away": None, "site": Link("away")})
    assert call(tmp_path, BUILD).returncode == 0
    assert (tmp_path / "site").is_symlink()
    assert (tmp_path / "away" / "index.html").is_file()
    assert not (tmp_path / "site.old").is_symlink()


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {"docs/index.md": front(more="template: none.html\n")},
            "docs/index.md:1: no template that can be used: none.html (one that the theme has)",
        ),
        (
            {
                "docs/index.md": RAN,
                "theme/main.html": '{% extends "base.html" %}\n{% block content %}\n{{ a.b }}{% endblock %}',
            },
            "theme/main.html:3: no template that can be used: ",
        ),
        (
            {"docs/a.md": RAN, "docs/a/index.md": RAN},
            "docs/a/index.md:1: goes where a.md goes (a file by another name)",
        ),
        (
            {"docs/a/index.md": RAN, "docs/a/README.md": RAN},
            "docs/a/README.md:1: goes where a/index.md goes (a file by another name)",
        ),
        (
            {"docs/index.md": RAN, "docs/index.html.md": RAN},
            "docs/index.md:1: goes where index.html.md goes (a file by another name)",
        ),
        (
            {"docs/LICENSE.md": RAN, "docs/LICENSE": "free\n"},
            "docs/LICENSE:1: stands where LICENSE/LICENSE.ipynb goes (a file by another name)",
        ),
        (
            {"docs/index.md": RAN, "theme/main.html": "<p>{{ page.content }}"},
            "site/index.html:1: has no <head> for its policy (a whole HTML page)",
        ),
        ({"docs/index.md": RAN, "docs/odd.md": front(more="template: 5\n")}, "docs/odd.md:1: cannot be built: "),
        (
            {
                "docs/index.md": RAN,
                "theme/hook.py": "def on_page_markdown(markdown, **others):\n    open('none.txt')\n",
            },
            "theme/hook.py:2: cannot be built: FileNotFoundError: ",
        ),
        (
            {"docs/index.md": RAN, "snippets/data.txt": "mine\n", "theme/site": "snippets"},
            "snippets:1: holds the course's own files (name a folder apart from them)",
        ),
        ({"docs/index.md": RAN, "site": "mine\n"}, "site:1: is a file (name a folder, which is replaced)"),
    ],
    ids=[
        "no such template",
        "a template that fails",
        "two pages for one place",
        "two pages for one index",
        "a folder for a page",
        "a folder for a file",
        "a theme without a head",
        "front matter that is no template",
        "a hook that fails",
        "a site in place of the snippets",
        "a site in place of a file",
    ],
)
def test_what_mkdocs_cannot_use_is_told_at_its_place(files: Files, told: str, tmp_path: Path) -> None:
    site = SITE.replace("{name: material, font: false}", "{name: mkdocs, custom_dir: theme}")
    site += "hooks: [theme/hook.py]\n" * ("theme/hook.py" in files)
    site += "site_dir: snippets\n" * ("theme/site" in files)
    lay(tmp_path, {"theme": None, "mkdocs.yml": site.replace("urls: false", "urls: true"), **files})
    before = contents(tmp_path)
    done = call(tmp_path, BUILD)
    assert done.returncode == 1
    assert before.items() <= contents(tmp_path).items()
    assert [line for line in done.stderr.split("\n") if line.startswith(told)]
    assert "Traceback" not in done.stderr


# A machine that is short of something and still enough


def test_without_a_place_for_the_cache_a_page_is_woven_all_the_same_or_it_is_told(tmp_path: Path) -> None:
    lay(tmp_path, {"docs/page.md": RAN, ".cache": "a file where the folder should be\n"})
    done = call(tmp_path, WEAVE)
    if done.returncode == 0:
        assert shown((tmp_path / "out" / "page.md").read_text(encoding="utf-8")) == ["ran"]
    else:
        assert re.fullmatch(r"[^\s:][^:\n]*:1: .+ \(.+\)\n", done.stderr), done.stderr
    assert (tmp_path / ".cache").read_text() == "a file where the folder should be\n"


def test_single_lessons_and_shards_fill_what_a_weave_then_takes(tmp_path: Path) -> None:
    names = ["a", "b", "deep/c", "d", "e"]
    lay(tmp_path, {f"docs/{name}.md": page(counted(tmp_path, f"x = '{name}'"), "`{python} x`") for name in names})
    ran = tmp_path / "ran.txt"
    assert call(tmp_path, "python -m coursebuild run docs/a.md docs/deep/c.md").returncode == 0
    assert lines_in(ran) == 2
    for number in (1, 2, 3):
        done = call(tmp_path, f"python -m coursebuild run --shard {number}/3")
        assert done.returncode == 0, done.stderr
    assert lines_in(ran) == len(names)
    assert call(tmp_path, WEAVE).returncode == 0
    assert lines_in(ran) == len(names)
    assert call(tmp_path, f"{WEAVE} --no-cache").returncode == 0
    assert lines_in(ran) == 2 * len(names)
    assert call(tmp_path, "python -m coursebuild weave docs/deep/c.md --to one").returncode == 0
    assert {name for name in contents(tmp_path / "one") if name.endswith(".md")} <= {"deep/c.md", "deep/c/proofs.md"}
