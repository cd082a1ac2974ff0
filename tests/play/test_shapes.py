"""Through the layers: shapes, counts and numbers, as Keras has them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.play.conftest import (
    ROOT,
    code_of,
    come,
    fits,
    loaded_only_near,
    printed,
    put,
    static,
    weight,
    without_scripts,
)

TAG = "play-shapes"
PATH = "/templates.html"
SAID = f"{TAG} [role=status]"


def times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


@pytest.mark.parametrize("lesson", ["templates"])
def test_every_step_is_keras_s(either_page: Page, ran: Callable[[Path], Any], lesson: str) -> None:
    page, run = either_page, ran(ROOT / "docs" / "en" / f"{lesson}.md")
    assert run.error is None, run.error
    page.goto(PATH)
    come(page, "shapes")
    for name, (model, x) in run.names["one_row"].items():
        for number, layer in enumerate(model.layers, start=1):
            put(page, TAG, model=name, layer=number)
            before, x = x, np.array(layer(x, training=False))
            assert x.shape[1:] == layer.compute_output_shape(before.shape)[1:]
            count, kind = layer.count_params(), type(layer).__name__
            said = page.locator(SAID).inner_text()
            head, _, tail = said.partition(". ")
            way = f"in {times(before.shape[1:])}, out {times(x.shape[1:])}"
            assert head == f"Layer {number} of {len(model.layers)}, {kind}: {way}"
            weights, _, counted = tail.removesuffix(".").partition(" weights: ")
            if count:
                assert int(weights.replace(",", "")) == count == eval(counted.replace("·", "*"))
            else:
                assert tail == "No weights."
            shown = page.locator(f"{TAG} .shapes-row p").nth(1).locator("span").all_inner_texts()
            first, second = printed(code_of(page, TAG), run.names).splitlines()
            assert first == f"{kind} {before.shape[1:]} {x.shape[1:]} {count}"
            assert [float(each.replace("−", "-")) for each in shown] == pytest.approx(eval(second), abs=0.011)


def test_by_keyboard_and_address(either_page: Page) -> None:
    page = either_page
    page.goto(f"{PATH}#play=shapes&model=image&layer=2")
    expect(page.locator(SAID)).to_have_text(
        "Layer 2 of 6, Conv2D: in 8 × 8 × 1, out 8 × 8 × 16. 160 weights: 3·3·1·16 + 16."
    )
    page.get_by_role("button", name="Next", exact=True).press("Enter")
    expect(page.locator(SAID)).to_contain_text("Layer 3 of 6")
    expect(page).to_have_url(re.compile("#play=shapes&model=image&layer=3$"))
    expect(page.locator(f"{TAG} [aria-current=step]")).to_contain_text("Conv2D 4 × 4 × 32")
    put(page, TAG, model="series")  # which has fewer layers
    expect(page.locator(SAID)).to_contain_text("Layer 2 of 2, Dense")
    expect(page.get_by_role("button", name="Next", exact=True)).to_be_disabled()
    page.evaluate("location.hash = 'play=shapes&model=none&layer=0'")
    expect(page.locator(SAID)).to_contain_text("Layer 2 of 2, Dense")


def test_every_reader_can_use_it(browser: Browser, address: str) -> None:
    fits(browser, address, "templates", "shapes")


def test_it_weighs_little_and_waits_below(either_page: Page, site: Path) -> None:
    assert weight(site, PATH[1:], "shapes") < 10_000
    assert "shapes.js" in loaded_only_near(either_page, PATH, "shapes")


def test_it_works_opened_from_a_folder(either: Browser, site: Path) -> None:
    with either.new_context() as context:
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto((site / PATH[1:]).as_uri() + "#play=shapes&model=text&layer=2")
        expect(page.locator(SAID)).to_contain_text("Layer 2 of 3, Dense: in 2000, out 16.")
        assert wrong == []


def test_without_scripts_the_table_stands_there(browser: Browser, address: str) -> None:
    for page in without_scripts(browser, address, "templates"):
        assert "The table above has the shapes" in static(page, "shapes")
