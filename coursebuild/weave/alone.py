"""A block with what it needs of the blocks above: a program that gives alone what the block gives on its page."""

import ast
import functools
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from coursebuild.read.model import Cell, Lesson
from coursebuild.run.alone import Lines
from coursebuild.run.imports import Need, modules, named
from coursebuild.run.worker import ENVIRONMENT
from coursebuild.weave.parts import Part, Ran
from coursebuild.weave.program import printing, script, shows


@dataclass(frozen=True)
class Block:
    """A block that needs others: its file, and what a script of the page makes the same text from.

    `needs` has the places of its packages among the page's, then the lines of each cell above: `0,2 1:1-3,8 4:2!Error`.
    `shows` is what makes of its last expression a `print` of it.
    """

    file: str
    text: str
    lines: int
    needs: str
    shows: str

    def link(self, folder: str) -> str:
        """The way to the file, which a script makes a button that copies."""
        data = f' data-shows="{escape(self.shows)}"' * bool(self.shows)
        href = quote(f"{folder}/{self.file}")
        return (
            f'\n<p class="with" data-search-exclude><a href="{href}" download data-needs="{escape(self.needs)}"{data}>'
            f"{self.file}</a>: this block with what it needs, {self.lines} line{'s' * (self.lines > 1)} more</p>\n"
        )


def blocks(
    lesson: Lesson, made: Sequence[Part], alone: Sequence[Sequence[Lines]], needs: tuple[Need, ...], python: str
) -> Iterator[tuple[int, Block]]:
    """The blocks that need others, by their numbers; `alone` has the lines that each cell needs."""
    for part in made:
        if isinstance(part, Ran) and part.number <= len(alone) and (lines := alone[part.number - 1]):
            before = code(lesson.cells, lines)
            text = program(lesson.name.stem, part, before, needs, python)
            needed = ",".join(str(needs.index(each)) for each in packages(f"{before}\n{part.cell.code}", needs))
            wrap = ",".join(f"{line}:{units}:{added}" for line, units, added in places(part))
            count = sum(bool(line.strip()) for line in before.split("\n"))
            yield part.number, Block(f"block-{part.number}.py", text, count, " ".join([needed, *told(lines)]), wrap)


def told(lines: Sequence[Lines]) -> Iterator[str]:
    """The lines in short, those of each cell together."""
    for cell in dict.fromkeys(each.cell for each in lines):
        ranges = [
            f"{each.first}{f'-{each.last}' * (each.last > each.first)}{f'!{each.raises}' * bool(each.raises)}"
            for each in lines
            if each.cell == cell
        ]
        yield f"{cell}:{','.join(ranges)}"


def places(part: Ran) -> Iterator[tuple[int, int, str]]:
    """What is put in to print a block's last value: line, place in it as JavaScript counts, text."""
    rows = part.cell.code.split("\n")
    for line, column, added in shows(part.cell.code, part.output):
        yield line, len(rows[line - 1].encode()[:column].decode().encode("utf-16-le")) // 2, added


def code(cells: Sequence[Cell], lines: Sequence[Lines]) -> str:
    """The lines that are needed, those of each cell together; an error of theirs is caught."""
    found: dict[int, list[str]] = {}
    for each in lines:
        text = "\n".join(cells[each.cell - 1].code.split("\n")[each.first - 1 : each.last])
        if each.raises:
            text = f"try:\n{textwrap.indent(text, '    ')}\nexcept {each.raises}:\n    pass"
        found.setdefault(each.cell, []).append(text)
    return "\n\n".join("\n".join(texts) for texts in found.values())


@functools.lru_cache(4096)  # while serving most texts are as they were
def packages(text: str, needs: tuple[Need, ...]) -> list[Need]:
    """Which of the packages that a page needs a part of it needs."""
    tree = ast.parse(text)
    names = {name.split(".")[0] for name in modules(tree)}
    names |= {ENVIRONMENT["KERAS_BACKEND"]} if "keras" in names else set()
    asked = {*named(tree)} if "importlib" in text else set()
    return [need for need in needs if need.module in names or need.name in asked]


def program(page: str, part: Ran, before: str, needs: tuple[Need, ...], python: str) -> str:
    """A block, below what it needs and what tools must know."""
    needed = packages(f"{before}\n{part.cell.code}", needs)
    texts = [f"# Block {part.number} of {page}, with what it needs of the blocks above."]
    texts += [script(needed, python)] * bool(needed)
    texts += [before] * bool(before)
    return "\n\n".join([*texts, printing(part.cell.code, part.output)]) + "\n"
