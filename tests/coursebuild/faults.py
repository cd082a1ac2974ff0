"""What can be wrong with a course, and what its maintainer is told: data, which a test holds and a page can list.

Each fault is a small project and a command. The command must end with `status`, tell `told`, and leave the folder that
it would have replaced byte for byte as it was.
"""

import os
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Link:
    """A symbolic link, by what it names."""

    target: str


Files = Mapping[str, str | bytes | Link | None]  # by path; None is an empty folder


@dataclass(frozen=True)
class Fault:
    """One fault. `told` are `path:line: part of what is said`, in order; `says` are other parts of standard error.

    Without a path any will do; a line is a pattern, such as (5|11).

    `before` are files that stand when the command is run for a first time, in which all is right. `disk` is what is
    wrong with the folder `disk`, which then holds what the command would replace.
    """

    title: str
    files: Files
    command: str
    told: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    status: int = 1
    before: Files = field(default_factory=dict)
    disk: Literal["", "full", "read-only"] = ""


ROOT = Path(__file__).parents[2]
LONG = 1800  # seconds that no machine takes, however busy it is
HEAD = "---\ntitle: A page\ndescription: What it is about.\n---\n"  # so that a page's text begins on line 5
CHECK = "python -m coursebuild check docs"
RUN = "python -m coursebuild run docs"
WEAVE = "python -m coursebuild weave docs --to out"
BUILD = "python -m mkdocs build"
SITE = """\
site_name: Course
use_directory_urls: false
strict: true
theme: {name: material, font: false}
plugins: [search, coursebuild]
markdown_extensions: [attr_list, md_in_html, tables, pymdownx.superfences, {pymdownx.arithmatex: {generic: true}}]
"""


def lay(root: Path, files: Files) -> None:
    """Write the files of a project."""
    for name, content in files.items():
        path = root / name
        if content is None:
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Link):
            path.symlink_to(content.target)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)


def words(command: str) -> list[str]:
    """A command as it is typed, with this Python."""
    first, *others = shlex.split(command)
    return [{"python": sys.executable}.get(first, first), *others]


