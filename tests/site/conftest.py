"""The built site, served from 127.0.0.1, and a browser."""

import contextlib
import functools
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import TimeoutError as LateError

from coursebuild.read.course import Course, read
from coursebuild.read.model import Cell, Lesson, Shown
from tests.proven import Noted

ROOT = Path(__file__).parents[2]
SETTLED = "document.getAnimations().forEach(each => each instanceof CSSTransition && each.finish())"
# Figures that wait for a guess are shown at once; tests/play asks the guesses.
UNGUESSED = """new MutationObserver(() => {
  for (const each of document.querySelectorAll("[data-play=predict]")) each.remove()
}).observe(document, { childList: true, subtree: true })"""
Scheme = Literal["light", "dark"]
Media = Literal["screen", "print"]
READ = {str(name.with_suffix("")): lesson for name, lesson in read(Course.at(ROOT, ROOT / "docs" / "en"))[0].items()}
FILES = {name: {lesson.path, *(f"snippets/{file}" for file, _ in lesson.embeds)} for name, lesson in READ.items()}
LESSONS = Noted(READ, FILES)


@dataclass(frozen=True)
class Expected:
    """What a page must have: its title, its blocks of code in order, and the alt texts of its figures."""

    title: str
    codes: tuple[str, ...]
    alts: tuple[str, ...] = ()
    ran: bool = False


def expected(name: str, lesson: Lesson) -> Iterator[tuple[str, Expected]]:
    """The page of a lesson, or the two of a lab."""
    title = str(lesson.meta["title"])
    codes = tuple(part.code for part in lesson.parts if isinstance(part, Cell | Shown))
    alts = tuple(figure.alt for cell in lesson.cells for figure in cell.figures)
    page = Expected(title, codes, alts, bool(lesson.cells))
    if lesson.lab:
        parts = [part for part in lesson.parts if isinstance(part, Cell | Shown)]
        unsolved = tuple((part.exercise if isinstance(part, Cell) else "") or part.code for part in parts)
        yield name, Expected(title, unsolved)
        yield f"{name}-solved", replace(page, title=f"{title}, solved")
    else:
        yield name, page


PAGES = Noted(
    {page: each for name, lesson in READ.items() for page, each in expected(name, lesson)},
    FILES | {f"{name}-solved": files for name, files in FILES.items()},
)
RAN = [name for name, page in PAGES.items() if page.ran]


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the site that `make build` made."""
    folder = ROOT / "site"
    assert (folder / "index.html").is_file(), "site/index.html:1: no site to test (make build)"
    return folder


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    handler = functools.partial(Handler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextlib.contextmanager
def watched(browser: Browser, address: str, **options: Any) -> Iterator[BrowserContext]:
    """A wide, light window. It is an error if a page asks another host for anything, or if the console has an error."""
    with browser.new_context(viewport={"width": 1300, "height": 900}, base_url=address, **options) as context:
        if browser.browser_type.name == "chromium":  # Firefox knows no such permissions
            context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        wrong: list[str] = []
        context.on("request", lambda r: None if r.url.startswith((address, "data:", "blob:")) else wrong.append(r.url))
        # What a page was still loading when the test left it is no failure.
        context.on(
            "requestfailed", lambda r: None if "ABORTED" in (r.failure or "") else wrong.append(f"failed: {r.url}")
        )
        context.on("console", lambda m: wrong.append(f"console: {m.text}") if m.type in ("error", "warning") else None)
        context.on("weberror", lambda e: wrong.append(f"error: {e.error}"))
        yield context
        assert wrong == []


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with watched(browser, address) as context:
        yield context.new_page()


def until(page: Page, true: str) -> bool:
    """Wait for what comes by itself, and tell whether it came.

    Not by Playwright's own `wait_for_function`: what is not so at its first look it asks by `eval`, which a strict
    policy forbids.
    """
    end = time.monotonic() + 60
    while not (came := bool(page.evaluate(true))) and time.monotonic() < end:
        page.wait_for_timeout(20)
    return came


def quiet(page: Page) -> None:
    """Wait until a page has loaded what it loads by itself.

    A stock Firefox does not always tell Playwright that a request has ended, which then waits for it for ever (one page
    in a whole run of the tests): after a minute the page is looked at as it is, and what is missing fails the test.
    """
    with contextlib.suppress(LateError):
        page.wait_for_load_state("networkidle", timeout=60_000)


@dataclass(frozen=True)
class Opened:
    """A page that many tests look at: loaded once, with what its first visit loaded from the site."""

    name: str
    page: Page
    loaded: frozenset[str]

    def view(self, scheme: Scheme = "light", width: int = 1300, media: Media = "screen") -> Page:
        """The page in another window, without waiting for its colours to fade over."""
        self.page.emulate_media(media=media, color_scheme=scheme)
        self.page.set_viewport_size({"width": width, "height": 900})
        palette = {"light": "default", "dark": "slate"}[scheme]
        expect(self.page.locator("body")).to_have_attribute("data-md-color-scheme", palette)
        self.page.evaluate(SETTLED)
        return self.page


@pytest.fixture(scope="module")
def loaded(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Opened]:
    with watched(browser, address) as context:
        page = context.new_page()
        page.add_init_script(UNGUESSED)
        answers: set[str] = set()
        page.on("response", lambda response: answers.add(response.url.split("#")[0].removeprefix(f"{address}/")))
        page.goto(f"/{request.param}.html")
        quiet(page)
        yield Opened(request.param, page, frozenset(answers))


@pytest.fixture
def opened(loaded: Opened) -> Opened:
    """The page of the parameter `loaded`, as it is found: light, wide, at its top."""
    loaded.view().evaluate("scrollTo(0, 0)")
    return loaded
