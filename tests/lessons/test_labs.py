"""The labs: solved, each passes its checks; not solved, or solved wrongly, each fails with words that help."""

import contextlib
import io
from pathlib import Path
from typing import Any

import pytest

from coursebuild.build import Course, read
from coursebuild.lesson import Cell

ROOT = Path(__file__).parents[2]
LABS = {name.stem: lesson for name, lesson in read(Course.at(ROOT, ROOT / "docs" / "en"))[0].items() if lesson.lab}

# What learners write in place of the line with `...`, exercise by exercise (counted from 1), and what the check says.
MISTAKES: dict[str, list[tuple[int, str, str]]] = {
    "predict": [
        (1, "weighted_sum = features @ weights", "the bias is missing"),
        (1, "weighted_sum = features * weights + bias", "one number for each"),
        (1, "weighted_sum = features @ weights - bias", "plus the bias"),
        (2, "    return 1 / (1 + np.exp(z))", "minus sign"),
        (2, "    return np.maximum(z, 0)", "must be a half"),
        (3, "answers = probabilities >= 0.5", r"astype\(int\)"),
        (3, "answers = (probabilities < 0.5).astype(int)", "classes are swapped"),
        (3, "answers = (probabilities >= 0.4).astype(int)", "at least 0.5"),
    ],
}


def execute(code: str, names: dict[str, Any]) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "<lab>", "exec"), names)


@pytest.mark.parametrize("lab", LABS)
def test_each_check_fails_unsolved_and_for_each_mistake_and_passes_solved(lab: str) -> None:
    cells = LABS[lab].cells
    names: dict[str, Any] = {"__name__": "__main__"}
    number = 0
    for cell, check in zip(cells, [*cells[1:], None], strict=True):
        if cell.exercise:
            assert check
            number += 1
            refused(cell.exercise, check, names, r"\.\.\.")
            for exercise, code, words in MISTAKES[lab]:
                if exercise == number:
                    line = next(line for line in cell.exercise.split("\n") if "..." in line)
                    refused(cell.exercise.replace(line, code), check, names, words)
        execute(cell.code, names)  # the checks are among the cells: solved, they pass
    assert {exercise for exercise, _, _ in MISTAKES[lab]} == set(range(1, number + 1))


def refused(code: str, check: Cell, names: dict[str, Any], words: str) -> None:
    """What a learner wrote fails its check with an error that says what is wrong, in words."""
    attempt = dict(names)
    execute(code, attempt)
    with pytest.raises(AssertionError, match=words) as told:
        execute(check.code, attempt)
    assert len(str(told.value).split()) > 3
