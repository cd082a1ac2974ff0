"""The proofs that a reader can see: the switch in the seal, the marks that it brings, and the page without scripts."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, expect

from coursebuild.read.course import Course, read_page
from coursebuild.read.model import Lesson
from coursebuild.run.course import run_all
from coursebuild.run.process import Run
from coursebuild.run.replicate import known
from coursebuild.weave.parts import Proof, Text, parts
from coursebuild.weave.proofs import compared, said
from tests.site.axe import findings
from tests.site.conftest import LESSONS, ROOT, watched
from tests.site.test_check import BLOCKED

MANY = "first-network"  # marks in sentences, in lists and right below cells
KINDS = {"value": "Value", "claim": "Claim", "holds": "Rule"}
ASKED = [name for name, lesson in LESSONS.items() if lesson.proofs]
SWITCH = ".seal [role=switch]"
MARKS = "article [data-proof]"


@pytest.fixture
def page(either: Browser, address: str) -> Iterator[Page]:
    with watched(either, address) as context:
        yield context.new_page()


def count(lesson: Lesson) -> int:
    ledger = lesson.ledger()
    return ledger["values"] + ledger["claims"] + ledger["rules"]


def words(text: str | None) -> str:
    return " ".join((text or "").split())


def proofs_of(name: str) -> list[Proof]:
    """What the page's run gave, as it is kept."""
    course = Course.at(ROOT, ROOT / "docs" / "en")
    lesson = read_page(course, ROOT / "docs" / "en" / f"{name}.md")
    runs, faults = run_all(course, [lesson])
    assert not faults
    run: Run = runs[lesson.path]
    others = known(course, [lesson]).get(lesson.path)
    pieces = [piece for part in parts(lesson, run, others) if isinstance(part, Text) for piece in part.pieces]
    return [piece for piece in pieces if isinstance(piece, Proof)]


def copied(page: Page) -> list[str]:
    """What a reader copies of each paragraph, item and cell of a table."""
    found: list[str] = page.evaluate("""() => [...document.querySelectorAll("article :is(p, li, td, h2)")]
      .filter(each => each.checkVisibility() && !each.closest(".slip, .seal, .cell, .downloads")).map(each => {
        getSelection().selectAllChildren(each)
        return getSelection().toString()
      })""")
    page.evaluate("getSelection().removeAllRanges()")
    return found


def test_the_switch_by_keyboard_is_in_the_address_and_remembered(page: Page) -> None:
    page.goto("/fit.html#train")
    switch = page.locator(SWITCH)
    expect(switch).to_have_accessible_name("Show the proofs")
    assert switch.get_attribute("aria-checked") == "false"
    assert page.locator(MARKS).count() == 0
    page.locator(".seal a").focus()
    page.keyboard.press("Tab")
    expect(switch).to_be_focused()
    page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(page.locator(MARKS)).to_have_count(count(LESSONS["fit"]))
    assert page.url.endswith("/fit.html?proofs#train")
    page.goto("/curves.html")
    expect(page.locator(MARKS)).to_have_count(count(LESSONS["curves"]))
    assert page.url.endswith("/curves.html?proofs")
    page.locator(SWITCH).press("Enter")
    expect(page.locator(MARKS)).to_have_count(0)
    assert page.url.endswith("/curves.html")
    page.goto("/fit.html")
    expect(page.locator(SWITCH)).to_be_visible()
    assert page.evaluate("localStorage.getItem('proofs')") is None
    assert page.locator(MARKS).count() == 0
    page.goto("/fit.html?a=b&proofs")
    expect(page.locator(MARKS)).to_have_count(count(LESSONS["fit"]))
    page.locator(SWITCH).click()
    expect(page.locator(MARKS)).to_have_count(0)
    assert page.url.endswith("/fit.html?a=b")


