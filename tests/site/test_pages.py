"""What a reader sees and does."""

import contextlib
import gzip
import re
import zlib
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from playwright.sync_api import Browser, Page, expect

from coursebuild.weave.outputs import FOLDED
from tests.conftest import named
from tests.site.axe import BUT_COLOURS, ONLY_COLOURS, RULES, findings
from tests.site.conftest import LESSONS, PAGES, RAN, UNGUESSED, Opened, Scheme, until, watched


def each(pages: Iterable[str]) -> pytest.MarkDecorator:
    """For each of these pages; each is loaded once for all such tests."""
    return pytest.mark.parametrize("loaded", list(pages), indirect=True)


@each(PAGES)
def test_a_page_renders(opened: Opened) -> None:
    page, codes = opened.page, PAGES[opened.name].codes
    expect(page.locator("h1")).to_have_count(1)
    expect(page).to_have_title(re.compile(re.escape(PAGES[opened.name].title)))
    assert page.locator(".highlight code").count() == len(codes)
    text = page.locator("article").inner_text()
    for raw in ("{python}", "@figure", "--8<--", "<!-- claim", "<!-- holds"):
        if not any(raw in code for code in codes):
            assert raw not in text


# course.js lets the keyboard reach a block of code that has become wider than the window, a moment later.
REACHABLE = """[...document.querySelectorAll("pre > code")]
  .every(code => code.scrollWidth <= code.clientWidth || code.tabIndex == 0 || !code.checkVisibility())"""
# Of the parts of code that are coloured alike the first bears its colour, and the others are text: half of a page's
# elements are such parts, each as easy to read as another of its kind.
ONE_OF_A_KIND = """{
  const seen = new Set()
  for (const each of document.querySelectorAll(".highlight code span[class]")) {
    const kind = `${each.className} in ${each.parentElement.className}`
    if (seen.has(kind)) each.replaceWith(...each.childNodes)
    else seen.add(kind)
  }
}"""


@each(PAGES)
def test_nothing_breaks_the_rules_of_accessibility(opened: Opened) -> None:
    """All rules once. A palette changes colours alone, and a width all but these: what only a narrow window shows is
    the same on all pages, and test_readers.py judges its colours.
    """
    opened.page.evaluate(ONE_OF_A_KIND)
    broken = {}
    views: list[tuple[Scheme, int, dict[str, Any]]]
    views = [("light", 1300, RULES), ("dark", 1300, ONLY_COLOURS), ("light", 390, BUT_COLOURS)]
    for scheme, width, rules in views:
        page = opened.view(scheme, width)
        until(page, REACHABLE)
        broken[scheme, width] = findings(page, rules=rules)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not any(broken.values()), broken


@each(RAN)
def test_figures_appear_in_both_palettes(opened: Opened) -> None:
    alts = list(PAGES[opened.name].alts)
    for scheme in get_args(Scheme):
        page = opened.view(scheme)
        assert page.locator("article img").count() == 2 * len(alts)
        seen = page.locator("article img:visible").all()
        assert [image.get_attribute("alt") for image in seen] == alts
        for image in seen:
            image.scroll_into_view_if_needed()
            assert (image.get_attribute("src") or "").endswith(f"#only-{scheme}")
            expect(image).to_have_js_property("complete", True)
            assert image.evaluate("image => image.naturalWidth") > 300
            width, height = image.get_attribute("width"), image.get_attribute("height")
            ratio = image.evaluate("image => image.clientWidth / image.clientHeight")
            assert ratio == pytest.approx(int(width or 0) / int(height or 1), rel=0.02)


@each(RAN)
def test_the_dark_page_is_printed_light_and_whole(opened: Opened) -> None:
    page = opened.view("dark")
    assert brightness(page, "h1") > 200
    opened.view("dark", media="print")
    assert page.locator(".md-sidebar--primary").is_hidden()
    for part in ("h1", "article p", ".highlight code", ".output"):
        assert brightness(page, part) < 100
    seen = [image.get_attribute("src") or "" for image in page.locator("article img:visible").all()]
    assert len(seen) == len(PAGES[opened.name].alts)
    assert all(source.endswith("#only-light") for source in seen)
    for folded in page.locator("article details > :last-child").all():
        assert folded.bounding_box()


