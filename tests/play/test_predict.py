"""Predict first: a guess before a figure or an output is shown, and nothing in the way of those who want none."""

import json
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.play.conftest import ROOT, fits, weight, without_scripts

TAG = "play-predict"
PAGES = [each.stem for each in sorted((ROOT / "docs" / "en").glob("*.md")) if "<!-- play: predict" in each.read_text()]


def near(page: Page) -> None:
    """Read on until the question is in view, no faster than it comes when it is near."""
    end = time.monotonic() + 60
    while not page.locator(f"{TAG} form:visible").count() and time.monotonic() < end:
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(30)
        if not page.locator("[data-play=predict][data-later]").count():
            page.wait_for_selector(TAG, state="attached")


def hidden(page: Page) -> list[bool]:
    return page.locator(TAG).evaluate(  # type: ignore[no-any-return]
        "all => [...all.parentElement.querySelectorAll(':scope > :is(.figure, .output)')]"
        ".map(each => getComputedStyle(each).display === 'none')"
    )


def test_ten_pages_and_more_ask(site: Path) -> None:
    assert len(PAGES) >= 10
    for name in PAGES:
        html = (site / f"{name}.html").read_text("utf-8")
        (text,) = re.findall(r'data-play="predict"[^>]*>(.*?)</script>', html)
        data = json.loads(text)
        assert ("number" in data) != ("curves" in data)
        if "curves" in data:
            assert len(data["curves"]) == 3
            assert data["right"] in range(3)
        # Right behind a cell that gave something.
        before = html[: html.index('data-play="predict"')]
        cell = before[before.rindex('<div class="cell"') :]
        assert re.search(r'class="(figure|output)', cell), name
        assert cell.count("<h2") == 0


def test_a_guess_among_curves(either_page: Page) -> None:
    page = either_page
    page.goto("/curves.html")
    near(page)
    assert hidden(page) == [True]
    page.get_by_role("button", name="Show it").click()  # without a guess
    assert hidden(page) == [True]
    for choice, said in ((0, "You said: falls all along. Look again."), (1, "So it is.")):
        page.goto("/fit.html")
        page.goto("/curves.html")
        near(page)
        page.locator(f"{TAG} input").nth(choice).check()
        page.keyboard.press("Enter")
        expect(page.locator(f"{TAG} [role=status]")).to_have_text(said)
        expect(page.locator(f"{TAG} [role=status]")).to_be_focused()
        assert hidden(page) == [False]
        assert page.evaluate("location.hash") == ""


def test_a_number_and_no_guess(either_page: Page) -> None:
    page = either_page
    page.goto("/how-sure.html")
    near(page)
    assert hidden(page) == [True]
    data = json.loads(page.locator("[data-play=predict]").text_content() or "")
    page.locator(f"{TAG} input").fill("2")
    page.get_by_role("button", name="Show it").click()
    off = abs(data["number"] - 2)
    told = f"You said 2 times, the run {data['number']:.1f} times: {off:.1f} times off."
    expect(page.locator(f"{TAG} [role=status]")).to_have_text(told)
    page.goto("/fit.html")
    near(page)
    page.get_by_role("button", name="rather not").click()
    assert hidden(page) == [False]


def test_what_is_in_sight_stays(either_page: Page) -> None:
    """Who comes by a link to the figure sees it."""
    page = either_page
    page.goto("/curves.html#figure-1")
    page.wait_for_selector(TAG, state="attached")
    expect(page.locator("#figure-1")).to_be_visible()


def test_on_paper_and_without_scripts_the_result_stands_there(browser: Browser, address: str) -> None:
    with browser.new_context(base_url=address) as context:
        page = context.new_page()
        page.goto("/pitfalls.html")
        near(page)
        page.emulate_media(media="print")
        assert not any(hidden(page))
        expect(page.locator(TAG)).not_to_be_visible()
    for page in without_scripts(browser, address, "curves"):
        expect(page.locator("#figure-1")).to_be_visible()
        assert page.locator(TAG).count() == 0


def test_every_reader_can_use_it(browser: Browser, address: str, site: Path) -> None:
    fits(browser, address, "curves", "predict")
    assert weight(site, "curves.html", "predict") < 3_000


@pytest.mark.parametrize("name", PAGES)
def test_each_page_asks_when_it_is_read(browser: Browser, address: str, name: str) -> None:
    with browser.new_context(viewport={"width": 1300, "height": 900}, base_url=address) as context:
        page = context.new_page()
        page.goto(f"/{name}.html")
        near(page)
        assert any(hidden(page)), name
