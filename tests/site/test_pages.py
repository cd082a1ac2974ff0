"""What a reader sees and does."""

import gzip
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, BrowserContext, Page, expect

from coursebuild.weave.outputs import FOLDED
from tests.site.conftest import LESSONS, PAGES, RAN

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_renders(page: Page, name: str) -> None:
    page.goto(f"/{name}.html")
    expect(page.locator("h1")).to_have_count(1)
    expect(page).to_have_title(re.compile(re.escape(PAGES[name].title)))
    code = page.locator(".highlight code")
    assert code.count() == len(PAGES[name].codes)
    text = page.locator("article").inner_text()
    for raw in ("{python}", "@figure", "--8<--", "<!-- claim"):
        if not any(raw in code for code in PAGES[name].codes):
            assert raw not in text


@pytest.mark.parametrize("name", [name for name in PAGES if PAGES[name].codes])
def test_copy_buttons_give_exactly_the_code(page: Page, name: str) -> None:
    page.goto(f"/{name}.html")
    fences = PAGES[name].codes
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    buttons = page.locator(".highlight .md-code__button[data-md-type=copy]")
    blocks = page.locator(".highlight")
    for index, code in enumerate(fences):
        blocks.nth(index).scroll_into_view_if_needed()
        button = blocks.nth(index).locator(".md-code__button[data-md-type=copy]")
        button.click()
        expect(page.locator(".md-dialog--active")).to_be_attached()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.rstrip("\n") == code.rstrip("\n")
    assert buttons.count() == len(fences)
    assert page.locator(".output .md-code__button").count() == 0


@pytest.mark.parametrize("name", RAN)
def test_figures_appear_in_both_palettes(page: Page, name: str) -> None:
    alts = list(PAGES[name].alts)
    for scheme, wanted, other in (("light", "only-light", "only-dark"), ("dark", "only-dark", "only-light")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"/{name}.html")
        images = page.locator("article img")
        assert images.count() == 2 * len(alts)
        seen = [image for image in images.all() if image.is_visible()]
        assert [image.get_attribute("alt") for image in seen] == alts
        for image in seen:
            image.scroll_into_view_if_needed()
            assert (image.get_attribute("src") or "").endswith(f"#{wanted}")
            expect(image).to_have_js_property("complete", True)
            assert image.evaluate("image => image.naturalWidth") > 300
            width, height = image.get_attribute("width"), image.get_attribute("height")
            ratio = image.evaluate("image => image.clientWidth / image.clientHeight")
            assert ratio == pytest.approx(int(width or 0) / int(height or 1), rel=0.02)
        assert not any((image.get_attribute("src") or "").endswith(other) for image in seen)


def test_the_switch_changes_the_palette_and_is_remembered(page: Page) -> None:
    page.goto("/index.html")
    seen = []
    for name in ("the light palette", "the dark palette"):
        page.locator(f"label[title='Switch to {name}']").click()
        seen.append(page.evaluate("document.body.dataset.mdColorScheme"))
    assert seen == ["default", "slate"]
    page.reload()
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"


def test_search_finds_a_word(page: Page, site: Path) -> None:
    page.goto("/index.html")
    page.locator(".md-search__input").click()
    page.locator(".md-search__input").press_sequentially("sigmoid", delay=60)
    result = page.locator(".md-search-result__link").first
    result.wait_for(state="attached")
    found = result.evaluate("link => link.pathname")
    assert "sigmoid" in (site / found.lstrip("/")).read_text(encoding="utf-8").lower()
    assert "-solved" not in found


