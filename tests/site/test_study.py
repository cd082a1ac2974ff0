"""Cards to recall by, and all questions on one page: from the lessons, by keyboard, kept on the device."""

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, expect

from tests.site.axe import findings
from tests.site.conftest import LESSONS, ROOT, quiet, until, watched

KEPT = "JSON.parse(localStorage.getItem('course'))"


def test_cards_by_keyboard_come_back_when_they_are_due(either: Browser, address: str) -> None:
    with watched(either, address) as context:
        page = context.new_page()
        page.clock.install(time="2026-05-04T12:00:00")
        page.goto("/recall.html#fit")
        told = page.locator(".recall").get_by_role("status")
        count = len(re.findall('data-page="fit"', page.content()))
        assert count > 4
        expect(told).to_have_text(f"{count} cards to go.")
        page.get_by_role("button", name="Show the answer").focus()
        first = page.locator(".recall .front").inner_text()
        page.keyboard.press("Enter")  # the answer
        expect(page.get_by_role("button", name="I knew it")).to_be_focused()
        assert page.locator(".recall .back").inner_text()
        page.keyboard.press("Enter")  # known
        expect(told).to_have_text(f"{count - 1} cards to go.")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="I did not").click()
        expect(told).to_have_text(f"{count - 1} cards to go.")
        page.reload()
        expect(told).to_have_text(f"{count - 1} cards to go.")
        levels = sorted(level for level, _ in page.evaluate(KEPT)["cards"].values())
        assert levels == [0, 1]
        page.clock.set_fixed_time("2026-05-05T12:00:00")  # a day later the first is due again
        page.reload()
        expect(told).to_have_text(f"{count} cards to go.")
        for _ in range(count):
            name = page.locator(".recall .front").inner_text()
            page.get_by_role("button", name="Show the answer").click()
            page.get_by_role("button", name="I knew it").click()
            if name == first:
                assert 2 in [level for level, _ in page.evaluate(KEPT)["cards"].values()]
        expect(told).to_have_text(f"Nothing is due of {count} cards. The next comes tomorrow.")


def test_cards_come_to_an_end_and_bear_a_wrong_clock(either: Browser, address: str) -> None:
    with watched(either, address) as context:
        page = context.new_page()
        page.clock.install(time="2027-05-04T12:00:00")  # a year ahead
        page.goto("/recall.html#fit")
        told = page.locator(".recall").get_by_role("status")
        count = int(told.inner_text().split()[0])
        for comes in ("tomorrow", "in 2 days"):  # those that are due, then all of them early
            for _ in range(count):
                page.get_by_role("button", name="Show the answer").click()
                page.get_by_role("button", name="I knew it").click()
            expect(told).to_have_text(f"Nothing is due of {count} cards. The next comes {comes}.")
            page.get_by_role("button", name="Go on with").click()
            expect(told).to_have_text(f"{count} cards to go.")
        page.clock.set_fixed_time("2026-05-04T12:00:00")
        page.reload()
        expect(told).to_have_text(f"{count} cards to go.")
        page.goto("/index.html")
        page.goto("/recall.html#%")
        expect(told).to_have_text(re.compile(r"^\d+ cards to go\.$"))


def test_cards_are_saved_with_the_progress_and_erased_with_it(page: Page, tmp_path: Path) -> None:
    page.goto("/recall.html#fit")
    page.get_by_role("button", name="Show the answer").click()
    page.get_by_role("button", name="I knew it").click()
    before = page.evaluate(KEPT)["cards"]
    page.goto("/progress.html")
    with page.expect_download() as waited:
        page.get_by_role("button", name="Save as a file").click()
    waited.value.save_as(tmp_path / "saved.json")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Erase").click()
    assert not page.evaluate(KEPT).get("cards")
    page.get_by_label("Take in a file").set_input_files(tmp_path / "saved.json")
    assert until(page, f"({KEPT}).cards && Object.keys(({KEPT}).cards).length === 1")
    assert page.evaluate(KEPT)["cards"] == before
    spoilt = json.loads((tmp_path / "saved.json").read_text()) | {"cards": {"card-a": "x", "card-b": [1, 2]}}
    (tmp_path / "spoilt.json").write_text(json.dumps(spoilt))
    page.get_by_label("Take in a file").set_input_files(tmp_path / "spoilt.json")
    assert until(page, f"'card-b' in ({KEPT}).cards")
    assert page.evaluate(KEPT)["cards"] == {"card-b": [1, 2]}


def test_a_card_for_each_term_and_for_what_each_lesson_asks_to_keep_in_mind(site: Path) -> None:
    soup = BeautifulSoup((site / "recall.html").read_text("utf-8"), "html.parser")
    glossary = (ROOT / "docs" / "en" / "glossary.md").read_text("utf-8")
    short = {f"card-short-{name}" for name, lesson in LESSONS.items() if "{ #short }" in Path(lesson.path).read_text()}
    assert len(short) > 20
    terms = {f"card-{each}" for each in re.findall(r"\{ #([\w-]+) \}\n: ", glossary)}
    assert {str(card["id"]) for card in soup.select(".card")} == terms | short
    assert all(card.select(".taught a") and len(card.get_text().strip()) > 20 for card in soup.select(".card"))
    rows = (site / "recall" / "cards.txt").read_text("utf-8").splitlines()
    assert rows[:2] == ["#separator:tab", "#html:true"]
    cards = [row.split("\t") for row in rows if not row.startswith("#")]
    assert len(cards) == len(terms | short)
    assert all(len(card) == 3 and card[0] and card[1] for card in cards)


def test_all_questions_are_those_of_the_lessons_and_count_for_them(page: Page, site: Path) -> None:
    soup = BeautifulSoup((site / "questions.html").read_text("utf-8"), "html.parser")
    for name, lesson in LESSONS.items():
        if not lesson.lab and name not in ("questions", "index"):
            own = BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser").select("article .check")
            there = soup.select(f'.check[data-page="{name}"]')
            assert [each.get_text().split() for each in there] == [each.get_text().split() for each in own]
    page.goto("/questions.html")
    asks = page.locator('.asks:has(+ .check[data-page="fit"]), .asks:has(~ .check[data-page="fit"])').last
    asks.get_by_role("button").first.click()
    kept = page.evaluate(KEPT)
    assert list(kept["pages"]) == ["fit"]
    assert "last" not in kept


@pytest.mark.parametrize("name", ["recall", "questions"])
def test_axe_finds_nothing(page: Page, name: str) -> None:
    for scheme, width in (("light", 1300), ("dark", 320)):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"/{name}.html")
        quiet(page)
        assert findings(page, "article") == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
