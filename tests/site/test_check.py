"""The questions at the end of lessons, and what the reader's browser keeps of a course."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser, Page, expect

from tests.site.axe import findings
from tests.site.conftest import LESSONS, ROOT, watched

ASKED = [name for name in LESSONS if "- **A.**" in (ROOT / "docs" / "en" / f"{name}.md").read_text("utf-8")]
NAV = re.findall(r"- ([\w/-]+)\.(?:md|ipynb)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
WAY = [name for name in NAV if name in ASKED or name.startswith("labs/")]  # the pages that have rings, in their order
BLOCKED = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
FULL = "Storage.prototype.setItem = () => { throw new DOMException('no room', 'QuotaExceededError') }"
ANOTHER_TAB = "dispatchEvent(new StorageEvent('storage'))"
PARTS = ("sum", "blocked", "save", "erase", "file", "said")
# Each choice of each question in turn: the letters, what is said, how many are pressed then, and ids in what is said.
CHOSEN = """[...document.querySelectorAll(".asks")].map(group => {
  const buttons = [...group.querySelectorAll("button")], status = group.querySelector("[role=status]")
  const said = [], pressed = []
  for (const button of buttons) {
    button.click()
    said.push(status.textContent)
    pressed.push(buttons.filter(each => each.ariaPressed === "true").length)
  }
  return [buttons.map(each => each.textContent), said, pressed, status.querySelectorAll("[id]").length]
})"""

HEIGHT = "document.querySelector('.check').getBoundingClientRect().top - check.getBoundingClientRect().top"


def words(text: str) -> str:
    return " ".join(text.split())


def reasons(answer: Tag) -> dict[str, str]:
    """What an answer says of each choice, the right one first."""
    against = {words(item.text)[4]: words(item.text) for item in answer.select("li") if item.text.startswith("Not ")}
    right = words(" ".join(part.text for part in answer.find_all(recursive=False)[1:] if part.name != "ul"))
    return {right[0]: f"Right: {right}", **against}


@pytest.fixture(scope="module")
def window(browser: Browser, address: str) -> Iterator[Page]:
    with watched(browser, address) as context:
        yield context.new_page()


def state(page: Page, name: str, where: str = "nav a") -> str:
    return str(page.locator(f"{where} [data-progress='{name}']").first.get_attribute("data-state"))


def kept(page: Page) -> Any:
    return json.loads(page.evaluate("localStorage.getItem('course')"))


def part(page: Page, name: str) -> Any:
    assert name in PARTS
    return page.locator(f"[data-part={name}]")


@pytest.fixture
def page(either: Browser, address: str) -> Iterator[Page]:
    with watched(either, address) as context:
        yield context.new_page()


@pytest.fixture
def tab(browser: Browser, address: str) -> Iterator[Page]:
    """In Chromium alone: through Firefox's driver nothing tells of downloads, nor of a page that was kept whole."""
    with watched(browser, address) as context:
        yield context.new_page()


@pytest.mark.parametrize("name", ASKED)
def test_each_choice_tells_its_own_reason(window: Page, site: Path, name: str) -> None:
    soup = BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser")
    answers = soup.select("details.check")
    window.goto(f"/{name}.html", wait_until="domcontentloaded")
    groups = window.evaluate(CHOSEN)
    assert len(groups) == len(answers) > 0
    for answer, (letters, said, pressed, named) in zip(answers, groups, strict=True):
        told = reasons(answer)
        assert sorted(told) == letters
        assert pressed == [1] * len(letters)
        assert [words(each) for each in said] == [told[letter] for letter in letters]
        assert len(set(said)) == len(said) > 2
        assert named == 0
    assert state(window, name) == "full"


def test_a_question_is_answered_by_keyboard(page: Page) -> None:
    page.goto("/leaks.html")
    question = page.get_by_role("group", name=re.compile("^Your network is to predict which customers"))
    expect(question.get_by_role("listitem")).to_have_count(4)
    first = question.get_by_role("button", name="A Celebrate, since the test set was never trained on.", exact=True)
    status = question.get_by_role("status")
    assert status.text_content() == ""
    first.focus()
    page.keyboard.press("Enter")
    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(status).to_have_text(re.compile("^Not A: with a leak"))
    page.keyboard.press("Tab")  # to the link in the choice
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    second = question.get_by_role("button", name=re.compile("^B Find out when"))
    expect(second).to_be_focused()
    expect(second).to_have_attribute("aria-pressed", "true")
    expect(first).to_have_attribute("aria-pressed", "false")
    expect(status).to_have_text(re.compile("^Right: B. Perhaps the company"))


