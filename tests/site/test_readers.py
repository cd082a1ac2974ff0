"""Every reader: in Chromium and in Firefox, by keyboard, without scripts, in forced colours, and so on."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Playwright, ViewportSize, expect

from coursebuild.site.preview import preview
from tests.conftest import ROOT, firefox_of
from tests.site.axe import ONLY_COLOURS, findings
from tests.site.conftest import SETTLED, quiet, until, watched

FORCED: dict[str, str | float | bool] = {"browser.display.document_color_use": 2, "ui.prefersReducedMotion": 1}
PHONE: ViewportSize = {"width": 390, "height": 800}


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
    opener = page.locator(".md-header [role=button][aria-label=Menu]")
    link = page.locator(".md-sidebar--primary a[href='curves.html']")
    expect(link).to_be_hidden()
    for _ in range(4):
        page.keyboard.press("Tab")
        if opener.evaluate("each => each == document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(focused(page)).to_have_id("__drawer")
    expect(link).to_be_visible()
    page.evaluate(SETTLED)
    stops = []
    while (stop := walk(page)) != "curves.html":  # the last: beyond is the browser's own
        stops.append(stop)
        assert len(stops) < 60
    assert "schedules.html" in stops
    assert "confusion-matrix.html" not in stops, "a link in a panel behind"

    back = page.get_by_role("button", name="Train: back")
    back.focus()
    page.keyboard.press("Space")
    page.evaluate(SETTLED)
    judge = page.locator(".md-sidebar--primary label.md-nav__link [role=button]", has_text="Judge")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_focused()
    judge.focus()
    page.keyboard.press("Enter")
    page.evaluate(SETTLED)
    expect(judge).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("button", name="Judge: back")).to_be_focused()
    assert walk(page) == "confusion-matrix.html"

    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(opener).to_be_focused()
    page.evaluate("scrollTo(0, 400)")
    until(page, "scrollY > 300")
    page.keyboard.press("Tab")
    assert page.evaluate("!document.activeElement.closest('.md-sidebar--primary')")


def walk(page: Page) -> str:
    """One stop of the keyboard, which must be in sight."""
    page.keyboard.press("Tab")
    where, seen = page.evaluate(WHERE)
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


def test_blocks_that_are_marked_by_hand_are_code_and_text_alone(page: Page) -> None:
    page.goto("/fit.html")
    expect(page.locator("#cell-5 .md-code__with")).to_be_visible()
    marked = page.evaluate("""() => {
      getSelection().setBaseAndExtent(document.querySelector("#cell-3"), 0, document.querySelector("#cell-5 pre"), 1)
      return getSelection().toString()
    }""")
    assert "train_test_split(" in marked
    assert "keras.Sequential(" in marked
    assert not re.search(r"\+ \d+ lines", marked)


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


KINDS = ["index", "fit", "labs/fit", "glossary", "tags", "proven", "404"]


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_of_page_in_either_browser(either: Browser, address: str, name: str) -> None:
    """Nothing is asked of others, no error; the keyboard comes through, visibly; 320 px wide nothing goes sideways."""
    with watched(either, address, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(f"/{name}.html")
        expect(page.locator("h1")).to_have_count(1)
        for width in (1920, 320):  # 320: what a window of 1,280 shows at 400%
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.set_viewport_size({"width": 1300, "height": 900})
        links = page.locator("a[href]:visible").count()
        odd = []
        for count in range(1, min(links, 12) + 1):
            page.keyboard.press("Tab")
            if not page.evaluate("""() => {
              const each = document.activeElement, outline = it => getComputedStyle(it).outlineStyle != "none"
              return [each, ...each.labels ?? []].some(outline)
            }"""):
                odd.append(count)
    for count in odd:  # shows its focus in a way of its own, if a picture of it says so
        with either.new_context(viewport={"width": 1300, "height": 900}, reduced_motion="reduce") as context:
            page = context.new_page()
            page.goto(f"{address}/{name}.html")
            for _ in range(count):
                page.keyboard.press("Tab")
            control = focused(page).element_handle()
            shown = control.screenshot(caret="initial")
            control.evaluate("each => each.blur()")
            assert control.screenshot(caret="initial") != shown, control.evaluate("each => each.outerHTML")


SPACED = """() => {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`* {
    line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important
  }`)
  document.adoptedStyleSheets = [sheet]
}"""


@pytest.mark.parametrize("name", ["index", "threshold", "confusion-matrix"])
def test_letters_far_apart_have_room_in_a_narrow_window(page: Page, name: str) -> None:
    """WCAG 1.4.12; nothing beside the window, and nothing that a frame cuts off."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"/{name}.html#play=threshold&t=0.3")
    expect(page.locator("play-threshold output")).to_have_text("0.30")
    page.evaluate(SPACED)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.locator("play-threshold form").evaluate("form => form.scrollWidth - form.clientWidth") == 0


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_of_page_narrow_and_dark_and_in_forced_colours(browser: Browser, address: str, name: str) -> None:
    with watched(browser, address, color_scheme="dark") as context:
        page = context.new_page()
        page.set_viewport_size(PHONE)
        page.goto(f"/{name}.html")
        quiet(page)
        assert findings(page, rules=ONLY_COLOURS) == []
        page.emulate_media(forced_colors="active")
        assert findings(page) == []


