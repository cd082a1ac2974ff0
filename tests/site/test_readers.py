"""Every reader: in Chromium and in Firefox, by keyboard, without scripts, in forced colours, and so on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect

from tests.conftest import firefox_of
from tests.site.conftest import until, watched

FORCED: dict[str, str | float | bool] = {"browser.display.document_color_use": 2, "ui.prefersReducedMotion": 1}
PHONE = {"width": 390, "height": 800}


@pytest.fixture
def page(either: Browser, address: str) -> Iterator[Page]:
    """A page in either browser."""
    with watched(either, address) as context:
        yield context.new_page()


@pytest.fixture(scope="session", params=["chromium", "firefox"])
def forced(request: pytest.FixtureRequest, playwright: Playwright) -> Iterator[Browser]:
    """Either browser; Firefox with forced colours and reduced motion, which for Chromium a context says."""
    if request.param == "chromium":
        yield request.getfixturevalue("browser")
    else:
        with firefox_of(playwright, FORCED) as browser:
            yield browser


def focused(page: Page) -> Locator:
    return page.locator("*:focus")


def test_both_browsers_have_the_scheme_that_is_asked_for(either: Browser, address: str) -> None:
    with watched(either, address, color_scheme="dark") as context:
        page = context.new_page()
        page.goto("/index.html")
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
        page.emulate_media(color_scheme="light")
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "default")


# Where the focus is: what it is on, and whether that is in the window and in front.
WHERE = """() => {
  const each = document.activeElement, box = each.getBoundingClientRect()
  const [x, y] = [box.x + Math.min(box.width / 2, 20), box.y + box.height / 2]
  const top = document.elementFromPoint(x, y)
  const seen = each.contains(top) || !!top?.contains(each)
  return [each.id || each.getAttribute("href") || each.htmlFor || each.tagName, seen]
}"""


def test_the_menu_of_a_narrow_window_by_keyboard(page: Page) -> None:
    """The skip link first; in the drawer only what is in front, back and forth; Escape closes it; then the page."""
    page.set_viewport_size(PHONE)
    page.goto("/fit.html")
    page.keyboard.press("Tab")
    expect(focused(page)).to_have_class(re.compile("md-skip"))
    page.keyboard.press("Tab")
    expect(focused(page)).to_have_id("__drawer")
    page.keyboard.press("Space")
    link = page.locator(".md-sidebar--primary a[href='curves.html']")
    expect(link).to_be_visible()
    until(page, "document.getAnimations().length == 0")
    stops = []
    while (stop := walk(page)) != "spam-transformer.html":  # the last: beyond is the browser's own
        stops.append(stop)
        assert len(stops) < 60
    assert "curves.html" in stops
    assert "confusion-matrix.html" not in stops, "a link in a panel behind"

    back = page.locator("label.md-nav__title", has_text="Train")
    back.focus()
    page.keyboard.press("Space")
    until(page, "document.getAnimations().length == 0")
    judge = page.locator("label.md-nav__link[role=button]", has_text="Judge")
    assert walk(page, "Shift+Tab")
    judge.focus()
    page.keyboard.press("Enter")
    until(page, "document.getAnimations().length == 0")
    expect(judge).to_have_attribute("aria-expanded", "true")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Judge", "the panel in front has the focus"
    assert walk(page) == "confusion-matrix.html"

    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(focused(page)).to_have_id("__drawer")
    page.evaluate("scrollTo(0, 400)")
    until(page, "scrollY > 300")
    page.keyboard.press("Tab")
    assert page.evaluate("!document.activeElement.closest('.md-sidebar--primary')")


def walk(page: Page, key: str = "Tab") -> str:
    """One stop of the keyboard, which must be in sight, except for the boxes that Material paints as icons."""
    page.keyboard.press(key)
    where, seen = page.evaluate(WHERE)
    if where != "__drawer":
        assert seen, f"{where} has the focus and is out of sight"
    return str(where)


def test_everything_has_a_name_of_its_own(page: Page) -> None:
    page.goto("/fit.html")
    for block in page.locator(".highlight").all():
        block.scroll_into_view_if_needed()
    buttons = page.locator("[data-md-type=copy]")
    expect(buttons).to_have_count(page.locator(".highlight").count())
    names = [button.get_attribute("aria-label") or "" for button in buttons.all()]
    assert len(set(names)) == len(names) > 5
    assert all(re.fullmatch(r"Copy (shown )?block \d+", name) for name in names), names
    links = page.locator(".headerlink").all()
    headings = page.locator("article :is(h1, h2, h3):has(.headerlink)").all_inner_texts()
    assert [link.get_attribute("aria-label") for link in links] == [
        f"Link to: {heading.removesuffix('¶').strip()}" for heading in headings
    ]
    landmarks = page.evaluate("""[...document.querySelectorAll("nav:not([role=presentation])")].map(nav =>
      nav.ariaLabel || document.getElementById(nav.getAttribute("aria-labelledby"))?.textContent.trim() || "")""")
    assert all(landmarks), landmarks
    assert page.evaluate("[...document.querySelectorAll('th')].every(each => each.textContent.trim())")


def test_a_heading_is_copied_without_its_permalink(page: Page) -> None:
    page.goto("/fit.html")
    page.locator("h2").first.evaluate("each => getSelection().selectAllChildren(each)")
    assert page.evaluate("getSelection().toString().trim()") == "E-mails, in the order of the file"


def test_code_and_what_it_gave_are_not_translated(site: Path) -> None:
    for path in site.rglob("*.html"):
        tags = re.findall(r"<(?:pre|code)\b[^>]*>", path.read_text("utf-8"))
        assert all('translate="no"' in tag for tag in tags), path


def test_forced_colours_leave_every_control_in_sight(forced: Browser, address: str) -> None:
    options = {"forced_colors": "active"} if forced.browser_type.name == "chromium" else {}
    with watched(forced, address, **options) as context:
        page = context.new_page()
        page.goto("/fit.html")
        assert page.evaluate("matchMedia('(forced-colors: active)').matches")
        page.locator("[data-md-type=copy]").first.wait_for()
        icons = page.evaluate("""["[data-md-type=copy]", ".md-nav__link .md-nav__icon"].map(icon => {
          const each = [...document.querySelectorAll(icon)].find(each => each.checkVisibility())
          return getComputedStyle(each, "::after").backgroundColor != getComputedStyle(document.body).backgroundColor
        })""")
        assert icons == [True, True]
        current = page.locator(".md-sidebar--primary a.md-nav__link--active:visible")
        assert current.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