def test_a_choice_is_chosen_anywhere_in_its_row_but_on_a_link(page: Page) -> None:
    page.goto("/leaks.html")
    page.locator(".asks li").nth(3).click()
    expect(page.locator(".asks [role=status]").first).to_have_text(re.compile("^Not D: "))
    page.locator(".asks li a").first.click()
    page.wait_for_url("**/glossary.html#test-set")


def test_without_scripts_a_question_has_its_folded_answer(browser: Browser, address: str) -> None:
    with browser.new_context(java_script_enabled=False, viewport={"width": 1300, "height": 900}) as context:
        page = context.new_page()
        page.goto(f"{address}/fit.html")
        assert page.locator("main button:visible").count() == 0
        answer = page.locator("details.check").first
        expect(answer.locator("p")).to_be_hidden()
        plain = page.evaluate(HEIGHT)
        answer.locator("summary").click()
        expect(answer.locator("p")).to_be_visible()
        page.goto(f"{address}/progress.html")
        expect(page.locator("#yours")).to_be_hidden()
        assert "runs none keeps nothing" in page.locator("article").inner_text()
    with watched(browser, address) as context:
        page = context.new_page()
        page.goto("/fit.html")
        expect(page.locator(".asks").first).to_be_attached()
        assert page.evaluate(HEIGHT) == plain  # nothing moves


@pytest.mark.parametrize("scheme", ["light", "dark", "forced"])
def test_a_question_and_the_page_of_progress_are_for_everybody(browser: Browser, address: str, scheme: str) -> None:
    looks: dict[str, Any] = {"forced_colors": "active"} if scheme == "forced" else {"color_scheme": scheme}
    with watched(browser, address, **looks) as context:
        page = context.new_page()
        page.set_viewport_size({"width": 320, "height": 800})
        for name in ("what-is", "progress"):
            page.goto(f"/{name}.html")
            for button in page.locator(".asks button").all()[:2]:
                button.click()
                box = button.bounding_box()
                assert box
                assert min(box["width"], box["height"]) >= 24
            assert findings(page, ".asks", ".check", "#yours") == []
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
        if scheme == "forced":
            page.goto("/what-is.html")
            chosen, other = page.locator(".asks button").nth(0), page.locator(".asks button").nth(1)
            chosen.click()
            colour = "each => getComputedStyle(each).backgroundColor"
            assert chosen.evaluate(colour) != other.evaluate(colour)


def down(page: Page, share: float) -> None:
    """Go down a page, as far as a share of it."""
    page.evaluate("share => scrollTo(0, share * document.documentElement.scrollHeight)", share)


def test_what_was_read_is_remembered_and_gone_on_with(page: Page) -> None:
    page.goto("/progress.html")
    go = page.locator("article a.go-on")
    expect(go).to_be_hidden()
    assert {state(page, name) for name in WAY} == {"empty"}
    assert page.locator("nav a [data-progress]").evaluate_all("all => all.map(each => each.dataset.progress)") == WAY

    page.goto("/compile.html")
    assert state(page, "compile") == "empty"
    down(page, 0.4)
    expect(page.locator("nav a [data-progress=compile]")).to_have_attribute("data-state", "half")
    page.goto("/progress.html")
    expect(go).to_have_text(re.compile("^Go on with lesson 4: Compile"))
    expect(part(page, "sum")).to_have_text(f"0 pages of {len(WAY)} done, 1 begun.")
    go.click()
    page.wait_for_url("**/compile.html")
    page.goto("/fit.html")  # whose part of the menu is open
    link = page.get_by_role("navigation").get_by_role("link", name=re.compile("Compile")).first
    assert 'link "Begun: Compile"' in words(link.aria_snapshot())
    page.goto("/compile.html")
    page.locator(".asks").first.locator("button", has_text="A").click()
    expect(page.locator("nav a [data-progress=compile]")).to_have_attribute("data-state", "half")
    page.locator(".asks").first.locator("button", has_text="B").click()
    expect(page.locator("nav a [data-progress=compile]")).to_have_attribute("data-state", "full")
    page.locator(".asks").first.locator("button", has_text="C").click()  # to see its reason
    page.goto("/progress.html")
    expect(go).to_have_text(re.compile("^Go on with lesson 5: Learning rate"))
    assert kept(page)["pages"]["compile"]["answered"] == {"check": "B"}
    page.goto("/fit.html")
    assert 'link "Done: Compile"' in words(link.aria_snapshot())
    page.goto("/index.html")  # which tells the same
    expect(go).to_have_text(re.compile("^Go on with lesson 5: Learning rate"))
    rings = page.locator(".contents [data-progress]")
    assert rings.evaluate_all("all => all.map(each => each.dataset.progress)") == WAY
    expect(page.locator(".contents [data-progress=compile]")).to_have_attribute("data-state", "full")