def test_the_search_index_is_fetched_when_somebody_searches(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    page.goto("/fit.html")
    page.wait_for_load_state("networkidle")
    assert "search.js" in asked
    assert "search_index.json" not in asked
    page.keyboard.press("/")  # Material's shortcut
    page.wait_for_load_state("networkidle")
    expect(page.locator(".md-search__input")).to_be_focused()
    assert asked.count("search_index.json") == 1


@pytest.mark.parametrize("width", [1300, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_breaks_the_rules_of_accessibility(
    browser: Browser, address: str, name: str, scheme: str, width: int
) -> None:
    # The checker is a script put into the page, which the site's own policy would refuse.
    with browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        bypass_csp=True,
    ) as context:
        page = context.new_page()
        page.goto(f"{address}/{name}.html")
        page.wait_for_load_state("networkidle")
        results = Axe().run(page, options=RULES)
        found = [(each["id"], [node["html"] for node in each["nodes"]]) for each in results.response["violations"]]
        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_menu_of_a_narrow_window_opens_by_keyboard(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/first-network.html")
    link = page.locator(".md-sidebar--primary a[href='curves.html']")
    expect(link).to_be_hidden()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "__drawer":
            break
    page.keyboard.press("Space")
    expect(link).to_be_visible()


@pytest.mark.parametrize("name", RAN)
def test_a_page_is_readable_without_scripts(browser: Browser, address: str, name: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/{name}.html")
        assert page.locator(".highlight code").first.is_visible()
        assert page.locator(".output:not(details *)").first.is_visible()  # what a page folds away, a reader can open
        images = [image for image in page.locator("article img").all() if image.is_visible()]
        assert len(images) == len(PAGES[name].alts)


@pytest.mark.parametrize("name", RAN)
def test_a_page_opens_from_a_folder_without_a_server(browser: Browser, site: Path, name: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        failed: list[str] = []
        page.on("requestfailed", lambda request: failed.append(request.url))
        page.goto((site / f"{name}.html").as_uri())
        assert page.evaluate("getComputedStyle(document.querySelector('.output')).borderLeftStyle") == "solid"
        for image in page.locator("article img:visible").all():
            image.scroll_into_view_if_needed()
            expect(image).to_have_js_property("complete", True)
            assert image.evaluate("image => image.naturalWidth") > 300
        assert failed == []


@pytest.mark.parametrize("name", RAN)
def test_the_dark_page_is_printed_light_and_whole(page: Page, name: str) -> None:
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.goto(f"/{name}.html")
    assert brightness(page, "h1") > 200
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator(".md-sidebar--primary").is_hidden()
    for part in ("h1", "article p", ".highlight code", ".output"):
        assert brightness(page, part) < 100
    seen = [image.get_attribute("src") or "" for image in page.locator("article img").all() if image.is_visible()]
    assert len(seen) == len(PAGES[name].alts)
    assert all(source.endswith("#only-light") for source in seen)
    for folded in page.locator("article details > :last-child").all():
        assert folded.bounding_box()


def brightness(page: Page, part: str) -> float:
    """The mean of a text's red, green and blue, 0 to 255."""
    colour = page.locator(part).first.evaluate("each => getComputedStyle(each).color")
    red, green, blue = (float(each) for each in re.findall(r"[\d.]+", colour)[:3])
    return (red + green + blue) / 3


@pytest.mark.parametrize("name", RAN)
def test_a_page_weighs_little(context: BrowserContext, site: Path, name: str) -> None:
    """At most 150 kB on the wire, gzip: what a first visit to the page loads."""
    page = context.new_page()
    loaded: set[str] = set()
    page.on("response", lambda response: loaded.add(response.url.split("#")[0].removeprefix(context.pages[0].url)))
    page.goto(f"/{name}.html")
    page.wait_for_load_state("networkidle")
    names = {re.sub(r"^http://[^/]+/", "", url) for url in loaded if url.startswith("http")} | {f"{name}.html"}
    sizes = {each: len(gzip.compress((site / each).read_bytes())) for each in names if (site / each).is_file()}
    assert len(sizes) > 3
    assert sum(sizes.values()) < 150_000, sizes


@pytest.mark.parametrize("name", RAN)
def test_outputs_are_told_from_code_and_long_ones_are_folded(page: Page, name: str) -> None:
    page.goto(f"/{name}.html")
    assert page.locator("pre.output code, .highlight .output").count() == 0
    for output in page.locator("pre.output").all():
        assert output.get_attribute("aria-label") in ("Output", "Error")
        lines = (output.text_content() or "").count("\n") + 1
        folded = output.evaluate("each => each.parentElement.matches('details.output')")
        assert folded == (lines > FOLDED)


def test_each_page_has_its_record_and_the_course_its_ledger(page: Page) -> None:
    for name in RAN:
        page.goto(f"/{name}.html")
        text = page.locator(".record").inner_text()
        assert re.fullmatch(
            r"Run on \d{4}-\d\d-\d\d in \d+\.\d seconds, "
            r"with Keras [\d.]+, TensorFlow [\d.]+, scikit-learn [\d.]+ and Python [\d.]+\.",
            text,
        )
    page.goto("/proven.html")
    for name in (name for name in LESSONS if LESSONS[name].cells):
        cells = page.locator(f"tr:has(a[href='{name}.html']) td").all_inner_texts()
        assert cells[1:7] == [str(count) for count in LESSONS[name].ledger().values()]
        assert float(cells[7]) >= 0
        for shown in LESSONS[name].shown:
            assert shown.reason in page.locator("article").inner_text()


def test_every_link_inside_the_site_leads_somewhere(site: Path) -> None:
    """MkDocs checks those of its own pages, and not those of notebooks."""
    soups = {path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in site.rglob("*.html")}
    ids = {path: {each["id"] for each in soup.select("[id]")} for path, soup in soups.items()}
    broken = []
    for path, soup in soups.items():
        for link in soup.select("article a[href]"):
            target, _, anchor = str(link["href"]).partition("#")
            if re.match("[a-z]+:", target) or path.name == "404.html":
                continue
            there = (path.parent / target).resolve() if target else path
            if not there.is_file() or (anchor and anchor not in ids.get(there, ())):
                broken.append((path.relative_to(site).as_posix(), link["href"]))
    assert broken == []


def test_the_cheat_sheet_is_one_sheet_of_paper(page: Page) -> None:
    page.goto("/cheat-sheet.html")
    margins = dict.fromkeys(("top", "right", "bottom", "left"), "1cm")
    for size in ("A4", "Letter"):
        printed = page.pdf(format=size, margin=margins)  # type: ignore[arg-type]
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