def brightness(page: Page, part: str) -> float:
    """The mean of a text's red, green and blue, 0 to 255."""
    colour = page.locator(part).first.evaluate("each => getComputedStyle(each).color")
    red, green, blue = (float(each) for each in re.findall(r"[\d.]+", colour)[:3])
    return (red + green + blue) / 3


@each(RAN)
def test_a_page_weighs_little(opened: Opened, site: Path) -> None:
    """Gzipped, a first visit is at most 90 kB, with figures as they load, without explorers; the page at most 22."""
    page = f"{opened.name}.html"
    names = {each for each in opened.loaded | {page} if not re.match("play/(?!play.js)", each)}
    sizes = {each: len(gzip.compress((site / each).read_bytes())) for each in names if (site / each).is_file()}
    assert len(sizes) > 3
    assert sum(sizes.values()) < 90_000, sizes
    assert sizes[page] < 22_000


@each(RAN)
def test_outputs_are_told_from_code_and_long_ones_are_folded(opened: Opened) -> None:
    assert opened.page.locator("pre.output code, .highlight .output").count() == 0
    for output in opened.page.locator("pre.output").all():
        assert output.get_attribute("aria-label") in ("Output", "Error")
        lines = (output.text_content() or "").count("\n") + 1
        folded = output.evaluate("each => each.parentElement.matches('details.output')")
        assert folded == (lines > FOLDED)


@each(RAN)
def test_a_page_has_its_record(opened: Opened) -> None:
    text = opened.page.locator(".record").inner_text()
    assert re.fullmatch(
        r"Run on \d{4}-\d\d-\d\d in \d+\.\d seconds, "
        r"with (?:(?:\S+ [\w.+]+, )*\S+ [\w.+]+ and )?Python [\d.]+\."
        r"(?: In \d+ other runs?,? [^.]+\.)?",  # where some are known
        text,
    )


# What each block's button copies, and whether a pointer reaches it.
COPIED = """async () => {
  const copied = []
  for (const button of document.querySelectorAll(".highlight .md-code__button[data-md-type=copy]")) {
    button.scrollIntoView({ block: "center", behavior: "instant" })
    const { left, top, width, height } = button.getBoundingClientRect()
    const reached = button.contains(document.elementFromPoint(left + width / 2, top + height / 2))
    await navigator.clipboard.writeText("nothing")
    button.click()
    let text
    while ((text = await navigator.clipboard.readText()) === "nothing") await 0
    copied.push([text, reached])
  }
  return copied
}"""


@each([name for name in PAGES if PAGES[name].codes])
def test_copy_buttons_give_exactly_the_code(opened: Opened) -> None:
    page, codes = opened.page, PAGES[opened.name].codes
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.locator(".highlight .md-code__button[data-md-type=copy]").first.click()
    expect(page.locator(".md-dialog--active")).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()").rstrip("\n") == codes[0].rstrip("\n")
    copied = page.evaluate(COPIED)
    assert [text.rstrip("\n") for text, _ in copied] == [code.rstrip("\n") for code in codes]
    assert all(reached for _, reached in copied)
    assert page.locator(".output .md-code__button").count() == 0
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = false)")