def test_a_lab_is_done_at_its_end_and_its_solved_version_is_no_page_of_the_way(page: Page) -> None:
    page.goto("/labs/fit-solved.html")
    down(page, 1)
    page.goto("/labs/fit.html")
    assert state(page, "labs/fit") == "empty"
    down(page, 1)
    expect(page.locator("nav a [data-progress='labs/fit']")).to_have_attribute("data-state", "full")
    page.goto("/progress.html")
    expect(page.locator("article a.go-on")).to_have_text("Go on with Lab: judge a classifier")
    page.locator("article a.go-on").click()
    page.wait_for_url("**/labs/judge.html")


def test_another_tab_and_the_way_back_tell_the_same(tab: Page) -> None:
    page = tab
    page.goto("/progress.html")
    other = page.context.new_page()
    other.goto("/fit.html")
    other.locator(".asks").first.locator("button", has_text="B").click()
    expect(page.locator("nav a [data-progress=fit]")).to_have_attribute("data-state", "full")
    expect(page.locator("article a.go-on")).to_be_visible()
    page.goto("/curves.html")
    page.locator(".asks").first.locator("button", has_text="C").click()
    page.go_back()
    expect(page.locator("nav a [data-progress=curves]")).to_have_attribute("data-state", "full")


def test_progress_is_saved_erased_and_taken_in(tab: Page, tmp_path: Path) -> None:
    page = tab
    page.goto("/fit.html")
    page.locator(".asks").first.locator("button", has_text="B").click()
    page.goto("/progress.html")
    before = kept(page)
    with page.expect_download() as download:
        part(page, "save").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    assert json.loads(saved.read_text("utf-8")) == before

    answers = iter((False, True))
    page.on("dialog", lambda dialog: dialog.accept() if next(answers) else dialog.dismiss())
    part(page, "erase").click()
    assert state(page, "fit") == "full"
    part(page, "erase").click()
    expect(part(page, "said")).to_have_text("Your progress is erased.")
    assert state(page, "fit") == "empty"
    expect(page.locator("article a.go-on")).to_be_hidden()

    (tmp_path / "other.json").write_text('{"v": 1, "pages": 3}')
    page.get_by_label("Take in a file").set_input_files(tmp_path / "other.json")
    expect(part(page, "said")).to_have_text(re.compile("no progress of this course"))
    assert state(page, "fit") == "empty"
    page.get_by_label("Take in a file").set_input_files(saved)
    expect(part(page, "said")).to_have_text(re.compile("that of the file now"))
    assert state(page, "fit") == "full"
    assert kept(page) == before


@pytest.mark.parametrize("script", [BLOCKED, FULL], ids=["blocked", "full"])
def test_a_browser_that_keeps_nothing_is_no_error(browser: Browser, address: str, script: str) -> None:
    with watched(browser, address) as context:
        context.add_init_script(script)
        page = context.new_page()
        page.goto("/fit.html")
        page.locator(".asks").first.locator("button", has_text="B").click()
        expect(page.locator(".asks [role=status]").first).to_have_text(re.compile("^Right: B. "))
        assert state(page, "fit") == "full"
        page.locator("label[title='Switch to the light palette']").click()
        page.goto("/progress.html")
        assert state(page, "fit") == "empty"
        expect(part(page, "blocked")).to_be_visible()


DAMAGED = [
    "{",
    "null",
    "7",
    '"x"',
    "[]",
    '{"v":1}',
    '{"v":2,"pages":{"fit":{"done":true}}}',
    '{"v":1,"pages":[3]}',
    '{"v":1,"pages":{"fit":null,"curves":{"read":"x","answered":4,"done":"yes"}},"last":{}}',
]


def test_damaged_progress_is_no_error(page: Page) -> None:
    page.goto("/fit.html")
    for text in DAMAGED:
        page.evaluate("text => localStorage.setItem('course', text)", text)
        page.reload(wait_until="domcontentloaded") if text is DAMAGED[0] else page.evaluate(ANOTHER_TAB)
        assert state(page, "fit") == "empty", text
        page.locator(".asks").first.locator("button", has_text="B").evaluate("each => each.click()")
        assert state(page, "fit") == "full"
        assert kept(page)["pages"]["fit"]["answered"] == {"check": "B"}


def test_progress_is_kept_for_pages_opened_from_a_folder(browser: Browser, site: Path) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto((site / "fit.html").as_uri())
        page.locator(".asks").first.locator("button", has_text="B").click()
        page.goto((site / "progress.html").as_uri())
        assert state(page, "fit") == "full"
        page.locator("article a.go-on").click()
        page.wait_for_url("**/curves.html")
