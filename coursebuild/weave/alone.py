"""A block with what it needs of the blocks above: a program that gives alone what the block gives on its page."""

import ast
import textwrap
from collections.abc import Sequence

from coursebuild.read.model import Cell
from coursebuild.run.alone import Lines
from coursebuild.run.imports import Need, modules, named
from coursebuild.run.worker import ENVIRONMENT
from coursebuild.weave.parts import Ran
from coursebuild.weave.program import printing, script


def code(cells: Sequence[Cell], lines: Sequence[Lines]) -> str:
    """The lines that are needed, those of each cell together; an error of theirs is caught."""
    blocks: dict[int, list[str]] = {}
    for each in lines:
        text = "\n".join(cells[each.cell - 1].code.split("\n")[each.first - 1 : each.last])
        if each.raises:
            text = f"try:\n{textwrap.indent(text, '    ')}\nexcept {each.raises}:\n    pass"
        blocks.setdefault(each.cell, []).append(text)
    return "\n\n".join("\n".join(block) for block in blocks.values())


def packages(text: str, needs: Sequence[Need]) -> list[Need]:
    """Which of the packages that a page needs a part of it needs."""
    tree = ast.parse(text)
    names = {name.split(".")[0] for name in modules(tree)}
    names |= {ENVIRONMENT["KERAS_BACKEND"]} if "keras" in names else set()
    asked = {*named(tree)}
    return [need for need in needs if need.module in names or need.name in asked]


def program(title: str, part: Ran, cells: Sequence[Cell], lines: Sequence[Lines], needs: Sequence[Need], python: str) -> str:
    """The block, below what it needs and what tools must know."""
    before = code(cells, lines)
    needed = packages(f"{before}\n{part.cell.code}", needs)
    blocks = [f"# {title}: block {part.number}, with what it needs of the blocks above."]
    blocks += [script(needed, python)] * bool(needed)
    blocks += [before] * bool(before)
    return "\n\n".join([*blocks, printing(part.cell.code, part.output)]) + "\n"
