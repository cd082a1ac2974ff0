"""Figures: class 1 is warm, class 0 cool, and nothing else is; the numbers behind each are folded below it."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page, expect

from coursebuild.weave.figures import PALETTE, TWINS, foreign
from tests.site.conftest import LESSONS

DRAWN = sorted(name for name, lesson in LESSONS.items() if any(cell.figures for cell in lesson.cells))
CLASSES = {"tab:blue", "tab:orange"}
OF_CLASSES = {
    ("clean-text", 1),
    ("compile", 1),
    ("inside-digit", 2),
    ("inside-transformer", 1),
    ("one-neuron", 1),
    ("precision-recall", 1),
    ("what-is", 1),
}
MAPS = {("spreadsheet", 1)}  # without axes: there are no numbers behind them
REACHED = "element => element === document.activeElement && element.matches(':focus-visible')"


def figures(name: str) -> list[tuple[int, str]]:
    """The number of each figure of a lesson, and the cell that drew it."""
    cells = [cell.code for cell in LESSONS[name].cells for _ in cell.figures]
    return list(enumerate(cells, 1))


def test_these_figures_show_classes() -> None:
    named = {
        (name, number) for name in DRAWN for number, code in figures(name) if any(each in code for each in CLASSES)
    }
    assert named == OF_CLASSES


@pytest.mark.parametrize("name", DRAWN)
def test_warm_and_cool_are_the_classes_and_nothing_else(name: str, site: Path) -> None:
    for number, _ in figures(name):
        for scheme, kind in enumerate(("", "-dark")):
            drawing = (site / name / f"figure-{number}{kind}.svg").read_text(encoding="utf-8")
            used = {each for each in PALETTE if PALETTE[each][1 + scheme] in drawing}
            assert used & CLASSES == (CLASSES if (name, number) in OF_CLASSES else set()), number
            colours = {twins[scheme] for twins in TWINS.values()}
            assert set(foreign(drawing)) - set(TWINS) <= colours
            assert not re.search(r"#(?:1f77b4|ff7f0e)", drawing)


@pytest.mark.parametrize("name", DRAWN)
def test_the_numbers_behind_each_figure_are_a_folded_table(name: str, site: Path) -> None:
    page = f"{name}-solved" if LESSONS[name].lab else name
    soup = BeautifulSoup((site / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
    folded = soup.select("article details.numbers")
    told = [f"The numbers behind figure {number}" for number, _ in figures(name) if (name, number) not in MAPS]
    assert [each.summary.get_text() for each in folded if each.summary] == told
    for table in soup.select("details.numbers table"):
        heads = [head.get_text() for head in table.select("thead th[scope=col]")]
        assert all(heads)
        assert table.select("caption")[0].get_text()
        for row in table.select("tbody tr"):
            assert row.select("th[scope=row]")
            assert len(row.select("th, td")) == len(heads)


def test_numbers_unfold_by_keyboard_and_can_be_scrolled_at_320_px(page: Page, site: Path) -> None:
    columns = {
        (name, place): max(len(row.select("th, td")) for row in folded.select("tr"))
        for name in DRAWN
        if not LESSONS[name].lab
        for place, folded in enumerate(
            BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser").select("details.numbers")
        )
    }
    widest, place = max(columns, key=lambda each: columns[each])
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"/{widest}.html")
    folded = page.locator("details.numbers").nth(place)
    folded.locator("summary").focus()
    page.keyboard.press("Enter")
    tables = folded.get_by_role("group", name="The numbers behind figure")
    expect(tables).to_be_visible()
    page.keyboard.press("Tab")
    assert tables.evaluate(REACHED)
    wide, shown = tables.evaluate("element => [element.scrollWidth, element.clientWidth]")
    assert shown < 320 < wide
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
