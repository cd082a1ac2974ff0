"""Draw a digit, as a reader plays with it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.play.conftest import come, fits, loaded_only_near, static, weight, without_scripts
from tests.site.conftest import watched

PATH = "/inside-digit.html"
LESSONS = Path(__file__).parents[2] / "docs" / "en"
RUN = pytest.mark.parametrize("lesson", ["inside-digit"])  # whose run it looks at
ANSWERS = "all => all.map(inks => document.querySelector('play-digit').answer(inks))"
EMPTY = "0" * 64


@pytest.fixture
def page(either: Browser, address: str) -> Iterator[Page]:
    with watched(either, address) as context:
        page = context.new_page()
        page.goto(PATH)
        come(page, "digit")
        yield page


def ink(page: Page) -> str:
    return page.locator("play-digit [name=ink]").input_value()


def said(page: Page) -> str:
    return page.locator("play-digit [role=status]").inner_text()


def choose(page: Page, name: str) -> None:
    page.locator("play-digit").get_by_role("button", name=name, exact=True).click()


@RUN
def test_it_answers_as_keras_does(page: Page, ran: Callable[[Path], Any], lesson: str) -> None:
    """On all 600 digits of the test set: the score, and what each hidden unit adds."""
    run = ran(LESSONS / f"{lesson}.md")
    assert run.error is None, run.error
    names = run.names
    inks = (16 * names["x_test"]).astype(int)
    assert len(inks) == 600
    answers = page.evaluate(ANSWERS, inks.tolist())
    keras = names["network"].predict(names["x_test"], verbose=0)[:, 0]
    assert np.abs(np.array([each["score"] for each in answers]) - keras).max() < 1e-5
    assert np.abs(np.array([each["adds"] for each in answers]) - names["shares"]).max() < 1e-4


@RUN
def test_what_is_shown_is_what_the_python_gives(page: Page, ran: Callable[[Path], Any], lesson: str) -> None:
    names = ran(LESSONS / f"{lesson}.md").names
    for name, row in {"the found 8": "eight", "the 3": "other", "the missed 8": "worst"}.items():
        choose(page, name)
        code = page.locator("play-digit .play-code code").inner_text()
        score = float(eval(code, names)[0, 0])
        assert score == pytest.approx(names["scores"][names[row]], abs=1e-6)
        assert said(page).startswith(f"Score {score:.3f}: answered {'1, an 8' if score >= 0.5 else '0, no 8'}.")
        # The map: of which class a pixel is, and how strongly.
        worth = names["covered"](names["x_test"][names[row]][None], names["network"])[0]
        shown = page.locator("play-digit .digit-worth rect").evaluate_all(
            "all => all.map(each => each.getAttribute('fill-opacity') * (each.classList.contains('for') ? 1 : -1))"
        )
        assert np.abs(np.array(shown) * np.abs(worth).max() - worth).max() < 1e-4
        bars = page.locator("play-digit .digit-units rect").evaluate_all(
            "all => all.map(each => each.getAttribute('height') * (each.classList.contains('for') ? 1 : -1))"
        )
        shares = names["shares"][names[row]][names["order"]]
        assert np.abs(np.array(bars) / 3.8 * max(4, np.abs(shares).max()) - shares).max() < 1e-4


def test_one_pixel_gets_the_missed_8_found(page: Page) -> None:
    """As the page asks the reader to find out."""
    choose(page, "the missed 8")
    inks = [int(each, 17) for each in ink(page)]
    changed = [[*inks[:i], value, *inks[i + 1 :]] for i in range(64) for value in (0, 8, 16)]
    scores = [each["score"] for each in page.evaluate(ANSWERS, [inks, *changed])]
    assert scores[0] < 0.5 < max(scores)


def test_by_keyboard(page: Page) -> None:
    page.locator("play-digit [role=gridcell][tabindex='0']").focus()
    assert page.locator("play-digit [role=gridcell][tabindex='0']").count() == 1
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Space", "Space", "ArrowLeft", "ArrowLeft", "Space"):
        page.keyboard.press(key)
    expected = list(EMPTY)
    expected[17], expected[16] = "g", "8"
    assert ink(page) == "".join(expected)
    expect(page).to_have_url(re.compile(f"#play=digit&ink={''.join(expected)}$"))
    name = page.locator(":focus").get_attribute("aria-label") or ""
    assert name.startswith("row 3, column 1: ink 8 of 16, worth ")
    page.keyboard.press("End")
    expect(page.locator(":focus")).to_have_attribute("aria-label", "row 3, column 8: no ink")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "the found 8"


def test_with_the_pointer(page: Page) -> None:
    page.locator(".digit-ink").scroll_into_view_if_needed()
    box = page.locator(".digit-ink").bounding_box()
    assert box
    at = box["x"] + box["width"] * 0.55
    page.mouse.move(at, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(at, box["y"] + box["height"] * 0.8, steps=4)
    page.mouse.up()
    rows = [[int(each, 17) for each in ink(page)[row * 8 : row * 8 + 8]] for row in range(8)]
    assert all(row[4] >= 8 for row in rows[2:6])
    assert not any(any(row[:3]) or any(row[6:]) for row in rows)
    assert not any(rows[0])
    expect(page).to_have_url(re.compile(f"#play=digit&ink={ink(page)}$"))
    choose(page, "Clear")
    assert ink(page) == EMPTY


def test_only_what_begins_on_the_pad_draws(page: Page) -> None:
    """No drag from outside, no other button, no second finger; and where a key has wiped, the pointer draws again."""
    pad = page.locator(".digit-ink")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    x, y = box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.55
    page.mouse.move(box["x"] - 30, y)
    page.mouse.down()
    page.mouse.move(x, y, steps=3)
    page.mouse.up()
    page.mouse.down(button="right")
    page.mouse.up(button="right")
    pad.dispatch_event("pointerdown", {"pointerId": 9, "isPrimary": False, "buttons": 1, "clientX": x, "clientY": y})
    assert ink(page) == EMPTY
    page.keyboard.press("Escape")  # puts the menu of the right button away
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 2, y, steps=3)  # and what leaves it goes on
    page.mouse.up()
    assert [at for at, each in enumerate(ink(page)) if each != "0"][-1] % 8 == 7
    drawn = int(ink(page)[36], 17)
    pixel = page.locator(".digit-ink rect").nth(36)
    pixel.focus()
    while ink(page)[36] != "0":
        page.keyboard.press("Space")
    page.mouse.click(x, y)
    assert 0 < int(ink(page)[36], 17) <= drawn


def test_the_address_has_the_setting(page: Page) -> None:
    drawn = "0g" * 32
    page.goto("about:blank")
    page.goto(f"{PATH}#play=digit&ink={drawn}")
    expect(page.locator("play-digit [role=status]")).to_contain_text("Score ")
    assert ink(page) == drawn
    for wrong in ("0g", "x" * 64, drawn + "0"):
        page.evaluate("hash => { location.hash = hash }", f"play=digit&ink={wrong}")
        assert ink(page) == drawn


def test_it_works_opened_from_a_folder(either: Browser, site: Path) -> None:
    with either.new_context() as context:
        page = context.new_page()
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto((site / PATH[1:]).as_uri() + f"#play=digit&ink={'8' * 64}")
        expect(page.locator("play-digit [role=status]")).to_contain_text("Score ")
        assert wrong == []


def test_every_reader_can_use_it(browser: Browser, address: str) -> None:
    fits(browser, address, "inside-digit", "digit", f"ink={'08g' * 21}0")


def test_it_weighs_little_and_is_loaded_when_it_is_near(browser: Browser, address: str, site: Path) -> None:
    assert weight(site, PATH[1:], "digit") < 10_000
    with watched(browser, address) as context:
        assert "digit.js" in loaded_only_near(context.new_page(), PATH, "digit")


@RUN
def test_without_scripts_the_scores_stand_there(
    browser: Browser, address: str, ran: Callable[[Path], Any], lesson: str
) -> None:
    names = ran(LESSONS / f"{lesson}.md").names
    for page in without_scripts(browser, address, lesson):
        said = static(page, "digit")
        assert all(f"{names['scores'][names[row]]:.3f}" in said for row in ("eight", "other", "worst"))