@each(RAN)
def test_a_page_is_readable_without_scripts(loaded: Opened, browser: Browser, address: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/{loaded.name}.html")
        assert page.locator(".highlight code").first.is_visible()
        assert page.locator(".output:not(details *)").first.is_visible()  # what a page folds away, a reader can open
        assert page.locator("article img:visible").count() == len(PAGES[loaded.name].alts)


@each(RAN)
def test_a_page_opens_dark_from_a_folder_without_a_server(loaded: Opened, browser: Browser, site: Path) -> None:
    with browser.new_context(color_scheme="dark") as context:
        page = context.new_page()
        page.add_init_script(UNGUESSED)
        failed: list[str] = []
        page.on("requestfailed", lambda request: failed.append(request.url))
        page.goto((site / f"{loaded.name}.html").as_uri())
        assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
        assert page.evaluate("getComputedStyle(document.querySelector('.cell')).borderLeftStyle") == "solid"
        images = page.locator("article img:visible").all()
        assert len(images) == len(PAGES[loaded.name].alts)
        for image in images:
            assert (image.get_attribute("src") or "").endswith("#only-dark")
            image.scroll_into_view_if_needed()
            expect(image).to_have_js_property("complete", True)
            assert image.evaluate("image => image.naturalWidth") > 300
        assert failed == []


def test_the_switch_changes_the_palette_and_is_remembered(page: Page) -> None:
    page.goto("/index.html")
    seen = []
    for name in ("the light palette", "the dark palette"):
        page.locator(f"label[title='Switch to {name}']").click()
        seen.append(page.evaluate("document.body.dataset.mdColorScheme"))
    assert seen == ["default", "slate"]
    page.reload()
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"


def test_the_course_has_its_ledger(page: Page) -> None:
    page.goto("/proven.html")
    for name in (name for name in LESSONS if LESSONS[name].cells):
        cells = page.locator(f"tr:has(a[href='{name}.html']) td").all_inner_texts()
        counts = [str(count) for count in LESSONS[name].ledger().values()]
        assert cells[1 : 1 + len(counts)] == counts
        assert re.fullmatch(r"none yet|\d+(?: of \d+)?", cells[1 + len(counts)])  # other runs
        assert float(cells[2 + len(counts)]) >= 0
        for shown in LESSONS[name].shown:
            assert shown.reason in page.locator("article").inner_text()


class Leads(HTMLParser):
    """The ids of a page, and the addresses of the links in its article."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids, self.links, self.articles = set[str](), list[str](), 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids.add(given.get("id") or "")
        self.articles += tag == "article"
        if tag == "a" and self.articles and "href" in given:
            self.links.append(given["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        self.articles -= tag == "article"


def test_every_link_inside_the_site_leads_somewhere(site: Path) -> None:
    """MkDocs checks those of its own pages, and not those of notebooks."""
    pages = {path: Leads(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    assert sum(len(page.links) for page in pages.values()) > 5_000
    broken = []
    for path, page in pages.items():
        for link in page.links:
            target, _, anchor = link.partition("#")
            if re.match("[a-z]+:", target) or path.name == "404.html":
                continue
            target = target.partition("?")[0]
            there = (path.parent / target).resolve() if target else path
            if not there.is_file() or (anchor and (there not in pages or anchor not in pages[there].ids)):
                broken.append((path.relative_to(site).as_posix(), link))
    assert broken == []


PAPER = {"A4": (21.0, 29.7), "Letter": (21.59, 27.94)}  # centimetres


def sheets(page: Page, size: str) -> int:
    """How many sheets of paper a page takes."""
    # Playwright gives inches, and Firefox takes them for centimetres.
    inches = 2.54 if page.context.browser and page.context.browser.browser_type.name == "chromium" else 1
    width, height = (f"{each / inches}in" for each in PAPER[size])
    margins: Any = dict.fromkeys(("top", "right", "bottom", "left"), f"{1 / inches}in")
    pdf = page.pdf(width=width, height=height, margin=margins)
    packed = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    for each in packed:
        with contextlib.suppress(zlib.error):  # one that is not packed
            pdf += zlib.decompress(each)
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_on_paper_the_cheat_sheet_is_one_sheet_and_a_lesson_is_not_many(either: Browser, address: str) -> None:
    if either.browser_type.name == "firefox" and named("firefox") == either.browser_type.executable_path:
        pytest.skip("Playwright's own Firefox cannot print")
    with watched(either, address) as context:
        page = context.new_page()
        page.goto("/cheat-sheet.html")
        assert [sheets(page, size) for size in PAPER] == [1, 1]
        page.goto("/confusion-matrix.html")
        assert 5 < sheets(page, "A4") < 20