def test_every_mark_opens_what_the_run_gave(page: Page) -> None:
    page.goto(f"/{MANY}.html?proofs")
    given = proofs_of(MANY)
    assert len(given) == count(LESSONS[MANY]) > 30
    expect(page.locator(MARKS)).to_have_count(len(given))
    opened = page.evaluate("""() => [...document.querySelectorAll("article [data-proof]")].map(mark => {
      mark.click()
      const slip = document.getElementById(mark.getAttribute("aria-controls"))
      const made = [mark.dataset.proof, mark.ariaExpanded, slip.querySelector("code").textContent, slip.textContent]
      const below = !(mark.compareDocumentPosition(slip) & Node.DOCUMENT_POSITION_PRECEDING) && slip.checkVisibility()
      return [...made, below || !!mark.closest("details:not([open])")]
    })""")
    assert [each[0] for each in opened] == [str(proof.number) for proof in given]
    for proof, (number, expanded, asked, told, below) in zip(given, opened, strict=True):
        assert expanded == "true"
        assert asked == proof.asked.source
        assert below
        for each in (
            f"{KINDS[proof.asked.kind]} {number}, docs/en/{MANY}.md:{proof.asked.line}",
            f"{compared(proof)}: true" if proof.asked.proves else compared(proof),
            said(proof),
        ):
            assert words(each) in words(told)
    assert page.locator(".slip").count() == len(given)
    value = next(proof for proof in given if proof.asked.kind == "value")
    assert words(page.locator(f"#proof-{value.number}").text_content()) == words(value.gave)
    page.locator(SWITCH).click()
    expect(page.locator(".slip")).to_have_count(0)
    assert page.locator(f"{MARKS}, article [id^=proof-][role], article [id^=proof-][tabindex]").count() == 0


def test_a_mark_by_keyboard_and_escape_puts_its_slip_away(page: Page) -> None:
    page.goto("/fit.html?proofs")
    for kind, key in (("span", "Enter"), ("span", "Space"), ("button", "Enter")):
        mark = page.locator(f"article {kind}[data-proof]").first
        mark.focus()
        expect(mark).to_have_role("button")
        page.keyboard.press(key)
        expect(mark).to_have_attribute("aria-expanded", "true")
        expect(page.locator(".slip")).to_have_accessible_name(re.compile(r"^Proof \d+$"))
        page.keyboard.press("Escape")
        expect(page.locator(".slip")).to_have_count(0)
        expect(mark).to_be_focused()
        expect(mark).to_have_attribute("aria-expanded", "false")


def test_marks_disturb_neither_copying_nor_screen_readers(page: Page) -> None:
    page.goto(f"/{MANY}.html")
    off = copied(page)
    tree = page.locator("article").aria_snapshot()
    with_scripts_alone = {"markdown": page.locator("article").inner_text()}
    assert 'button "checked' not in tree
    page.locator(SWITCH).click()
    expect(page.locator(MARKS)).to_have_count(count(LESSONS[MANY]))
    assert len(off) > 50
    assert copied(page) == off
    assert 'button "checked: proof' in page.locator("article").aria_snapshot()
    page.locator(SWITCH).click()
    expect(page.locator(MARKS)).to_have_count(0)
    assert page.locator("article").aria_snapshot() == tree
    assert page.locator("article").inner_text() == with_scripts_alone["markdown"]


