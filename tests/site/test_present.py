"""Slides of a lesson: by keyboard, in the address, on paper, and without a finding of axe."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import PATIENCE
from tests.site.axe import findings
from tests.site.conftest import LESSONS, until, watched

ORDER = "slide => [...slide.parentElement.children].indexOf(slide) + 1"


def test_slides_by_keyboard(either: Browser, address: str) -> None:
    with watched(either, address) as context:
        page = context.new_page()
        page.goto("/fit.html")
        opener = page.get_by_role("button", name="Present")
        opener.focus()
        page.keyboard.press("Enter")
        deck = page.get_by_role("dialog", name="Slides: Fit")
        expect(deck).to_be_visible()
        told = deck.get_by_role("status")
        count = page.locator(".slide").count()
        expect(told).to_have_text(f"Slide 1 of {count}")
        for key, at in (("ArrowRight", 2), ("PageDown", 3), ("ArrowLeft", 2), ("Home", 1), ("ArrowLeft", 1)):
            page.keyboard.press(key)
            expect(told).to_have_text(f"Slide {at} of {count}")
            assert page.locator(".slide:visible").evaluate_all(f"all => all.map({ORDER})") == [at]
        page.keyboard.press("End")
        expect(told).to_have_text(f"Slide {count} of {count}")
        assert page.url.endswith(f"?present={count}")
        page.reload()
        expect(told).to_have_text(f"Slide {count} of {count}")
        page.keyboard.press("Escape")
        expect(deck).to_be_hidden()
        assert page.url.endswith("/fit.html")


def test_an_address_that_names_no_slide_shows_one(page: Page) -> None:
    for asked, at in {"x": "1", "1.5": "1", "0": "1", "-3": "1", "2.9": "2", "1e9": r"(\d+)"}.items():
        page.goto(f"/fit.html?present={asked}")
        told = page.locator(".slides [role=status]")
        expect(told).to_have_text(re.compile(rf"^Slide {at} of \d+$" if at.isdigit() else rf"^Slide {at} of \1$"))
        assert page.locator(".slide:visible").count() == 1


def test_keys_first_do_what_the_focus_is_for(page: Page) -> None:
    """They scroll a block that is too wide, and open what is folded."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/fit.html?present")
    told = page.locator(".slides [role=status]")
    wide = page.locator(".slide:visible pre > code[tabindex]")
    for _ in range(page.locator(".slide").count()):
        if wide.count():
            break
        page.keyboard.press("PageDown")
    before = told.inner_text()
    wide.first.focus()
    page.keyboard.press("ArrowRight")
    assert until(page, "document.activeElement.scrollLeft > 0")
    expect(told).to_have_text(before)
    page.keyboard.press("PageDown")
    expect(told).not_to_have_text(before)


def test_slides_that_are_lost_are_told_and_come_again(either: Browser, address: str) -> None:
    with either.new_context(base_url=address) as context:
        page = context.new_page()
        page.goto("/fit.html", timeout=PATIENCE)
        page.route("**/study/present.js", lambda route: route.abort())
        page.get_by_role("button", name="Present").click()
        expect(page.locator(".md-dialog--active")).to_have_text("The slides could not be loaded. Are you offline?")
        page.unroute_all()
        page.get_by_role("button", name="Present").click()
        expect(page.locator(".slide--now")).to_be_visible()


def test_slides_have_what_the_lesson_has(page: Page) -> None:
    page.goto("/fit.html?present")
    expect(page.locator(".slide--now")).to_be_visible()
    titles = page.locator(".slide > h2").all_text_contents()
    headings = [re.sub("¶$", "", each) for each in page.locator("article h2:not(dialog h2)").all_text_contents()]
    assert list(dict.fromkeys(titles)) == ["Fit", *(each for each in headings if each != "Next")]
    drawn = sum(len(cell.figures) for cell in LESSONS["fit"].cells)
    assert page.locator(".slide figure").count() == drawn
    assert page.locator(".slide [id]").count() == 0
    page.emulate_media(media="print")
    assert page.locator(".slide:visible").count() == page.locator(".slide").count()
    assert page.locator("article").is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_slide(page: Page, scheme: str, tmp_path: Path) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for width, number in ((1280, 5), (320, 18)):
        page.set_viewport_size({"width": width, "height": 720})
        page.goto(f"/fit.html?present={number}")
        expect(page.locator(".slide--now")).to_be_visible()
        assert findings(page, "dialog") == []
        assert page.evaluate("document.querySelector('dialog').scrollWidth") <= width
