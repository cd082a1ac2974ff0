"""What the theme's own scripts do beside the text, in Chromium and in Firefox."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.conftest import until, watched

SCHEME = "document.body.dataset.mdColorScheme"
BLOCKED = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
NO_CLIPBOARD = """
  Object.defineProperty(navigator, "clipboard", { value: undefined })
  document.execCommand = () => {
    window.copied = document.activeElement.value
    return true
  }
"""
STILL = (
    "!document.getAnimations().some(each => each instanceof CSSTransition)"  # the line of the header runs with the page
)
FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture
def page(either: Browser, address: str) -> Iterator[Page]:
    with watched(either, address) as context:
        yield context.new_page()


def switch(page: Page) -> str:
    """What the switch that is seen offers."""
    labels = page.locator("form label[title]:visible")
    expect(labels).to_have_count(1)
    return labels.get_attribute("title") or ""


def test_the_palette_is_switched_kept_and_follows_the_system(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/labs/fit.html")
    assert (page.evaluate(SCHEME), switch(page)) == ("slate", "Switch to the light palette")
    page.emulate_media(color_scheme="light")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "default")
    page.emulate_media(color_scheme="dark")
    page.get_by_title("Switch to the light palette").click()
    assert (page.evaluate(SCHEME), switch(page)) == ("default", "Switch to the dark palette")
    page.goto("/fit.html")  # the same choice in another folder
    assert (page.evaluate(SCHEME), switch(page)) == ("default", "Switch to the dark palette")
    assert page.locator("meta[name=theme-color]").get_attribute("content") == "#f5f7f9"
    page.locator("[name=__palette]:checked").focus()
    for key, scheme in (("Enter", "slate"), (" ", "slate"), ("Enter", "default"), ("Space", "slate")):
        page.keyboard.press(key)
        assert page.evaluate(SCHEME) == scheme
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert page.locator("*:focus").get_attribute("aria-label") == switch(page)


def test_a_choice_that_was_kept_before_is_still_known(page: Page) -> None:
    """As Material's own scripts wrote it; whatever else may stand there is no choice."""
    page.goto("/index.html")
    color = {"media": "(prefers-color-scheme: dark)", "scheme": "slate", "primary": "custom", "accent": "custom"}
    wrong = ["{", "null", "7", '{"index":9}', '{"index":null}', '{"index":"x"}', '{"index":-1}']
    for kept, scheme in ((json.dumps({"index": 2, "color": color}), "slate"), *((each, "default") for each in wrong)):
        page.evaluate("kept => localStorage.setItem('/.__palette', kept)", kept)
        page.reload()
        assert page.evaluate(SCHEME) == scheme, kept


def test_blocked_storage_is_no_error(page: Page) -> None:
    page.add_init_script(BLOCKED)
    page.goto("/fit.html")
    page.get_by_title("Switch to the light palette").click()
    page.get_by_title("Switch to the dark palette").click()
    assert page.evaluate(SCHEME) == "slate"
    page.evaluate("scrollTo(0, 2000)")
    expect(page.locator(".md-nav a[aria-current=page] .ring")).to_have_attribute("data-state", "half")


def test_a_block_is_copied_without_the_clipboards_own_ways(page: Page) -> None:
    page.add_init_script(NO_CLIPBOARD)
    page.goto("/fit.html")
    button = page.get_by_role("button", name="Copy block 2", exact=True)
    code = page.locator("#cell-2 code").text_content() or ""
    said = page.get_by_role("status").filter(has_text="Copied to clipboard")
    button.click()
    expect(said).to_be_visible()
    assert page.evaluate("copied") == code.removesuffix("\n")
    expect(button).to_be_focused()
    assert page.locator("textarea").count() == 0
    expect(page.locator(".md-dialog--active")).to_have_count(0)
    page.evaluate("document.execCommand = () => false")
    button.click()
    expect(page.get_by_role("status").filter(has_text="does not let the page copy")).to_be_visible()


def test_tables_scroll_by_themselves_without_scripts(either: Browser, address: str) -> None:
    with either.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{address}/proven.html")
        wraps = page.locator(".md-typeset__scrollwrap[tabindex='0']:has(> .md-typeset__table > table)")
        expect(wraps).to_have_count(page.locator("article table:not([class])").count())
        assert wraps.first.evaluate("each => each.scrollWidth > each.clientWidth && each.clientWidth <= 320")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_keyboard_reaches_a_block_that_is_too_wide_and_no_other(page: Page) -> None:
    page.goto("/fit.html")
    for width in (390, 1900):
        page.set_viewport_size({"width": width, "height": 900})
        wrong = """[...document.querySelectorAll("pre > code")].filter(code => code.checkVisibility()
          && (code.scrollWidth > code.clientWidth) != (code.tabIndex == 0)).length"""
        until(page, f"{wrong} == 0")
        assert page.evaluate(wrong) == 0
    page.set_viewport_size({"width": 390, "height": 900})
    until(page, "document.querySelector('code[tabindex]')")
    wide = page.locator("code[tabindex='0']").first
    wide.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert wide.evaluate("each => each.matches(':focus-visible') && getComputedStyle(each).outlineStyle") == "solid"