@pytest.mark.parametrize("name", ["index", "fit", "labs/fit", "404"])
def test_each_kind_of_page_without_scripts_and_from_a_folder(either: Browser, site: Path, name: str) -> None:
    with either.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto((site / f"{name}.html").as_uri())
        expect(page.locator("h1")).to_be_visible()
        article = page.locator("article, main").first.inner_text()
        assert len(article) > 100


def test_from_a_folder_a_narrow_page_scrolls_after_its_menu_was_open(either: Browser, site: Path) -> None:
    with either.new_context(viewport=PHONE) as context:
        page = context.new_page()
        page.goto((site / "fit.html").as_uri())
        page.locator(".md-header label[for=__drawer]").click()
        expect(page.locator(".md-sidebar--primary a[href='curves.html']")).to_be_visible()
        page.keyboard.press("Escape")
        page.evaluate("scrollTo(0, 500)")
        until(page, "scrollY > 400")
        assert page.evaluate("scrollY > 400")


class Page404(SimpleHTTPRequestHandler):
    """A server as GitHub's is: below a folder, with the site's own page for what is not there."""

    below = "/course/"

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        file = Path(self.directory, path.removeprefix(self.below))
        if path.startswith(self.below) and file.is_file():
            super().do_GET()
        else:
            self.send_response(404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(Path(self.directory, "404.html").read_bytes())

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix(self.below.rstrip("/")))

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="session", params=["", "https://people.example/course/"])
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Two pages with this project's theme and configuration, built with and without an address."""
    folder = tmp_path_factory.mktemp("course")
    for part in ("coursebuild", "docs/theme"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "snippets").mkdir()
    (folder / "docs" / "en" / "part").mkdir(parents=True)
    config = (ROOT / "mkdocs.yml").read_text("utf-8")
    menu = "nav:\n  - Home: index.md\n  - Begin:\n    - part/one.md\n\n"
    (folder / "mkdocs.yml").write_text(re.sub(r"(?ms)^nav:.*?\n\n", menu, config))
    for name, title in (("index", "A course"), ("part/one", 'Said "twice"')):
        head = f"---\ntitle: '{title}'\ndescription: 'What <b> & \"c\" are.'\n---\n"
        (folder / "docs" / "en" / f"{name}.md").write_text(f"{head}# {title} {{ #x }}\n\nSome $x^2$ for $5.\n")
    environment = os.environ | {"SITE_URL": request.param, "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return request.param, folder / "site"


def test_a_link_shared_elsewhere_has_a_preview(small: tuple[str, Path]) -> None:
    address, site = small
    head = BeautifulSoup((site / "part" / "one.html").read_text("utf-8"), "html.parser").head
    assert head
    said = {str(each.get("property") or each.get("name")): each["content"] for each in head.select("meta[content]")}
    assert said["og:title"] == 'Said "twice"'
    assert said["og:description"] == said["description"] == 'What <b> & "c" are.'
    assert said["og:type"] == "article"
    canonical = head.select_one("link[rel=canonical]")
    picture = site / "previews" / "part" / "one.png"
    if address:
        assert canonical
        assert canonical["href"] == said["og:url"] == f"{address}part/one.html"
        assert said["og:image"] == f"{address}previews/part/one.png"
        assert said["twitter:card"] == "summary_large_image"
        with Image.open(picture) as image:
            assert (image.format, image.size) == ("PNG", (1200, 630))
        assert picture.stat().st_size < 60_000
        assert picture.read_bytes() == preview('Said "twice"', 'What <b> & "c" are.', "Binary classifiers, proven")
    else:
        assert canonical is None
        assert not {"og:url", "og:image", "twitter:card"} & set(said)
        assert not picture.exists()


def test_programs_find_the_pages_as_markdown(small: tuple[str, Path]) -> None:
    address, site = small
    page = BeautifulSoup((site / "part" / "one.html").read_text("utf-8"), "html.parser")
    link = page.select_one("link[rel~=alternate][type='text/markdown']")
    assert link
    assert (site / "part" / str(link["href"])).read_text("utf-8") == '# Said "twice"\n\nSome $x^2$ for $5.\n'
    listed = (site / "llms.txt").read_text("utf-8")
    assert listed.startswith("# Binary classifiers, proven\n\n> ")
    assert f'## Begin\n\n- [Said "twice"]({address}part/one.md): What <b> & "c" are.\n' in listed
    assert (f"<loc>{address}part/one.html</loc>" in (site / "sitemap.xml").read_text("utf-8")) == bool(address)


def test_a_page_that_is_not_there_is_whole_at_any_depth(small: tuple[str, Path], either: Browser) -> None:
    _, site = small
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Page404, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with either.new_context() as context:
            page = context.new_page()
            missing: list[str] = []
            page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
            page.goto(f"http://127.0.0.1:{server.server_port}/course/part/of/nothing/at/all.html")
            assert [url.rsplit("/", 1)[1] for url in missing] == ["all.html"]
            expect(page.locator("h1")).to_have_text(re.compile("not (found|here)", re.IGNORECASE))
            assert "Times" not in page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
            box = page.locator("h1").bounding_box()
            assert box
            assert box["x"] > 50, "has a margin of its own"
            page.close()
        server.shutdown()


VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
GONE = {"align", "bgcolor", "border", "valign", "frame", "rules"}  # attributes that HTML has given up


class Checker(HTMLParser):
    """What a page has wrong of the kinds that a validator told of this site, or would of its like."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.named: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attributes]
        found = dict(attributes)
        foreign = {"svg", "math"} & {*self.open, tag}
        bad = {name for name in names if names.count(name) > 1 or name == "style" or name.startswith("on")}
        bad |= set() if foreign else GONE & set(names)
        bad |= {"autocomplete"} & set(names) if found.get("type") == "checkbox" else set()
        self.wrong += [f"<{tag} {name}>" for name in sorted(bad)]
        self.ids += [found["id"] or ""] if "id" in found else []
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            self.named += (found.get(name) or "").split()
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def faults(self, page: str) -> list[str]:
        self.feed(page)
        self.close()
        twice = {each for each in self.ids if self.ids.count(each) > 1}
        return [*self.wrong, *self.open, *sorted(twice), *sorted(set(self.named) - set(self.ids))]


def test_the_html_is_valid(site: Path) -> None:
    """As the validator of the W3C found it when this was written; these are the kinds of faults that it had found."""
    assert Checker().faults("<p id=a align=left><b></p><label for=c id=a></label><br>") != []
    wrong = {str(path.relative_to(site)): Checker().faults(path.read_text("utf-8")) for path in site.rglob("*.html")}
    assert not any(wrong.values()), {name: faults[:5] for name, faults in wrong.items() if faults}
