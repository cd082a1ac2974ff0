"""The threshold lever, as a reader plays with it."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.axe import findings
from tests.site.conftest import LESSONS, quiet, watched

ROOT = Path(__file__).parents[2]
HOME = ROOT / "docs" / "en"
LEVER = "play-threshold"
RANGE = f"{LEVER} input[type=range]"
COUNTS = (
    "[...document.querySelectorAll('.lever-matrix button b')].map(each => Number(each.textContent.replace(',', '')))"
)
MOVE = """(range, at) => {
  range.value = at
  for (const kind of ["input", "change"]) range.dispatchEvent(new Event(kind, {bubbles: true}))
}"""
SHOWN = f"""async (range, places) => {{
  const text = each => document.querySelector(each).innerText
  const found = []
  for (const at of places) {{
    ({MOVE})(range, at)
    await new Promise(requestAnimationFrame)
    found.push([
      text(".play-code code"), {COUNTS}, text("output"), text("{LEVER} [role=status]"), text("h1 [data-missed]"),
      [...document.querySelectorAll("{LEVER} dd b")].map(each => each.innerText),
    ])
  }}
  return found
}}"""
SHIFTS = """() => new Promise(done => {
  new PerformanceObserver(list => done(list.getEntries().map(each => each.value)))
    .observe({type: "layout-shift", buffered: true})
  requestAnimationFrame(() => requestAnimationFrame(() => done([])))  // none
})"""


@pytest.fixture
def page(either: Browser, address: str) -> Iterator[Page]:
    with watched(either, address) as context:
        yield context.new_page()


@pytest.fixture
def lever(page: Page) -> Page:
    page.goto("/index.html")
    expect(page.locator(LEVER)).to_be_visible()
    return page


def move(page: Page, at: float) -> None:
    page.locator(RANGE).evaluate(MOVE, at)


@pytest.mark.parametrize("lesson", ["index"])
def test_all_101_positions_count_as_the_python_that_is_shown(
    lever: Page, ran: Callable[[Path], Any], lesson: str
) -> None:
    """Beside each: the sentence, the rates, and the solid bars, from the same counts."""
    run = ran(HOME / f"{lesson}.md")
    assert run.error is None, run.error
    solved = []
    shown = lever.locator(RANGE).evaluate(SHOWN, [line / 100 for line in range(101)])
    for line, (code, counts, place, said, head, rates) in enumerate(shown):
        at = f"{line / 100:.2f}"
        assert code == f"confusion_matrix(test.spam, scores >= {at})"
        (left, alarms), (missed, caught) = eval(code, run.names).tolist()
        assert counts == [left, alarms, missed, caught]
        assert place == at
        assert re.findall(r"[\d,]+", said) == [f"{missed:,}", f"{alarms:,}"]
        assert head == f"{missed:,}"
        precision = f"{caught / (caught + alarms):.3f}" if caught + alarms else "none"
        f1 = 2 * caught / (2 * caught + alarms + missed)
        expected = [precision, *(f"{each:.3f}" for each in (caught / (caught + missed), f1, (left + caught) / 2000))]
        assert rates == expected
        if "You did it" in said:
            solved.append(line / 100)
    assert solved == run.names["solutions"]


def test_the_lever_moves_by_keyboard_and_says_so(lever: Page) -> None:
    status, place = lever.locator(f"{LEVER} [role=status]"), lever.locator(RANGE)
    assert lever.locator(f"{LEVER} [role=status]").count() == 1
    before = status.inner_text()
    place.focus()
    for key, at in (("ArrowLeft", "0.49"), ("ArrowRight", "0.50"), ("Home", "0.00"), ("End", "1.00")):
        lever.keyboard.press(key)
        expect(place).to_have_attribute("aria-valuetext", at)
        expect(lever).to_have_url(re.compile(f"#play=threshold&t={float(at):g}$"))
    assert re.fullmatch(r"\d+ spam messages get through\. 0 real ones are held back\.", status.inner_text())
    assert status.inner_text() != before
    for _ in range(4):  # the four cells come next
        lever.keyboard.press("Tab")
        lever.keyboard.press("Enter")
        expect(lever.locator(":focus")).to_have_attribute("aria-pressed", "true")
    assert lever.locator("[aria-pressed=true]").count() == 1
    lever.keyboard.press("Tab")
    lever.keyboard.press("Enter")
    assert lever.evaluate("navigator.clipboard.readText()") == lever.locator(".play-code code").inner_text()


def test_the_address_has_the_setting(page: Page) -> None:
    page.goto("/index.html#play=threshold&t=0.22")
    expect(page.locator("output")).to_have_text("0.22")
    page.evaluate("location.hash = '#play=threshold&t=0.9'")
    expect(page.locator("output")).to_have_text("0.90")
    for wrong in ("#play=threshold&t=2", "#play=threshold&t=x", "#run", "#play=threshold&t=0.5.5"):
        page.evaluate("hash => { location.hash = hash }", wrong)
        expect(page.locator("output")).to_have_text("0.90")


def test_a_cell_opens_its_messages(lever: Page) -> None:
    data = json.loads(lever.locator("[data-play=threshold]").text_content() or "")
    for at in (0, 17, 50, 93, 100):
        move(lever, at / 100)
        for truth in (0, 1):
            for answer in (0, 1):
                lever.locator(f".lever-matrix [data-truth='{truth}'][data-answer='{answer}']").click()
                count = lever.locator("[aria-pressed=true] b").inner_text()
                assert (lever.locator(".lever-mail p").inner_text()).startswith(f"{count} ")
                shown = [text.split("\n")[-1].strip() for text in lever.locator(".lever-mail li").all_inner_texts()]
                side = [text for place, text in data["mail"][truth] if (place >= at) == bool(answer)]
                assert len(shown) == min(3, len(side))
                assert all(any(text.endswith(each) for each in side) for text in shown)
                places = [float(each) for each in lever.locator(".lever-mail li b").all_inner_texts()]
                assert all((place >= at / 100) == bool(answer) for place in places)


def test_mistakes_are_solid(lever: Page) -> None:
    move(lever, 0.3)
    bars = "[...document.querySelectorAll('.lever-plot rect')].map(each => [each.classList[0], +each.getAttribute('x'),"
    for kind, x, wrong in lever.evaluate(f"{bars} each.classList.contains('wrong')])"):
        above = (x - 1) / 10 >= 30
        assert wrong == (above if kind == "bar0" else not above)


@pytest.mark.parametrize("lesson", ["index"])
def test_without_scripts_the_counts_stand_there(
    browser: Browser, address: str, ran: Callable[[Path], Any], lesson: str
) -> None:
    names = ran(HOME / f"{lesson}.md").names
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/index.html")
        cells = page.locator(".play table td").all_inner_texts()
        found = [int(each.split()[0].replace(",", "")) for each in cells if each[:1].isdigit()]
        assert found == [names[name] for name in ("left", "alarms", "missed", "caught")]
        assert page.locator("h1 [data-missed]").inner_text() == str(names["missed"])
        assert page.locator(LEVER).count() == 0


def test_it_works_opened_from_a_folder(either: Browser, site: Path) -> None:
    with either.new_context() as context:
        page = context.new_page()
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto((site / "index.html").as_uri() + "#play=threshold&t=0.25")
        page.locator(RANGE).focus()
        page.keyboard.press("ArrowLeft")
        expect(page.locator("output")).to_have_text("0.24")
        expect(page).to_have_url(re.compile("#play=threshold&t=0.24$"))
        assert wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark", "forced"])
def test_every_reader_can_use_it(browser: Browser, address: str, scheme: str) -> None:
    options: dict[str, Any] = {"color_scheme": "dark" if scheme == "dark" else "light", "reduced_motion": "reduce"}
    if scheme == "forced":
        options["forced_colors"] = "active"
    with watched(browser, address, **options) as context:
        page = context.new_page()
        page.goto("/index.html")
        for width in (320, 390, 768, 1300, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert findings(page, ".hero") == []
            boxes = [each.bounding_box() for each in page.locator(f"{LEVER} :is(button, input)").all()]
            assert all(box and min(box["width"], box["height"]) >= 24 for box in boxes), boxes
        wide = page.locator(".lever-plot svg").bounding_box()
        thumb = page.locator(RANGE).bounding_box()
        assert wide
        assert thumb
        # The line is drawn where the thumb stands: at 0.5 in the middle of both.
        line = page.locator(".lever-plot .line").bounding_box()
        assert line
        assert line["x"] + line["width"] / 2 == pytest.approx(thumb["x"] + thumb["width"] / 2, abs=1.5)


@pytest.mark.parametrize("width", [320, 390, 768, 1300])
def test_nothing_moves_while_it_loads_or_is_moved(browser: Browser, address: str, width: int) -> None:
    with watched(browser, address) as context:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("/index.html")
        quiet(page)
        assert sum(page.evaluate(SHIFTS)) < 0.001
        heights = set()
        for line in range(0, 101, 4):
            move(page, line / 100)
            heights.add(page.locator(LEVER).evaluate("each => Math.round(each.getBoundingClientRect().height)"))
        assert len(heights) == 1, heights


def test_it_weighs_little_and_only_where_it_is_used(page: Page, site: Path) -> None:
    text = (site / "index.html").read_text("utf-8")
    (data,) = re.findall(r'<script[^>]*data-play="threshold"[^>]*>(.*?)</script>', text)
    files = [(site / "play" / f"threshold.{kind}").read_bytes() for kind in ("js", "css")]
    assert sum(len(gzip.compress(each)) for each in (*files, data.encode())) < 10_000
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/glossary.html")
    quiet(page)
    assert [each.rsplit("/", 1)[1] for each in asked if "/play/" in each] == ["play.js"]  # what explorers share


def test_the_course_at_a_glance(lever: Page) -> None:
    rows = lever.locator(".contents li")
    listed = [lesson for lesson in LESSONS.values() if lesson.related]
    assert rows.count() == len(listed) > 40
    assert lever.locator(".contents .ring[data-progress]").count() == len(listed)
    minutes = [int(each.split()[0]) for each in lever.locator(".contents .minutes").all_inner_texts()]
    assert len(minutes) == sum(not lesson.lab for lesson in listed)
    (hours, rest) = re.findall(r"(\d+)\sh (\d+)\smin", lever.locator(".hero-more li").first.inner_text())[0]
    assert sum(minutes) == 60 * int(hours) + int(rest)
