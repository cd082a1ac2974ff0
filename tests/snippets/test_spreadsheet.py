"""The workbook, recalculated from its formulas alone by a library that knows nothing of the network."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import formulas
import numpy as np
import openpyxl
import pytest

Lesson = dict[str, Any]


def recalculated(path: Path, sheets: Sequence[str] = ("Network",)) -> list[dict[str, Any]]:
    """The value of each cell of the sheets, computed from the formulas; stored values are thrown away."""
    book = openpyxl.load_workbook(path)  # formulas without their values
    for name in {*book.sheetnames} - {*sheets}:
        del book[name]
    bare = path.with_name(f"bare-{path.name}")
    book.save(bare)
    solution = formulas.ExcelModel().loads(str(bare)).finish().calculate()
    return [
        {
            key.rsplit("!", 1)[1]: cell.value[0, 0]
            for key, cell in solution.items()
            if f"{name.upper()}'!" in str(key) and ":" not in str(key)
        }
        for name in sheets
    ]


@pytest.fixture(scope="module")
def cells(lesson: Lesson, folder: Path) -> dict[str, Any]:
    return recalculated(folder / "network.xlsx")[0]


def test_the_formulas_find_what_keras_found(lesson: Lesson, cells: dict[str, Any]) -> None:
    assert cells["B9"] == pytest.approx(lesson["loss"], abs=1e-5)
    assert cells["B10"] == pytest.approx(lesson["accuracy"], abs=1e-6)
    predicted = lesson["network"].predict(lesson["x_sheet"], verbose=0)[:, 0]
    assert [cells[f"H{13 + i}"] for i in range(60)] == pytest.approx(predicted, abs=1e-5)


def test_the_stored_values_are_those_of_the_formulas(lesson: Lesson, cells: dict[str, Any], folder: Path) -> None:
    stored = openpyxl.load_workbook(folder / "network.xlsx", data_only=True)["Network"]
    for name in ("B9", "B10", "D13", "E13", "F13", "G13", "H13", "I13", "J13", "I72"):
        assert stored[name].value == pytest.approx(cells[name], abs=1e-9)


def test_a_changed_weight_changes_the_loss_as_in_keras(lesson: Lesson, folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "network.xlsx")
    book["Network"]["B4"] = -2.0  # from the radius to the first hidden unit
    book.save(folder / "changed.xlsx")
    weights = [array.copy() for array in lesson["network"].get_weights()]
    weights[0][0, 0] = -2.0
    before = lesson["network"].get_weights()
    lesson["network"].set_weights(weights)
    loss, accuracy = lesson["network"].evaluate(lesson["x_sheet"], lesson["y_sheet"], batch_size=60, verbose=0)
    lesson["network"].set_weights(before)
    cells = recalculated(folder / "changed.xlsx")[0]
    assert cells["B9"] == pytest.approx(loss, abs=1e-5)
    assert cells["B9"] != pytest.approx(lesson["loss"], abs=1e-3)
    assert cells["B10"] == pytest.approx(accuracy, abs=1e-6)


@pytest.mark.parametrize("bias", [40, -1000])
def test_an_extreme_weight_makes_no_error(lesson: Lesson, folder: Path, bias: int) -> None:
    book = openpyxl.load_workbook(folder / "network.xlsx")
    book["Network"]["G7"] = bias
    book.save(folder / "extreme.xlsx")
    assert np.isfinite(float(recalculated(folder / "extreme.xlsx")[0]["B9"]))


def test_the_formula_from_z_finds_what_keras_finds_where_the_guard_does_not(lesson: Lesson, folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "network.xlsx")
    sheet = book["Network"]
    sheet["G7"] = 40
    for row in range(13, 73):
        sheet[f"I{row}"] = f"=MAX(0,G{row})-G{row}*C{row}+LN(1+EXP(-ABS(G{row})))"
    book.save(folder / "from_z.xlsx")
    assert recalculated(folder / "from_z.xlsx")[0]["B9"] == pytest.approx(lesson["by_keras"], abs=1e-3)
    assert lesson["capped"].mean() < lesson["by_keras"] - 1


def test_without_the_guard_a_benign_tumour_would_be_an_error(lesson: Lesson) -> None:
    stored_as_one = (lesson["sure"] == 1) & (lesson["y_sheet"] == 0)
    assert stored_as_one.any()
    with np.errstate(divide="ignore"):
        assert np.isinf(np.log(1 - lesson["sure"][stored_as_one])).all()


def test_the_same_network_makes_the_same_file(lesson: Lesson, folder: Path) -> None:
    lesson["write"](folder / "again.xlsx")
    assert (folder / "again.xlsx").read_bytes() == (folder / "network.xlsx").read_bytes()


def test_every_row_has_every_formula_and_uses_the_weights(folder: Path, lesson: Lesson) -> None:
    sheet = openpyxl.load_workbook(folder / "network.xlsx")["Network"]
    written = {**lesson["formulas"], **lesson["back"]}
    for row in range(13, 73):
        for column, formula in zip("DEFGHIJKLMN", written.values(), strict=True):
            assert sheet[f"{column}{row}"].value == formula.format(row=row)
    assert sheet.freeze_panes == "A13"


def test_the_slopes_are_those_of_nudges(lesson: Lesson) -> None:
    rows = lesson["x_sheet"], lesson["y_sheet"]
    for weights in (lesson["weights"], lesson["path"][0], lesson["spoiled"]):
        slopes = lesson["backward"](weights, *rows)
        for array, slope in enumerate(slopes):
            for place in np.ndindex(slope.shape):
                up, down = ([each.copy() for each in weights] for _ in range(2))
                up[array][place] += 1e-6
                down[array][place] -= 1e-6
                rise = lesson["forward"](up, *rows)[3].mean() - lesson["forward"](down, *rows)[3].mean()
                assert slope[place] == pytest.approx(rise / 2e-6, abs=1e-5)


def test_the_rate_stands_where_it_is_changed_and_nowhere_else(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "network.xlsx")
    assert [name for name in book.sheetnames if book[name]["G9"].value is not None] == ["Step 0"]
    book["Step 0"]["G9"] = 0.0  # no step at all
    book.save(folder / "still.xlsx")
    before, after = (cells["B9"] for cells in recalculated(folder / "still.xlsx", ["Step 0", "Step 1"]))
    assert before == pytest.approx(after)


def test_each_sheet_is_a_step_from_the_one_before_it(lesson: Lesson, folder: Path) -> None:
    losses = recalculated(folder / "network.xlsx", [f"Step {step}" for step in range(6)])
    assert [cells["B9"] for cells in losses] == pytest.approx(lesson["by_step"], abs=1e-9)
    assert [losses[5][f"G{4 + i}"] for i in range(3)] == pytest.approx(lesson["path"][5][2][:, 0], abs=1e-9)
