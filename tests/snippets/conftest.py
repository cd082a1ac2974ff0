"""Lessons whose snippet needs helpers of other snippets: run as their page runs them."""

from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.pyplot as plt

from coursebuild.read.course import Course, read_page
from coursebuild.read.reader import guarded

ROOT = Path(__file__).parents[2]


def run_page(name: str) -> dict[str, Any]:
    """What the cells of `docs/en/NAME.md` define, run top to bottom in the working folder."""
    matplotlib.use("agg")
    lesson = read_page(Course.at(ROOT, ROOT / "docs"), ROOT / "docs" / "en" / f"{name}.md")
    program = "\n\n".join(guarded(cell) if cell.raises else cell.code for cell in lesson.cells)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(program, f"{name}.py", "exec"), names)
    plt.close("all")
    return names
