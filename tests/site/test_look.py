"""The site's own dress: what must be seen, where it stands, and that it moves nothing."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.conftest import LESSONS, quiet, watched

PATIENT = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
NAMED = {name: lesson for name, lesson in LESSONS.items() if lesson.related and not lesson.lab}


def colours(page: Page, selector: str, name: str) -> set[str]:
    return set(page.locator(selector).evaluate_all(f"all => all.map(each => getComputedStyle(each).{name})"))


def test_a_cell_and_what_it_gave_are_one_card(page: Page) -> None:
    page.goto("/curves.html")
    cells = LESSONS["curves"].cells
    cards = page.locator(".cell[id]")
    assert cards.evaluate_all("all => all.map(each => each.id)") == [f"cell-{n + 1}" for n in range(len(cells))]
    for number, cell in enumerate(cells, 1):
        card = page.locator(f"#cell-{number}")
        assert card.locator(".highlight").count() == 1
        assert card.locator(".figure").count() == len(cell.figures)
        assert card.locator("pre.error").count() == bool(cell.raises)
        head = card.evaluate("each => getComputedStyle(each, '::before').content")
        assert head == f'"{number:02}  Python"'
    assert page.locator("article > .highlight, article > .output").count() == 0


def test_figures_have_numbers_and_captions_that_are_read_once(page: Page) -> None:
    page.goto("/curves.html")
    figures = [figure for cell in LESSONS["curves"].cells for figure in cell.figures]
    for number, figure in enumerate(figures, 1):
        there = page.locator(f"figure#figure-{number}")
        assert there.locator("figcaption").inner_text() == f"Figure {number}. {figure.alt}"
        expect(there).to_have_accessible_name(f"Figure {number}.")
        expect(there.locator("img:visible")).to_have_accessible_name(figure.alt)


def test_the_seal_counts_what_was_checked(page: Page) -> None:
    page.goto("/fit.html")
    ledger = LESSONS["fit"].ledger()
    lines = page.locator(".seal").inner_text().split("\n")
    told = [line for line in lines if "other runs" not in line]  # which may be known or not
    claims = ledger["claims"] + ledger["rules"]
    assert told[:2] == [f"{claims} claims checked", f"{ledger['run'] + ledger['must raise']} blocks ran"]
    assert re.fullmatch(r"run \d{4}-\d\d-\d\d, \d+ s", told[2])


def test_the_menu_names_the_page_its_headings_and_each_lesson_once(page: Page) -> None:
    page.goto("/fit.html")
    current = page.locator(".md-sidebar--primary [aria-current=page]")
    assert current.inner_text() == "Fit"
    item = page.locator(".md-nav__item--active .md-nav--secondary")
    headings = [each.inner_text().rstrip("\u00b6").strip() for each in page.locator("article h2").all()]
    assert item.locator(".md-nav__link:visible").all_inner_texts() == headings
    rings = page.locator("a > .ring").evaluate_all("all => all.map(each => each.dataset.progress)")
    assert rings == [*(n for n in rings if n in NAMED), *(n for n in rings if LESSONS[n].lab)]
    assert set(rings) == set(NAMED) | {name for name, lesson in LESSONS.items() if lesson.lab}
    assert len(rings) == len(set(rings))


def test_before_and_after_say_what_they_teach(page: Page) -> None:
    page.goto("/fit.html")
    for end, name in (("prev", "schedules"), ("next", "curves")):
        link = page.locator(f".md-footer a[rel={end}]")
        expect(link).to_have_attribute("href", f"{name}.html")
        for told in (LESSONS[name].title, str(LESSONS[name].meta["description"]), " min."):
            expect(link).to_contain_text(told)
    page.set_viewport_size({"width": 390, "height": 800})
    boxes = [page.locator(f".md-footer a[rel={end}]").bounding_box() for end in ("prev", "next")]
    assert [box and (box["x"], box["width"]) for box in boxes] == [(0, 390)] * 2


def test_a_line_is_as_long_as_it_should_be(page: Page) -> None:
    page.goto("/fit.html")
    article = page.locator("article")
    for paragraph in page.locator("article > p:not([class])").all()[1:]:
        box = paragraph.bounding_box()
        assert box
        assert box["width"] <= 1 + article.evaluate(
            "each => { const m = document.createElement('i'); m.style.cssText = 'position:absolute;width:55ch';"
            "each.append(m); const w = m.offsetWidth; m.remove(); return w }"
        )


def test_a_note_stands_beside_its_paragraph_and_touches_nothing(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/fit.html")
    notes = page.locator("article > .note")
    assert notes.count() > 3
    for note in notes.all():
        beside, own = note.evaluate(
            "each => [each.previousElementSibling, each].map(e => { const b = e.getBoundingClientRect();"
            "return [b.left, b.top, b.right, b.bottom] })"
        )
        below = note.evaluate("each => each.nextElementSibling.getBoundingClientRect().top")
        assert own[0] > beside[2]
        assert abs(own[1] - beside[1]) < 3
        assert own[3] <= below
        assert own[3] - beside[3] < 24  # a note that is longer than its paragraph would leave a hole in the text
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.locator("article > .note:visible").count() == 0


def test_a_definition_comes_to_the_pointer_and_to_the_focus_and_goes_by_escape(page: Page) -> None:
    page.set_viewport_size({"width": 800, "height": 900})  # no margin
    page.goto("/fit.html")
    link, tip = page.locator("a[aria-describedby=term-weight]").first, page.locator(".tip")
    told = page.locator("#term-weight").text_content() or ""
    expect(link).to_have_accessible_description(told)
    link.hover()
    expect(tip).to_have_text(told)
    expect(tip).to_be_visible()
    tip.hover()
    page.wait_for_timeout(300)
    expect(tip).to_be_visible()  # it can be reached
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.mouse.move(5, 890)
    link.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.evaluate(PATIENT)
    expect(tip).to_be_hidden()  # the margin has it, in sight


def test_a_term_to_which_the_focus_scrolls_the_page_keeps_its_definition(page: Page) -> None:
    page.set_viewport_size({"width": 800, "height": 500})
    page.goto("/fit.html")
    link, tip = page.locator("article > p > a[aria-describedby]:visible").last, page.locator(".tip")
    link.focus()
    page.keyboard.press("Shift+Tab")
    page.evaluate("scrollTo(0, 0)")
    expect(tip).to_be_hidden()
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    expect(tip).to_be_visible()
    page.evaluate(PATIENT)
    expect(tip).to_be_visible()
    term, told = link.bounding_box(), tip.bounding_box()
    assert term
    assert told
    assert min(abs(told["y"] - term["y"] - term["height"]), abs(told["y"] + told["height"] - term["y"])) < 12


def test_a_finger_sees_the_definition_first_and_then_the_glossary(browser: Browser, address: str) -> None:
    with watched(browser, address, has_touch=True) as context:
        page = context.new_page()
        page.set_viewport_size({"width": 390, "height": 800})
        page.goto("/fit.html")
        link = page.locator("a[aria-describedby=term-weight]").first
        link.tap()
        expect(page.locator(".tip")).to_be_visible()
        assert page.url.endswith("/fit.html")
        link.tap()
        page.wait_for_url("**/glossary.html#weight")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_interface_has_no_colour_of_its_own(page: Page, scheme: str) -> None:
    """Warm is class 1 and cool is class 0: links, the menu and the header are ink."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto("/fit.html")
    seen = colours(page, "a:visible, .md-header, .md-nav__link:visible, .md-button", "color")
    for colour in seen:
        red, green, blue = (int(float(each)) for each in re.findall(r"[\d.]+", colour)[:3])
        assert max(red, green, blue) - min(red, green, blue) < 32, colour


