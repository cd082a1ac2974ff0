"""Luck: rows and seeds drawn again, as the Python that is shown draws them."""

import json
import re
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, expect

from tests.play.conftest import code_of, come, fits, printed, put, weight

TAG = "play-luck"


def test_the_draws_are_those_of_the_python(either_page: Page) -> None:
    page = either_page
    page.goto("/how-sure.html")
    come(page, "luck")
    digits = json.loads(page.locator("[data-play=luck]").text_content() or "")["rows"]
    rows = np.array([[int(bit) for bit in f"{int(each, 16):012b}"] for each in re.findall("...", digits)])
    assert len(rows) == 2000
    names = {"np": np, "y_test": rows[:, 0], "neuron": rows[:, 1], "networks": rows[:, 2:]}
    widths = {}
    for what, score, count, start in (
        ("rows", "accuracy", 2000, 1),
        ("both", "recall", 500, 7),
        ("seeds", "accuracy", 2000, 9999),
        ("rows", "accuracy", 125, 1),
    ):
        put(page, TAG, what=what, score=score, count=count, start=start)
        said = page.locator(f"{TAG} [role=status]").inner_text()
        wins, losses, even = re.search(r"wins (\d+), the neuron (\d+), and (\d+) are", said).groups()  # type: ignore[union-attr]
        assert printed(code_of(page, TAG), names).strip() == f"{wins} wins, {losses} losses, {even} even"
        assert int(wins) + int(losses) + int(even) == 100
        low, high = (float(each) for each in re.findall(r"0\.\d+", said))
        widths[what, count] = high - low
    assert widths["rows", 125] > 2 * widths["rows", 2000]  # what the lesson says of fewer rows
    page.locator(f"{TAG} .luck-next").click()
    expect(page).to_have_url(re.compile("#play=luck&what=rows&score=accuracy&count=125&start=2$"))
    put(page, TAG, start=9999)
    page.locator(f"{TAG} .luck-next").click()  # after the last comes the first
    expect(page.locator(f"{TAG} [name=start]")).to_have_value("1")
    for start in range(1, 100):
        put(page, TAG, what="both", count=2000, start=start)
        if (said := page.locator(f"{TAG} [role=status]").inner_text()).find("and 1 ") > 0:
            break
    assert "and 1 is even." in said


def test_every_reader_can_use_it(browser: Browser, address: str, site: Path) -> None:
    fits(browser, address, "how-sure", "luck")
    assert weight(site, "how-sure.html", "luck") < 10_000