def environment(**others: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1", **others}


def call(root: Path, command: str, **others: str) -> "subprocess.CompletedProcess[str]":
    """Type a command in a folder; `others` are set in its environment."""
    return subprocess.run(
        words(command),
        cwd=root,
        env=environment(**others),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=LONG,
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, byte for byte."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def page(*blocks: str) -> str:
    """A page's text: a paragraph or a fence each. The first begins on line 5."""
    return HEAD + "\n\n".join(blocks) + "\n"


def cell(code: str, above: str = "") -> str:
    """A cell, whose code may be indented as it suits the table; `above` is the comment on the line above it."""
    return f"{above}\n```python\n{plain(code)}\n```".lstrip("\n")


def plain(code: str) -> str:
    return textwrap.dedent(code).strip("\n")


def lesson(*blocks: str) -> Files:
    return {"docs/page.md": page(*blocks)}


def snippet(text: str, embed: str = "data.py") -> Files:
    return {"snippets/data.py": text, **lesson(cell(f'--8<-- "{embed}"'))}


ONE = cell("x = 1")

TEXTS = [
    Fault("A page without front matter", {"docs/page.md": "# A page\n"}, CHECK, ("docs/page.md:1: no front matter",)),
    Fault("An empty page", {"docs/page.md": ""}, CHECK, ("docs/page.md:1: no front matter",)),
    Fault(
        "Front matter that does not end",
        {"docs/page.md": "---\ntitle: A page\n"},
        CHECK,
        ("docs/page.md:1: no front matter",),
    ),
    Fault(
        "Front matter that is not YAML",
        {"docs/page.md": "---\ntitle: A page\ndescription: [\n---\n"},
        CHECK,
        ("docs/page.md:3: not YAML",),
    ),
    Fault("A page without a title", {"docs/page.md": "---\ndescription: B\n---\n"}, CHECK, ("docs/page.md:1: title",)),
    Fault(
        "A page without a description",
        {"docs/page.md": "---\ntitle: A page\n---\n"},
        CHECK,
        ("docs/page.md:1: description",),
    ),
    Fault(
        "A related page that is not there",
        {"docs/page.md": "---\ntitle: A page\ndescription: B\nrelated: [none.md]\n---\n# T\n"},
        CHECK,
        ("docs/page.md:1: none.md",),
    ),
    Fault(
        "A page where the proofs of another go",
        {**lesson("```python\nx = 1\n```", "`{python} x`"), "docs/page/proofs.md": f"{HEAD}# T\n"},
        CHECK,
        ("docs/page/proofs.md:1: another name",),
    ),
    Fault(
        "A page where the trace of another goes",
        {**lesson("```python\nx = 1\n```"), "docs/page/trace.md": f"{HEAD}# T\n"},
        CHECK,
        ("docs/page/trace.md:1: another name",),
    ),
    Fault("A page that is not UTF-8", {"docs/page.md": b"---\ntitle: Caf\xe9\n"}, CHECK, ("docs/page.md:2: UTF-8",)),
    Fault("A control character", lesson("A bell: \x07"), CHECK, ("docs/page.md:5: control character",)),
    Fault("A fence that has no end", lesson("# T", "```python\nx = 1"), CHECK, ("docs/page.md:7: no end",)),
    Fault(
        "A fence that another line may end",
        lesson("```python\nx = 1\n ```\n```"),
        CHECK,
        ("docs/page.md:7: line 5",),
    ),
    Fault("A cell by another name: ```py", lesson("```py\nx = 1\n```"), CHECK, ("docs/page.md:5: ```py",)),
    Fault("A cell in tildes", lesson("~~~python\nx = 1\n~~~"), CHECK, ("docs/page.md:5: ~~~python",)),
    Fault(
        "A cell with options behind its language",
        lesson('```python title="fit.py"\nx = 1\n```'),
        CHECK,
        ("docs/page.md:5: looks like a cell",),
    ),
    Fault("A fence that is indented", lesson("- ```python\n```"), CHECK, ("docs/page.md:5: indented",)),
    Fault("A fence that is quoted", lesson("> ```python\n```"), CHECK, ("docs/page.md:5: quoted",)),
    Fault("A fence in raw HTML", lesson(f"<div>\n{ONE}\n</div>"), CHECK, ("docs/page.md:6: a fence in raw HTML",)),
    Fault("Code indented by four spaces", lesson("# T", "    x = 1"), CHECK, ("docs/page.md:7: ",)),
    Fault("A script in a page", lesson("<script>\nx\n</script>"), CHECK, ("docs/page.md:5: raw HTML",)),
    Fault(
        "A page of others in a page",
        lesson('<iframe src="https://example.org"></iframe>'),
        CHECK,
        ("docs/page.md:5: iframe",),
    ),
    Fault("A script on an element", lesson('Press <b onclick="go()">here</b>.'), CHECK, ("docs/page.md:5: onclick",)),
    Fault("A style on an element", lesson('It is <b style="color: red">red</b>.'), CHECK, ("docs/page.md:5: style",)),
    Fault("A link that is a script", lesson("[Press](javascript:go)"), CHECK, ("docs/page.md:5: script",)),
    Fault("A fence that does not run, without a reason", lesson("```text\nx\n```"), CHECK, ("docs/page.md:5: reason",)),
    Fault(
        "A cell that is to be shown and not run",
        lesson(f"<!-- shown: slow -->\n{ONE}"),
        CHECK,
        ("docs/page.md:5: a python fence always runs",),
    ),
    Fault(
        "A comment that does nothing",
        lesson(ONE, "<!-- claims: x == 1 -->"),
        CHECK,
        ("docs/page.md:9: a comment 'claims' with no effect",),
    ),
    Fault("A comment that does not end", lesson(f"<!-- note\n\n{ONE}"), CHECK, ("docs/page.md:5: <!--",)),
    Fault("A cell without code", lesson("```python\n\n```"), CHECK, ("docs/page.md:5: an empty cell",)),
    Fault("A cell that is not Python", lesson(cell("x = 1\ny = (")), CHECK, ("docs/page.md:7: not Python",)),
    Fault("A notebook's magic", lesson(cell("%matplotlib inline")), CHECK, ("docs/page.md:6: not Python",)),
    Fault("A return outside a function", lesson(cell("return 1")), CHECK, ("docs/page.md:6: not Python",)),
    Fault("An await outside a function", lesson(cell("x = 1\nawait x")), CHECK, ("docs/page.md:7: not Python",)),
    Fault(
        "A __future__ import below the first cell",
        lesson(ONE, cell("y = 2\nfrom __future__ import annotations")),
        CHECK,
        ("docs/page.md:(9|11): __future__",),
    ),
    Fault(
        "An error by no name",
        lesson(cell("x", above="<!-- raises: 5 -->")),
        CHECK,
        ("docs/page.md:5: names no error",),
    ),
    Fault("A value that is not in a code span", lesson(ONE, "{python} x"), CHECK, ("docs/page.md:9: {python}",)),
    Fault(
        "A value that is no expression", lesson(ONE, "So `{python} x =`."), CHECK, ("docs/page.md:9: the value 'x ='",)
    ),
    Fault(
        "A claim that is no expression",
        lesson(ONE, "So.\n<!-- claim: x = 1 -->"),
        CHECK,
        ("docs/page.md:10: the claim",),
    ),
    Fault("A claim in a code span", lesson(ONE, "`<!-- claim: x -->`"), CHECK, ("docs/page.md:9: <!--",)),
    Fault("A value and no cell", lesson("So `{python} x`."), CHECK, ("docs/page.md:5: no cell",)),
    Fault("A figure above every cell", lesson("![A line.](@figure)", ONE), CHECK, ("docs/page.md:5: no cell above",)),
    Fault("An explorer without data", lesson(ONE, "<!-- play: lever -->"), CHECK, ("docs/page.md:9: no explorer",)),
    Fault("No such explorer", lesson(ONE, "<!-- play: lever '1' -->"), CHECK, ("docs/page.md:9: no explorer lever",)),
    Fault(
        "Data that are no JSON",
        {**lesson(ONE, "<!-- play: lever {1, x} -->"), "docs/theme/play/lever.js": ""},
        WEAVE,
        ("docs/page.md:9: no JSON",),
    ),
    Fault("A figure without alt text", lesson(ONE, "![](@figure)"), CHECK, ("docs/page.md:9: alt text",)),
    Fault("A figure by reference", lesson(ONE, "![A line.][1]", "[1]: @figure"), CHECK, ("docs/page.md:11: @figure",)),
    Fault(
        "An exercise without a check",
        lesson(cell("w = ...\n### BEGIN SOLUTION\nw = 1\n### END SOLUTION")),
        CHECK,
        ("docs/page.md:5: without a check",),
    ),
    Fault(
        "A solution that does not end",
        lesson(cell("w = ...\n### BEGIN SOLUTION\nw = 1"), cell("assert w")),
        CHECK,
        ("docs/page.md:7: no end",),
    ),
    Fault(
        "Many faults at once",
        {
            "docs/a.md": page("```py\nx\n```", "```text\nx\n```"),
            "docs/b.md": "# No front matter\n",
            "docs/deep/c.md": page(ONE, "`{python} 1 +`"),
        },
        CHECK,
        (
            "docs/a.md:5: ```py",
            "docs/a.md:9: reason",
            "docs/b.md:1: no front matter",
            "docs/deep/c.md:9: the value '1 +'",
        ),
    ),
    Fault(
        "A fault, told as GitHub shows it on its line",
        lesson("```py\nx\n```"),
        f"{CHECK} --format github",
        says=("::error file=docs/page.md,line=5",),
    ),
]

SNIPPETS = [
    Fault(
        "A snippet that is not there",
        lesson(cell('--8<-- "none.py"')),
        CHECK,
        ("docs/page.md:6: no file snippets/none.py",),
    ),
    Fault(
        "A section that is not there",
        snippet("# --8<-- [start:fit]\nx = 1\n# --8<-- [end:fit]\n", "data.py:load"),
        CHECK,
        ("docs/page.md:6: no section 'load' in snippets/data.py",),
    ),
    Fault(
        "A snippet outside the folder of the snippets",
        {"secret.py": "x = 1\n", **lesson(cell('--8<-- "../secret.py"'))},
        CHECK,
        ("docs/page.md:6: '../secret.py'",),
    ),
    Fault(
        "A link out of the folder of the snippets",
        {"secret.py": "x = 1\n", "snippets/data.py": Link("../secret.py"), **lesson(cell('--8<-- "data.py"'))},
        CHECK,
        ("docs/page.md:6: 'data.py'",),
    ),
    Fault(
        "An embed that is indented",
        {"snippets/data.py": "x = 1\n", **lesson('```python\nif True:\n    --8<-- "data.py"\n```')},
        CHECK,
        ("docs/page.md:7: embed",),
    ),
    Fault("An embed outside a fence", lesson('--8<-- "data.py"'), CHECK, ("docs/page.md:5: --8<--",)),
    Fault(
        "A section that ends before it starts",
        snippet("x = 1\n# --8<-- [end:fit]\n"),
        CHECK,
        ("snippets/data.py:2: section 'fit'",),
    ),
    Fault(
        "A section that does not end", snippet("x = 1\n# --8<-- [start:fit]\n"), CHECK, ("snippets/data.py:2: no end",)
    ),
    Fault(
        "Two sections of one name",
        snippet("# --8<-- [start:a]\n1\n# --8<-- [end:a]\n# --8<-- [start:a]\n2\n# --8<-- [end:a]\n"),
        CHECK,
        ("snippets/data.py:4: second section 'a'",),
    ),
    Fault("A mark that is none", snippet("# --8<-- [begin:fit]\nx = 1\n"), CHECK, ("snippets/data.py:1: no marker",)),
    Fault(
        "A snippet that is not UTF-8",
        {**snippet(""), "snippets/data.py": b"x = 1\n# \xff\n"},
        CHECK,
        ("snippets/data.py:2: UTF-8",),
    ),
    Fault("A snippet that is not Python", snippet("x = 1\n\ny = (\n"), CHECK, ("snippets/data.py:3: not Python",)),
    Fault(
        "A snippet that no page shows",
        {"snippets/data.py": "x = 1\n", "snippets/more.py": "\ny = 2\n", **lesson(cell('--8<-- "data.py"'))},
        CHECK,
        ("snippets/more.py:2: no page embeds",),
    ),
    Fault(
        "A section that no page shows",
        snippet("# --8<-- [start:a]\n1\n# --8<-- [end:a]\n# --8<-- [start:b]\n2\n# --8<-- [end:b]\n", "data.py:a"),
        CHECK,
        ("snippets/data.py:5: 'b'",),
    ),
    Fault(
        "A snippet that raises",
        snippet('"""About."""\n# --8<-- [start:fit]\nx = 1\nx.y\n# --8<-- [end:fit]\n', "data.py:fit"),
        WEAVE,
        ("snippets/data.py:4: the cell raises AttributeError",),
        says=("docs/page.md:5", "    > x.y"),
    ),
]

FORMULAS = [
    Fault(
        f"A formula that is no LaTeX, {title}",
        {"mkdocs.yml": SITE, **lesson("# T", "Half is $\\frac{1}{2}$.", "But $\\halff{1}$ is\nnothing."), **files},
        command,
        ("docs/page.md:9: \\halff{1}",),
    )
    for title, command, files in (
        ("found by a check", CHECK, {}),
        ("when a page is woven", WEAVE, {}),
        ("when MkDocs builds", BUILD, {}),
        (
            "in a lab",
            CHECK,
            lesson(
                "# T",
                "Half is $\\frac{1}{2}$.",
                "But $\\halff{1}$ is\nnothing.",
                cell("w = ...\n### BEGIN SOLUTION\nw = 1\n### END SOLUTION"),
                cell('assert w == 1, "w is not 1"'),
            ),
        ),
    )
] + [
    Fault(
        "A formula on lines of its own that is no LaTeX",
        lesson("# T", "$$\n\\frac{1}{2}\n+ \\halff{1}\n$$"),
        CHECK,
        ("docs/page.md:7: \\halff{1}",),
    ),
]

LINKS = [
    Fault(
        "A link to a page that is not there", lesson("# T", "See\n[it](none.md)."), CHECK, ("docs/page.md:8: none.md",)
    ),
    Fault(
        "A link to a page that is not there, when MkDocs builds",
        {"mkdocs.yml": SITE, **lesson("# T", "See\n[it](none.md).")},
        BUILD,
        ("docs/page.md:8: none.md",),
    ),
    Fault(
        "A link to a heading that is not there",
        {"docs/other.md": page("# Other { #other }"), **lesson("# T", "See [it](other.md#others).")},
        CHECK,
        ("docs/page.md:7: others",),
    ),
    Fault(
        "A link to a heading of the same page that is not there",
        lesson("# T { #t }", "[Up](#tt)."),
        CHECK,
        ("docs/page.md:7: tt",),
    ),
    Fault("A picture that is not there", lesson("# T", "![The plan.](plan.png)"), CHECK, ("docs/page.md:7: plan.png",)),
    Fault(
        "A picture that a reader's browser would ask others for",
        lesson("# T", "![The plan.](https://example.org/plan.png)"),
        CHECK,
        ("docs/page.md:7: its own site",),
    ),
    Fault(
        "A script that a reader's browser would ask others for",
        {"mkdocs.yml": f"{SITE}extra_javascript:\n  - own.js\n  - https://example.org/a.js\n", **lesson("# T")},
        BUILD,
        ("mkdocs.yml:9: its own site",),
    ),
    Fault(
        "A drawing in the light palette that is not there",
        {"mkdocs.yml": SITE, **lesson("# T", "![The plan.](plan.svg#only-light)")},
        BUILD,
        ("docs/page.md:7: plan.svg",),
    ),
    Fault(
        "A page in nav that is not there",
        {"mkdocs.yml": f"{SITE}nav:\n  - page.md\n  - none.md\n", **lesson("# T")},
        BUILD,
        ("mkdocs.yml:9: none.md",),
    ),
    Fault(
        "A download that the cell did not make",
        lesson(ONE, "[Download](@file/none.csv)"),
        WEAVE,
        ("docs/page.md:9: none.csv",),
    ),
]

FIGURE = "import matplotlib.pyplot as plt\nlines = plt.plot([1, 2])"
RUNS = [
    Fault(
        "A cell that raises",
        lesson(cell("x = 1\ny = x / 0\nz = 3")),
        WEAVE,
        ("docs/page.md:7: the cell raises ZeroDivisionError",),
        says=("    > y = x / 0", "    ZeroDivisionError: division by zero"),
    ),
    Fault(
        "A cell that raises, when MkDocs builds",
        {"mkdocs.yml": SITE, **lesson(cell("x = 1\ny = x / 0\nz = 3"))},
        BUILD,
        ("docs/page.md:7: the cell raises ZeroDivisionError",),
    ),
    Fault(
        "A cell that raises, in a run that fills the cache",
        lesson(cell("x = 1\ny = x / 0\nz = 3")),
        RUN,
        ("docs/page.md:7: the cell raises ZeroDivisionError",),
    ),
    Fault(
        "An error with a cause",
        lesson(cell("try:\n    {}['b']\nexcept KeyError as missing:\n    raise RuntimeError('no b') from missing")),
        WEAVE,
        ("docs/page.md:9: the cell raises RuntimeError",),
        says=("KeyError: 'b'", "RuntimeError: no b"),
    ),
    Fault(
        "A group of errors",
        lesson(cell("raise ExceptionGroup('two', [ValueError('first'), KeyError('second')])")),
        WEAVE,
        ("docs/page.md:6: the cell raises ExceptionGroup",),
        says=("ValueError: first", "KeyError: 'second'"),
    ),
    Fault(
        "An error that has no words",
        lesson(cell("class Odd(Exception):\n    def __str__(self):\n        return 1 / 0\n\nraise Odd")),
        WEAVE,
        ("docs/page.md:10: the cell raises Odd",),
    ),
    Fault(
        "A function without end",
        lesson(cell("def f():\n    return f()\n\nf()")),
        WEAVE,
        ("docs/page.md:9: RecursionError",),
    ),
    Fault("A cell that asks for input", lesson(cell("x = 1\ninput()")), WEAVE, ("docs/page.md:7: EOFError",)),
    Fault("A cell that exits", lesson(cell("import sys\nsys.exit(0)")), WEAVE, ("docs/page.md:7: SystemExit",)),
    Fault(
        "A cell that exits with a reason",
        lesson(cell("import argparse\nparser = argparse.ArgumentParser()\nparser.parse_args(['--size', '3'])")),
        WEAVE,
        ("docs/page.md:8: SystemExit",),
        says=("unrecognized arguments: --size 3",),
    ),
    Fault(
        "A cell that ends its process",
        lesson(cell("import os, sys\nprint('disk check failed', file=sys.stderr)\nos._exit(3)")),
        WEAVE,
        ("docs/page.md:5: exit status 3",),
        says=("disk check failed",),
    ),
    Fault(
        "A lesson that the machine kills",
        lesson(cell("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")),
        WEAVE,
        ("docs/page.md:5: SIGKILL",),
    ),
    Fault(
        "A cell that crashes Python",
        lesson(cell("import ctypes, faulthandler\nfaulthandler.enable()\nctypes.string_at(0)")),
        WEAVE,
        ("docs/page.md:5: SIGSEGV",),
        says=("Fatal Python error: Segmentation fault",),
    ),
    Fault(
        "A cell that closes standard output",
        lesson(cell("import sys\nsys.stdout.close()"), cell("print('more')")),
        WEAVE,
        ("docs/page.md:11: ValueError",),
    ),
    Fault(
        "A cell that interrupts itself",
        lesson(cell("raise KeyboardInterrupt")),
        WEAVE,
        ("docs/page.md:6: KeyboardInterrupt",),
    ),
    Fault(
        "A cell that does not end",
        lesson(ONE, cell("while True: pass")),
        f"{WEAVE} --seconds 1",
        ("docs/page.md:9: 1 s",),
    ),
    Fault(
        "A cell that does not end, when MkDocs builds",
        {
            "mkdocs.yml": SITE.replace("coursebuild]", "coursebuild: {cell_seconds: 1}]"),
            **lesson(cell("while True: pass")),
        },
        BUILD,
        ("docs/page.md:5: 1 s",),
    ),
    Fault(
        "A cell that prints without end",
        lesson(cell("while True:\n    print('a' * 1000)")),
        f"{WEAVE} --characters 10000",
        ("docs/page.md:5: 10,000 characters",),
    ),
    Fault(
        "A cell that complains without end",
        lesson(cell("import sys\nwhile True:\n    print('a' * 1000, file=sys.stderr)")),
        f"{WEAVE} --characters 10000",
        ("docs/page.md:5: 10,000 characters",),
    ),
    Fault(
        "A value that is too long",
        lesson(cell("'a' * 20000")),
        f"{WEAVE} --characters 10000",
        ("docs/page.md:5: 10,000 characters",),
    ),
    Fault(
        "A cell that eats memory",
        lesson(cell("held = []\nwhile True:\n    held.append(b'a' * 2**24)")),
        f"{WEAVE} --memory 1.5",
        ("docs/page.md:5: 1.5 GiB",),
    ),
    Fault(
        "A cell that must raise and does not",
        lesson(cell("x = 1", above="<!-- raises: ValueError -->")),
        WEAVE,
        ("docs/page.md:6: the cell must raise ValueError",),
    ),
    Fault(
        "A cell that raises another error than it must",
        lesson(cell("1 / 0", above="<!-- raises: ValueError -->")),
        WEAVE,
        ("docs/page.md:6: the cell must raise ValueError",),
    ),
    Fault(
        "A cell that raises the error that it must, with other words",
        lesson(cell("int('a')", above="<!-- raises: ValueError: too large -->")),
        WEAVE,
        ("docs/page.md:6: the cell must raise ValueError: too large",),
    ),
    Fault(
        "A claim that is false",
        lesson(ONE, "It is more.\n<!-- claim: 2 < x < 3 -->"),
        WEAVE,
        ("docs/page.md:10: the claim '2 < x < 3' is false: 2 < 1 < 3",),
    ),
    Fault("A claim that raises", lesson(ONE, "So.\n<!-- claim: y > 1 -->"), WEAVE, ("docs/page.md:10: NameError",)),
    Fault("A value that raises", lesson(ONE, "It is `{python} y`."), WEAVE, ("docs/page.md:9: NameError",)),
    Fault("A figure that no alt text describes", lesson(cell(FIGURE)), WEAVE, ("docs/page.md:5: without alt text",)),
    Fault(
        "An alt text without a figure",
        lesson(ONE, "![A line.](@figure)"),
        WEAVE,
        ("docs/page.md:9: alt text and no figure",),
    ),
    Fault(
        "A label that matplotlib cannot read",
        lesson(cell(f"{FIGURE}\nlabel = plt.xlabel(r'$\\frac{{$')\nticks = plt.xticks([])"), "![A line.](@figure)"),
        WEAVE,
        ("docs/page.md:8: ValueError",),
    ),
    Fault(
        "A colour outside the palette",
        lesson(cell(f"{FIGURE}\nmore = plt.plot([2, 1], color='#12ab34')"), "![Two lines.](@figure)"),
        WEAVE,
        ("docs/page.md:([5-8]|11): #12ab34",),
    ),
    Fault(
        "Faults of many lessons at once",
        {
            "docs/a.md": page("```py\nx\n```"),
            "docs/b.md": page(ONE, "So.\n<!-- claim: x == 2 -->"),
            "docs/c.md": page(ONE, "![A line.](@figure)"),
            "docs/deep/d.md": page(cell('--8<-- "none.py"')),
            "docs/good.md": page(ONE, "It is `{python} x`."),
        },
        WEAVE,
        (
            "docs/a.md:5: ```py",
            "docs/b.md:10: is false: 1 == 2",
            "docs/c.md:9: alt text and no figure",
            "docs/deep/d.md:6: no file snippets/none.py",
        ),
    ),
    Fault(
        "A fault in the only lesson that is asked for",
        {"docs/bad.md": page(cell("1 / 0")), "docs/worse.md": page(cell("2 / 0"))},
        "python -m coursebuild weave docs/bad.md --to out",
        ("docs/bad.md:6: ZeroDivisionError",),
    ),
]

GOOD: Files = lesson("# T", ONE, "It is `{python} x`.")
BIG: Files = {**GOOD, "docs/data.bin": bytes(1_000_000)}
MACHINES = [
    Fault("A full disk", BIG, "python -m coursebuild weave docs --to disk/out", (":1: ",), disk="full"),
    Fault(
        "A full disk, when MkDocs builds",
        {"mkdocs.yml": f"{SITE}site_dir: disk/site\n", **BIG},
        BUILD,
        (":1: ",),
        disk="full",
    ),
    Fault(
        "A folder that cannot be written",
        GOOD,
        "python -m coursebuild weave docs --to disk/out",
        (":1: ",),
        disk="read-only",
    ),
    Fault(
        "A folder that cannot be written, when MkDocs builds",
        {"mkdocs.yml": f"{SITE}site_dir: disk/site\n", **GOOD},
        BUILD,
        (":1: ",),
        disk="read-only",
    ),
    Fault("A folder of lessons that is not there", {}, "python -m coursebuild check none", ("none:1: ",)),
    Fault(
        "A lesson that is not there", GOOD, "python -m coursebuild weave docs/none.md --to out", ("docs/none.md:1: ",)
    ),
    Fault(
        "A target that is a file",
        {**GOOD, "notes.txt": "mine\n"},
        "python -m coursebuild weave docs --to notes.txt",
        ("notes.txt:1: ",),
    ),
    Fault("A target that holds the lessons", GOOD, "python -m coursebuild weave docs --to .", (".:1: ",)),
    Fault("A target inside the lessons", GOOD, "python -m coursebuild weave docs --to docs/out", ("docs/out:1: ",)),
    Fault("A site to finish that is not there", {}, "python -m coursebuild finish none", ("none:1: ",)),
    Fault(
        "A second build in which a claim has become false",
        lesson("# T", cell("x = 2"), "It is one.\n<!-- claim: x == 1 -->"),
        WEAVE,
        ("docs/page.md:12: is false: 2 == 1",),
        before=lesson("# T", ONE, "It is one.\n<!-- claim: x == 1 -->"),
    ),
    Fault(
        "A second build in which a claim has become false, when MkDocs builds",
        lesson("# T", cell("x = 2"), "It is one.\n<!-- claim: x == 1 -->"),
        BUILD,
        ("docs/page.md:12: is false: 2 == 1",),
        before={"mkdocs.yml": SITE, **lesson("# T", ONE, "It is one.\n<!-- claim: x == 1 -->")},
    ),
    Fault(
        "A second build of which the only page has gone bad",
        {"docs/page.md": "no front matter any more\n"},
        WEAVE,
        ("docs/page.md:1: no front matter",),
        before=GOOD,
    ),
]

OPTIONS = (
    [
        Fault(f"An option that is none: {words}", GOOD, f"python -m coursebuild {words}", says=(part,), status=2)
        for words, part in (
            ("", "command"),
            ("knit docs", "knit"),
            ("weave docs", "--to"),
            ("weave docs --to out --fast", "--fast"),
            ("weave docs --to out --seconds soon", "--seconds"),
            ("weave docs --to out --seconds 0", "--seconds"),
            ("weave docs --to out --seconds nan", "--seconds"),
            ("weave docs --to out --memory -1", "--memory"),
            ("weave docs --to out --characters 1.5", "--characters"),
            ("weave docs --to out --jobs -1", "--jobs"),
            ("check docs --format html", "--format"),
            ("run docs --shard 5/4", "--shard"),
            ("run docs --shard 0/4", "--shard"),
            ("run docs --shard 1/0", "--shard"),
            ("run docs --shard two", "--shard"),
            ("weave docs --to out --shard 1/2", "--shard"),
        )
    ]
    + [
        Fault(
            f"A plugin's option that is none: {option}",
            {"mkdocs.yml": SITE.replace("coursebuild]", f"coursebuild: {{{option}}}]"), **GOOD},
            BUILD,
            (f"mkdocs.yml:5: {option.split(':')[0]}",),
        )
        for option in (
            *("cell_seconds: soon", "cell_seconds: 0", "memory: [1]", "characters: -5", "jobs: -1", "jobs: 1.5"),
            *("cell_seconds: .nan", "fast: true", "repository: [a]", "environment: 5"),
        )
    ]
    + [
        Fault(
            "A project's option that is none",
            {"pyproject.toml": "[tool.coursebuild]\ncell_seconds = 60\nfast = true\n", **GOOD},
            CHECK,
            ("pyproject.toml:3: fast",),
        ),
        Fault(
            "A project's options that are not TOML",
            {"pyproject.toml": "[tool.coursebuild]\ncell_seconds = \n", **GOOD},
            CHECK,
            ("pyproject.toml:\\d+: TOML",),
        ),
    ]
)

FAULTS: list[Fault] = [*TEXTS, *SNIPPETS, *FORMULAS, *LINKS, *RUNS, *MACHINES, *OPTIONS]
