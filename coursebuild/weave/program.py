"""A page's blocks as one file that prints what the page shows."""

import ast
import re
import textwrap
from collections.abc import Sequence

from coursebuild.read.reader import guarded
from coursebuild.run.imports import Need
from coursebuild.run.worker import Output
from coursebuild.weave.parts import Part, Ran

# What tells of an error with notes, members or causes, as the page does.
TELL = """\
def _tell(error, depth=1):
    for note in getattr(error, "__notes__", ()):
        print("  " * depth + f"note {note}")
    for member in getattr(error, "exceptions", ()):
        print("  " * depth + f"with {type(member).__name__}: {member}")
        _tell(member, depth + 1)
    origin = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if origin:
        print("  " * depth + f"from {type(origin).__name__}: {origin}")
        _tell(origin, depth + 1)"""


def program(title: str, parts: Sequence[Part], name: str = "", needs: Sequence[Need] = (), python: str = "") -> str:
    """The parts as a program, in a file of that name, which says what it needs to tools and to people."""
    blocks = [f"# {title}: the blocks of the page, in order."]
    if needs:
        blocks[0] += f" `uv run {name}` fetches what it needs, and runs it."
    if any(isinstance(part, Ran) and "plt.show()" in part.cell.code for part in parts):
        blocks[0] += "\n# plt.show() waits until you close the window; what is below it runs then."
    blocks += [script(needs, python)] * bool(needs)
    for part in parts:
        if isinstance(part, Ran):
            blocks.append(raising(part) if part.cell.raises else printing(part.cell.code, part.output))
    return "\n\n".join(blocks) + "\n"


def script(needs: Sequence[Need], python: str) -> str:
    """What a program needs, as tools read it (PEP 723). Of what is installed without its dependencies, uv is told."""
    minor = ".".join(python.split(".")[:2])
    lines = [
        "/// script",
        f'requires-python = "=={minor}.*"',
        "dependencies = [",
        *(f'    "{each}",' for each in needs),
        "]",
    ]
    for each in needs:
        if each.alone:
            lines += ["", "[[tool.uv.dependency-metadata]]", f'name = "{each.name}"', f'version = "{each.version}"']
            lines += ["requires-dist = []"]
    return "\n".join(f"# {line}".rstrip() for line in [*lines, "///"])


def raising(part: Ran) -> str:
    """A cell that must raise, with its error caught and told."""
    code = guarded(part.cell)
    if part.output.error and part.output.error.related:
        code += f"\n{textwrap.indent(TELL, '    ')}\n    _tell(_error)"
    return code


def printing(code: str, output: Output) -> str:
    """A cell's code, with its last expression printed if the page shows its value."""
    lines = re.split(b"\n", code.encode())
    for line, column, added in shows(code, output):
        lines[line - 1] = lines[line - 1][:column] + added.encode() + lines[line - 1][column:]
    return b"\n".join(lines).decode()


def shows(code: str, output: Output) -> tuple[tuple[int, int, str], ...]:
    """What is put in, and where (line, byte), so that a cell prints the value that the page shows; the end first."""
    if output.text is None:
        return ()
    last = ast.parse(code).body[-1]
    assert isinstance(last, ast.Expr)
    opening = "print(" if output.prints_alike else "print(repr("
    ends = ")" if output.prints_alike else "))"
    if isinstance(last.value, ast.Tuple):
        opening, ends = opening + "(", ends + ")"
    return (last.end_lineno or 0, last.end_col_offset or 0, ends), (last.lineno, last.col_offset, opening)
