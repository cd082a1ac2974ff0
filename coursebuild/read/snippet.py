"""Cut a snippet into the sections that pages embed."""

import ast
import re
import textwrap
from dataclasses import dataclass
from typing import Any

from coursebuild.faults import Fault, LessonError

MARKER = re.compile(r"\s*(?:#|//|--|;|%|<!--) --8<-- \[(start|end):([\w-]+)\]\s*(?:-->)?\s*")


@dataclass(frozen=True)
class Snippet:
    """A file of `snippets/`: its lines (number, text) without markers, whole and by section."""

    lines: tuple[tuple[int, str], ...]
    sections: dict[str, tuple[tuple[int, str], ...]]


def read_snippet(text: str, path: str) -> Snippet:
    """Cut a snippet into its sections. Markers that do not pair are a LessonError."""
    faults, lines, sections, begun = [], [], {}, {}
    for number, line in enumerate(text.split("\n"), 1):
        if not (marker := MARKER.fullmatch(line)):
            lines.append((number, line))
            if "--8<--" in line:
                faults.append(
                    Fault(path, number, f"'{line.strip()}' is no marker (write # --8<-- [start:name] or [end:name])")
                )
            continue
        edge, name = marker.groups()
        if edge == "start":
            if name in begun or name in sections:
                faults.append(Fault(path, number, f"a second section '{name}' (give each section its own name)"))
            begun[name] = (number, len(lines))
        elif name in begun:
            sections[name] = dedent(trim(lines[begun.pop(name)[1] :]))
        else:
            faults.append(
                Fault(path, number, f"section '{name}' ends before it starts (put [start:{name}] above [end:{name}])")
            )
    for name, (number, _) in begun.items():
        faults.append(Fault(path, number, f"section '{name}' has no end (add # --8<-- [end:{name}] below it)"))
    if faults:
        raise LessonError(faults)
    return Snippet(trim(lines), sections)


def trim(lines: list[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    """The lines without the blank ones at both ends."""
    filled = [index for index, (_, text) in enumerate(lines) if text.strip()]
    return tuple(lines[filled[0] : filled[-1] + 1]) if filled else ()


def dedent(lines: tuple[tuple[int, str], ...]) -> tuple[tuple[int, str], ...]:
    """The lines of a section that stands inside a class or a function, at the margin; as they are if that would change
    a string over several of them.
    """
    text = "\n".join(text for _, text in lines)
    moved = textwrap.dedent(text)
    try:
        inside: Any = ast.parse(f"if True:\n{text}").body[0] if moved != text else None
        alike = not inside or [*map(ast.dump, inside.body)] == [*map(ast.dump, ast.parse(moved).body)]
    except (SyntaxError, ValueError):
        alike = True  # told where it is embedded
    texts = (moved if alike else text).split("\n")
    return tuple((number, line) for (number, _), line in zip(lines, texts, strict=True)) if lines else ()
