"""The labs: solved in any right way, each passes its checks; not solved, or wrongly, it fails with words that help.

What learners write stands in `answers/NAME.py`, lab by lab.
"""

import contextlib
import importlib
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coursebuild.read.course import Course, read
from coursebuild.read.model import Cell

ROOT = Path(__file__).parents[2]
PAGES, _ = read(Course.at(ROOT, ROOT / "docs" / "en"))
LABS = {str(name.with_suffix("")): lesson for name, lesson in PAGES.items() if lesson.lab}

# No answer to anything: each is refused with words, and never with the error of something that cannot be compared.
NOTHING = [
    "None",
    "'a word'",
    "[[1, 2], [3]]",
    "float('nan')",
    "{}",
    "object()",
    "print",
    "-7",
    "[]",
    "np.ones((2, 3, 4))",
]

RAW = "a raw error:"


@pytest.mark.parametrize("name", LABS)
def test_each_check_fails_unsolved_and_for_each_mistake_and_passes_what_is_right(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # what a lab writes
    answers = importlib.import_module(f"tests.lessons.answers.{Path(name).name.replace('-', '_')}")
    cells, number, faults = LABS[name].cells, 0, []
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell, check in zip(cells, [*cells[1:], None], strict=True):
        if cell.exercise:
            assert check
            number += 1
            wrong = [(filled(cell, code), words) for exercise, code, words in answers.WRONG if exercise == number]
            wrong += [(code, "") for code in thoughtless(cell)]
            for code, words in [(cell.exercise, r"\.\.\."), *wrong]:
                said = told(code, check, names)
                if len(said.split()) < 4 or said.startswith(RAW) or not re.search(words, said):
                    faults.append(f"{code}\n-> {said or 'taken for right'} (and not {words})")
            for exercise, code in answers.RIGHT:
                if exercise == number and (said := told(filled(cell, code), check, names)):
                    faults.append(f"{code}\n-> {said} (it is right)")
        execute(cell.code, names)  # the checks are among the cells: solved, they pass
    assert faults == [], "\n\n".join(faults)
    for least, given in ((10, answers.WRONG), (5, answers.RIGHT)):
        counts = Counter(exercise for exercise, *_ in given)
        assert set(counts) == set(range(1, number + 1))
        assert min(counts.values()) >= least, counts


@pytest.mark.parametrize("name", LABS)
def test_checks_bear_that_names_are_taken_and_that_earlier_exercises_are_left_out(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cells, faults = LABS[name].cells, []
    solved: dict[str, Any] = {"__name__": "__main__"}
    left_out = dict(solved)
    for cell, check in zip(cells, [*cells[1:], None], strict=True):
        if cell.exercise:
            assert check
            assert check.code.startswith("as_given()\n")
            taken = [*solved["PYTHON"], *solved["KEPT"]]
            if said := told(f"{cell.code}\n{' = '.join(taken)} = 3", check, solved):
                faults.append(f"{cell.code}\n-> {said} (it is right, whatever names it takes)")
            if (said := told(cell.code, check, left_out, fails=True)).startswith(RAW):
                faults.append(f"{cell.code}\n-> {said} (the exercises above are left out)")
        execute(cell.code, solved)
        with contextlib.suppress(Exception):  # what a learner sees, and goes on
            execute(cell.exercise or cell.code, left_out)
    assert faults == [], "\n\n".join(faults)


def test_what_the_checks_use_is_the_same_in_all_labs() -> None:
    helpers = [cell.code for lab in LABS.values() for cell in lab.cells if cell.code.startswith("def numbers(")]
    assert len(helpers) > 3
    assert len(set(helpers)) == 1


def thoughtless(cell: Cell) -> Iterator[str]:
    """An exercise with what answers nothing, with the name that it asks for misspelt, and with code that fails."""
    lines = [line for line in cell.exercise.split("\n") if "..." in line]
    given = [name.strip() for line in lines for name in line.partition("=")[0].split(",")]
    if "return" in lines[0]:
        yield from (filled(cell, f"    return {value}") for value in NOTHING)
        yield filled(cell, "    raise LookupError('no such key')")
        yield re.sub(r"def (\w+)", r"def my_\1", cell.exercise)
    elif " = ..." in lines[0]:
        yield from (filled(cell, f"{' = '.join(given)} = {value}") for value in NOTHING)
        yield filled(cell, f"{' = '.join(f'my_{name}' for name in given)} = 1")
    else:
        yield filled(cell, "pass")


def execute(code: str, names: dict[str, Any]) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "<lab>", "exec"), names)


@contextlib.contextmanager
def one_try(names: dict[str, Any]) -> Iterator[None]:
    """Whatever is done to the names, they are as before in the end. Networks are made anew for the try: Keras keeps the
    metrics of a compile before.
    """
    before = dict(names)
    for name, network in before.items():
        if hasattr(network, "compiled") and not isinstance(network, type):
            names[name] = type(network).from_config(network.get_config())
            names[name].set_weights(network.get_weights())
    try:
        yield
    finally:
        names.clear()
        names.update(before)


def filled(cell: Cell, code: str) -> str:
    """An exercise with what a learner writes in the place of its lines with `...`."""
    lines = cell.exercise.split("\n")
    first, *others = (number for number, line in enumerate(lines) if "..." in line)
    lines[first] = code
    return "\n".join(line for number, line in enumerate(lines) if number not in others)


def told(code: str, check: Cell, names: dict[str, Any], fails: bool = False) -> str:
    """What the check says of what a learner wrote, which itself may fail; nothing, if it takes it for right."""
    with one_try(names):
        with contextlib.suppress(*[Exception] * fails):
            execute(code, names)
        try:
            execute(check.code, names)
        except AssertionError as error:
            return str(error)
        except Exception as error:
            return f"{RAW} {error!r}"
    return ""