def test_the_places_of_marks_are_nothing_to_a_screen_reader(browser: Browser, address: str) -> None:
    with watched(browser, address) as context:
        page = context.new_page()
        page.goto("/fit.html")
        tools = context.new_cdp_session(page)

        def tree() -> list[tuple[str, str]]:
            """Chromium's tree of accessibility, but for how it cuts text into pieces, and for what tells nothing: an
            element with an id, which a link may lead to, is in it without a role and a name.
            """
            nodes = [node for node in tools.send("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]]
            told = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes]
            return [each for each in told if each[0] not in ("StaticText", "InlineTextBox") and each != ("generic", "")]

        with_places = tree()
        page.evaluate("""() => {
          for (const each of document.querySelectorAll("[id^=proof-]")) each.replaceWith(...each.childNodes)
          document.querySelector("article").normalize()
        }""")
        assert len(with_places) > 100
        assert tree() == with_places


def test_the_page_of_proofs_leads_to_the_mark_in_the_text(page: Page) -> None:
    page.goto("/fit/proofs.html")
    last = count(LESSONS["fit"])
    page.locator(f"#proof-{last} a", has_text="in the text").click()
    mark = page.locator(f"[data-proof='{last}']")
    expect(mark).to_be_in_viewport()
    assert page.url.endswith(f"/fit.html?proofs#proof-{last}")


@pytest.mark.parametrize("path", [f"{MANY}.html?proofs", f"{MANY}/proofs.html"])
def test_proofs_break_no_rule_of_accessibility(browser: Browser, address: str, path: str) -> None:
    broken: dict[str, Any] = {}
    for scheme, width in (("light", 1300), ("dark", 1300), ("light", 320)):
        with watched(browser, address, color_scheme=scheme, reduced_motion="reduce") as context:
            page = context.new_page()
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"/{path}")
            if "?" in path:
                expect(page.locator(MARKS)).to_have_count(count(LESSONS[MANY]))
                page.evaluate("document.querySelectorAll('article [data-proof]').forEach((e, i) => i % 3 || e.click())")
            broken[f"{scheme} {width}"] = findings(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not any(broken.values()), broken


def test_neither_a_mark_in_a_choice_nor_its_slip_chooses(page: Page) -> None:
    page.goto("/what-is.html?proofs")
    expect(page.locator(MARKS)).to_have_count(count(LESSONS["what-is"]))
    page.evaluate("document.querySelectorAll('details.more').forEach(each => { each.open = true })")
    choice = page.locator(".asks > ul > li").filter(has=page.locator("[data-proof]")).first
    letter, mark = choice.locator("button").first, choice.locator("[data-proof]").first
    name = words(choice.text_content())
    mark.click()
    slip = page.locator(".asks > .slip")
    slip.locator("code").click()
    expect(slip).to_have_count(1)
    expect(letter).to_have_accessible_name(name)
    assert page.locator(".asks [aria-pressed=true]").count() == 0
    mark.click()
    expect(slip).to_have_count(0)
    letter.click()
    expect(letter).to_have_attribute("aria-pressed", "true")


def test_blocked_storage_and_a_lost_network_are_no_errors(either: Browser, address: str) -> None:
    with watched(either, address) as context:
        page = context.new_page()
        page.add_init_script(BLOCKED)
        page.goto("/fit.html")
        page.locator(SWITCH).click()
        expect(page.locator(MARKS)).to_have_count(count(LESSONS["fit"]))
    with either.new_context(base_url=address) as context:
        page = context.new_page()
        page.goto("/fit.html")
        page.route("**/fit/proofs.js", lambda route: route.abort())
        page.locator(SWITCH).click()
        expect(page.locator(SWITCH)).to_have_text("The proofs did not come: try again")
        expect(page.locator(SWITCH)).to_have_attribute("aria-checked", "false")
        page.unroute_all()
        page.locator(SWITCH).click()
        expect(page.locator(MARKS)).to_have_count(count(LESSONS["fit"]))
        expect(page.locator(SWITCH)).to_have_text("Show the proofs")


def test_the_proofs_come_from_a_folder_too(either: Browser, site: Path) -> None:
    with either.new_context() as context:
        page = context.new_page()
        page.goto((site / "labs" / "judge-solved.html").as_uri())
        page.locator(SWITCH).click()
        expect(page.locator(MARKS)).to_have_count(count(LESSONS["labs/judge"]))
        assert page.url.endswith(".html?proofs")
        page.locator(MARKS).first.click()
        expect(page.locator(".slip")).to_be_visible()


def test_on_paper_are_the_slips_that_are_open_and_no_marks(browser: Browser, address: str) -> None:
    with watched(browser, address) as context:
        page = context.new_page()
        page.goto("/fit.html?proofs")
        page.locator("article button[data-proof]").first.click()
        page.emulate_media(media="print")
        expect(page.locator(".slip")).to_be_visible()
        assert page.locator("article button[data-proof]:visible, .seal button:visible").count() == 0


@pytest.mark.parametrize("name", ASKED)
def test_the_page_of_proofs_lists_all_of_them_in_order(site: Path, name: str) -> None:
    lesson = LESSONS[name]
    listed = BeautifulSoup((site / name / "proofs.html").read_text("utf-8"), "html.parser")
    asked = [each for cell in lesson.cells for each in cell.expressions if each.kind != "play"]
    assert sorted(code.get_text() for code in listed.select(".slip pre")) == sorted(each.source for each in asked)
    order = [int(str(slip["id"]).removeprefix("proof-")) for slip in listed.select(".slip")]
    assert order == list(range(1, len(asked) + 1))
    lines = [int(found) for found in re.findall(rf"{re.escape(lesson.path)}:(\d+)", listed.article.get_text())]  # type: ignore[union-attr]
    assert lines == sorted(each.line for each in asked)
    for path in lesson.pages:
        page = BeautifulSoup((site / path).with_suffix(".html").read_text("utf-8"), "html.parser")
        assert [each["id"] for each in page.select("article [id^=proof-]")] == [f"proof-{n}" for n in order]
        (link,) = page.select(".seal a")
        assert (site / path).parent / str(link["href"]) == site / name / "proofs.html"


def test_proofs_are_in_no_menu_and_no_search(site: Path) -> None:
    assert "proofs.html" not in (site / "search" / "index.js").read_text("utf-8")
    assert "/proofs" not in (site / "llms.txt").read_text("utf-8")
    home = BeautifulSoup((site / "index.html").read_text("utf-8"), "html.parser")
    assert not [link for link in home.select("nav a") if "/proofs" in str(link.get("href"))]
