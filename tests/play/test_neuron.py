"""One neuron by hand: the border, the loss and the log-odds, against NumPy; and what XOR does to it."""

import json
import re
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, expect

from tests.play.conftest import code_of, come, fits, printed, put, weight

TAG = "play-neuron"


def test_the_numbers_are_those_of_the_python(either_page: Page) -> None:
    page = either_page
    page.goto("/one-neuron.html")
    come(page, "neuron")
    points = np.array(json.loads(page.locator("[data-play=neuron]").text_content() or "")["points"])
    names = {"np": np, "standard": points[:, :2], "y_test": points[:, 2]}
    assert len(points) == 200
    for w1, w2, b, row in ((3, 1, -0.7, 1), (0, 0, 0, 200), (-8, 8, 5.5, 17), (0, 0.1, -8, 3), (8, 0, 0, 60)):
        put(page, TAG, w1=w1, w2=w2, b=b, row=row)
        said = page.locator(f"{TAG} [role=status]").inner_text()
        right, of, loss = re.match(r"(\d+) of (\d+) on .*, loss ([\d.]+)\.", said).groups()  # type: ignore[union-attr]
        assert printed(code_of(page, TAG), names).strip() == f"{right} of {of} right, loss {loss}"
        assert page.locator(f"{TAG} .wrong").count() == 200 - int(right)
        x, y, truth = points[row - 1]
        z = w1 * x + w2 * y + b
        told = page.locator(f"{TAG} .neuron-row").inner_text().replace("−", "-")
        assert float(re.search(r"= (-?[\d.]+): ", told)[1]) == round(z, 2) + 0  # type: ignore[index]
        assert f"{1 / (1 + np.exp(-z)):.3f}. Truth: class {truth:.0f}." in told
        path = page.locator(f"{TAG} .border").get_attribute("d")
        assert bool(path) == bool(w1 or w2) == ("no border" not in said)
    # Each row on the side of the border on which it is drawn: those that are wrong are where the sum says so.
    put(page, TAG, w1=3, w2=1, b=-0.7)
    ends = [float(each) for each in re.findall(r"-?[\d.]+", page.locator(f"{TAG} .border").get_attribute("d") or "")]
    frame = page.locator(TAG).evaluate("all => all.frame")
    x = np.array([frame[0][0] + e * (frame[0][1] - frame[0][0]) / 100 for e in ends[::2]])
    y = np.array([frame[1][0] + (100 - e) * (frame[1][1] - frame[1][0]) / 100 for e in ends[1::2]])
    assert np.abs(3 * x + y - 0.7).max() < 0.01


def test_it_begins_with_nothing_learned_and_a_click_chooses_a_row(either_page: Page) -> None:
    page = either_page
    page.goto("/one-neuron.html")
    come(page, "neuron")
    assert [page.locator(f"{TAG} [name={name}]").input_value() for name in ("w1", "w2", "b", "row")] == [*"000", "1"]
    mark = page.locator(f"{TAG} svg > :is(.class0, .class1)").nth(41)
    mark.scroll_into_view_if_needed()
    place = mark.bounding_box()
    assert place
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    here = page.locator(f"{TAG} .here").bounding_box()
    assert here
    for start, size in (("x", "width"), ("y", "height")):
        assert abs(here[start] + here[size] / 2 - place[start] - place[size] / 2) < 2  # type: ignore[literal-required]
    expect(page).to_have_url(re.compile(rf"row={page.locator(f'{TAG} [name=row]').input_value()}$"))


def test_one_line_has_at_most_three_of_xor(either_page: Page) -> None:
    page = either_page
    page.goto("/one-neuron.html#play=neuron&rows=xor&w1=1&w2=1&b=-0.5")
    expect(page.locator(f"{TAG} [role=status]")).to_contain_text("3 of 4 on the right side")
    expect(page.locator(f"{TAG} [role=status]")).to_contain_text("More no straight line can do.")
    assert printed(code_of(page, TAG), {"np": np}).startswith("3 of 4 right")
    most = page.locator(TAG).evaluate(
        """all => {
          const said = []
          for (let w1 = -8; w1 <= 8; w1 += 2) for (let w2 = -8; w2 <= 8; w2 += 2) for (let b = -7; b <= 7; b += 2) {
            Object.entries({w1, w2, b}).forEach(([name, value]) => { all.form.elements[name].value = value })
            all.show()
            said.push(parseInt(all.querySelector("[role=status]").textContent))
          }
          return Math.max(...said)
        }"""
    )
    assert most == 3


def test_every_reader_can_use_it(browser: Browser, address: str, site: Path) -> None:
    fits(browser, address, "one-neuron", "neuron")
    assert weight(site, "one-neuron.html", "neuron") < 10_000