def test_nothing_is_lost_in_forced_colours(browser: Browser, address: str) -> None:
    with watched(browser, address, forced_colors="active") as context:
        page = context.new_page()
        page.goto("/fit.html")
        page.locator(".cell").first.hover()
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        for selector in (".md-code__button", ".md-nav__item--nested > label .md-nav__icon"):
            drawn = page.locator(selector).first.evaluate("each => getComputedStyle(each, '::after').backgroundColor")
            assert drawn != ground, selector
        for selector in (".cell", ".seal", ".md-nav__link[aria-current]:visible", ".output"):
            each = page.locator(selector).first
            edges = each.evaluate("e => ['Top', 'Left'].map(s => getComputedStyle(e)[`border${s}Width`])")
            assert any(edge != "0px" for edge in edges), selector
        for state in ("half", "full"):
            ring = page.locator("a > .ring:visible").first
            ring.evaluate("(each, state) => each.dataset.state = state", state)
            style = ring.evaluate(
                "each => getComputedStyle(each).backgroundImage + getComputedStyle(each).backgroundColor"
            )
            assert style not in (f"none{ground}", "nonergba(0, 0, 0, 0)"), state


def test_the_header_is_low_and_shows_how_far_one_has_read(browser: Browser, address: str) -> None:
    with watched(browser, address) as context:
        page = context.new_page()
        page.goto("/fit.html")
        assert page.locator(".md-header").evaluate("each => each.offsetHeight") in (44, 45)
        scale = "new DOMMatrix(getComputedStyle(document.querySelector('.md-header'), '::after').transform).a"
        assert page.evaluate(scale) == 0
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        page.evaluate(PATIENT)
        assert page.evaluate(scale) == pytest.approx(1, abs=0.01)
        page.emulate_media(reduced_motion="reduce")
        line = "getComputedStyle(document.querySelector('.md-header'), '::after').display"
        assert page.evaluate(line) == "none"


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_shifts_while_a_page_loads(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.add_init_script(
        "window.shifts = []; new PerformanceObserver(list => shifts.push(...list.getEntries()"
        ".filter(e => e.value > 0.001).map(e => e.value))).observe({ type: 'layout-shift', buffered: true })"
    )
    page.goto("/curves.html")
    quiet(page)
    assert page.evaluate("shifts") == []


def test_the_missing_page_leads_on(page: Page, site: Path) -> None:
    page.goto("/404.html")
    expect(page.locator("h1")).to_have_text("This page is not here")
    for link in page.locator("article a").all():
        assert (site / (link.get_attribute("href") or "").lstrip("/")).is_file()


def test_the_mark_is_our_own(page: Page, site: Path) -> None:
    page.goto("/fit.html")
    icon = page.locator("link[rel=icon]").get_attribute("href") or ""
    assert (site / icon).read_text(encoding="utf-8").startswith("<svg")
    assert page.locator(".md-header .md-logo svg path").count() == 3
