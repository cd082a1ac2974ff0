"""The losses: value and gradient, as Keras and TensorFlow have them."""

import json
import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops
from playwright.sync_api import Browser, Page, expect

from tests.play.conftest import ROOT, code_of, come, fits, printed, put, weight

TAG = "play-losses"
SETTINGS: dict[str, list[dict[str, Any]]] = {
    "custom-losses": [
        {"loss": loss, "A": a, "B": b, "truthA": x, "truthB": y}
        for loss in range(3)
        for a, b, x, y in ((-1, 2, 1, 0), (5.9, -6, 0, 1), (0, 0.3, 1, 1), (5, -6, 1, 0))
    ],
    "price-is-right": [
        {"loss": loss, "A": a, "B": b} for loss in range(5) for a, b in ((850, 1100), (925, 970), (1000, 1005))
    ],
}


def sections(page: str, *names: str) -> dict[str, Any]:
    """What some sections of a page's snippet define."""
    text = (ROOT / "snippets" / f"{page.replace('-', '_')}.py").read_text()
    given: dict[str, Any] = {"keras": keras, "np": np, "ops": ops, "price": None}
    for name in names:
        (code,) = re.findall(rf"# --8<-- \[start:{name}\]\n(.*?)# --8<-- \[end:{name}\]", text, re.DOTALL)
        code = re.sub(r"(?ms)^(loss = |ours = |plt\.figure\(\)).*", "", code)
        exec(code, given)
    return given


@pytest.mark.parametrize("name", SETTINGS)
def test_value_and_gradient_are_those_of_the_python(either_page: Page, name: str) -> None:
    page = either_page
    page.goto(f"/{name}.html")
    come(page, "losses")
    given = sections(name, *(("class",) if name == "custom-losses" else ("pinball", "rule", "shapes")))
    data = json.loads(page.locator("[data-play=losses]").text_content() or "")
    if name == "price-is-right":
        assert data["width"] == given["width"]
    for setting in SETTINGS[name]:
        put(page, TAG, **setting)
        said = page.locator(f"{TAG} [role=status]").inner_text()
        loss, *gradient = (float(each) for each in re.findall(r"(?:loss|is|and) (-?\d+\.?\d*)", said))
        told = [float(each) for each in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", printed(code_of(page, TAG), given))]
        assert loss == pytest.approx(told[0], abs=0.00101)
        assert gradient == pytest.approx(told[1:] or [0, 0], abs=1.01e-5 if name == "price-is-right" else 1.01e-3)
        for each, slope in zip("AB", gradient, strict=True):
            way = "raises" if slope < 0 else "lowers" if slope > 0 else "(hardly moves|leaves)"
            assert re.search(f"{way} {each}'s ", said), said
    for loss in range(page.locator(f"{TAG} [name=loss] option").count()):  # where the slope is all but 0
        put(page, TAG, loss=loss, **({"A": 6, "truthA": 1} if name == "custom-losses" else {"A": 1000}))
        assert not re.search(r"-0\.0+ ", page.locator(f"{TAG} [role=status]").inner_text())


def test_the_address(either_page: Page) -> None:
    page = either_page
    page.goto("/price-is-right.html#play=losses&loss=4&A=700&B=960")
    expect(page.locator("play-losses output").first).not_to_be_empty()
    assert page.locator(f"{TAG} [name=A]").input_value() == "700"
    assert page.locator(f"{TAG} select").input_value() == "4"
    page.locator(f"{TAG} [name=A]").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("#play=losses&loss=4&A=705&B=960$"))


def test_every_reader_can_use_it(browser: Browser, address: str) -> None:
    fits(browser, address, "custom-losses", "losses")


def test_it_weighs_little(site: Path) -> None:
    for name in SETTINGS:
        assert weight(site, f"{name}.html", "losses") < 10_000