def test_the_menu_follows_what_is_read(page: Page) -> None:
    page.goto("/fit.html")
    links = page.locator(".md-nav--secondary a")
    ids = [(link.get_attribute("href") or "")[1:] for link in links.all()]
    page.evaluate(FRAMES)
    assert page.locator(".md-nav--secondary [aria-current]").count() == 0
    for number in (2, len(ids) - 4, 0):  # the last ones are short
        page.evaluate("id => document.getElementById(id).scrollIntoView()", ids[number])
        active = page.locator(".md-nav--secondary .md-nav__link--active")
        expect(active).to_have_attribute("href", f"#{ids[number]}")
        expect(active).to_have_attribute("aria-current", "location")
        expect(page.locator(".md-nav--secondary [aria-current]")).to_have_count(1)
        expect(page.locator(".md-nav--secondary .md-nav__link--passed")).to_have_count(number + 1)
        assert in_frame(page, ".md-nav--secondary .md-nav__link--active")
    expect(page.locator(".md-header__title--active")).to_have_count(1)
    shown = page.locator(".md-header__topic + .md-header__topic")  # in the place of the site's name
    expect(shown).to_have_text(page.title().split(" - ")[0])
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator(".md-header__title--active")).to_have_count(0)
    expect(page.locator(".md-nav--secondary :is([aria-current], .md-nav__link--passed)")).to_have_count(0)


def in_frame(page: Page, link: str) -> bool:
    """Whether a link of the menu is in sight in the menu."""
    return bool(
        page.locator(link).evaluate(
            """link => {
              const frame = link.closest(".md-sidebar__scrollwrap").getBoundingClientRect()
              const at = link.getBoundingClientRect()
              return at.top >= frame.top - 1 && at.bottom <= Math.min(frame.bottom, innerHeight) + 1
            }"""
        )
    )


def test_a_low_window_has_the_page_in_sight_in_its_menu(page: Page) -> None:
    page.set_viewport_size({"width": 1300, "height": 320})
    page.goto("/notes.html")
    until(page, "document.querySelector('.md-sidebar__scrollwrap').scrollTop > 0")
    assert in_frame(page, "a[aria-current=page]")
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("key", ["Enter", "Space", None])
def test_the_drawer_closes_when_a_place_in_the_page_is_chosen(page: Page, key: str | None) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/fit.html")
    page.locator(".md-header label[for=__drawer]").click()
    until(page, STILL)
    headings = page.locator("label[for=__toc].md-nav__link")
    if key:
        headings.locator("[role=button]").focus()
        page.keyboard.press(key)
    else:
        headings.click()
    link = page.locator(".md-nav--secondary a").nth(1)
    until(page, STILL)
    link.click()
    expect(page.locator("#__drawer")).not_to_be_checked()
    expect(page.locator(".md-main__inner > [inert]")).to_have_count(0)
    until(page, "scrollY > 100")
    assert page.evaluate("scrollY") > 100


def test_an_address_opens_what_it_leads_into(page: Page) -> None:
    page.goto("/fit.html")
    page.evaluate("""() => {
      const folded = document.querySelectorAll("article details")
      folded[0].lastElementChild.id = "first"
      const inner = document.createElement("details")
      inner.innerHTML = "<summary>S</summary><p id='inner'>I</p>"
      folded[1].append(inner)
    }""")
    for name, count in (("first", 1), ("inner", 2)):
        page.evaluate("name => { location.hash = name }", name)
        expect(page.locator(f"#{name}")).to_be_visible()
        assert page.locator(f"details[open]:has(#{name})").count() == count


def test_what_is_folded_opens_on_paper_where_style_cannot_open_it(page: Page) -> None:
    page.add_init_script("CSS.supports = () => false")
    page.goto("/curves.html")
    folded, first = page.locator("article details:not([open])"), page.locator("article details").first
    first.locator("summary").first.click()
    closed = folded.count()
    assert closed > 1
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert folded.count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert folded.count() == closed
    expect(first).to_have_attribute("open", "")
