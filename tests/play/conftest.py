"""The built site and browsers, as the tests of the site have them; and what the tests of all explorers ask."""

import ast
import contextlib
import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.axe import findings
from tests.site.conftest import SETTLED, address, page, quiet, site, watched

__all__ = ["address", "page", "site"]

ROOT = Path(__file__).parents[2]
SCHEMES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
}
# Of an explorer: what reaches out of the window, but in a part that scrolls; controls that are hard to hit, of which a
# radio button has its label; and how many sentences it has for screen readers.
MEASURE = """explorer => {
  const scrolls = each => each !== explorer
    && (/auto|scroll/.test(getComputedStyle(each).overflowX) || scrolls(each.parentElement))
  const box = each => (each.type === "radio" ? each.closest("label") : each).getBoundingClientRect()
  const controls = [...explorer.querySelectorAll("button, input, select, textarea, summary")]
    .filter(each => each.checkVisibility())
  return {
    wide: document.documentElement.scrollWidth,
    out: [...explorer.querySelectorAll("*")].filter(each => !each.closest("svg")
      && each.getBoundingClientRect().right > innerWidth + 1 && !scrolls(each)).map(each => each.outerHTML),
    controls: controls.length,
    small: controls.filter(each => Math.min(box(each).width, box(each).height) < 24).map(each => each.outerHTML),
    statuses: explorer.querySelectorAll("[role=status]").length,
  }
}"""
# Without the text around it, which axe would look through each time, and which tests of pages look at.
ALONE = """explorer => {
  for (const each of document.querySelectorAll(".md-content__inner *")) {
    if (!each.contains(explorer) && !explorer.contains(each)) each.remove()
  }
}"""


def come(page: Page, name: str, number: int = 0) -> None:
    """Scroll to where an explorer is to stand, and wait for it."""
    page.evaluate(
        """([name, number]) => {
          const data = document.querySelectorAll(`[data-play=${name}]`)[number]
          const place = (data.previousElementSibling ?? data.parentElement).getBoundingClientRect()
          scrollTo(0, scrollY + place.bottom - 2 * innerHeight + 100)  // a bit below what is in view
        }""",
        [name, number],
    )
    page.wait_for_selector(f"play-{name}", state="attached")
    expect(page.locator(f"play-{name}").nth(number)).to_be_visible()


def put(page: Page, tag: str, **setting: object) -> None:
    """Set the controls of an explorer as a reader would, and tell it."""
    page.locator(tag).evaluate(
        """(explorer, setting) => {
          for (const [name, value] of Object.entries(setting)) explorer.form.elements[name].value = value
          for (const kind of ["input", "change"]) explorer.form.dispatchEvent(new Event(kind, {bubbles: true}))
        }""",
        {name: str(value) for name, value in setting.items()},
    )


def printed(code: str, names: dict[str, Any]) -> str:
    """What the Python that is shown prints, with the names of the page; a last expression is printed too."""
    tree = ast.parse(code)
    if isinstance(tree.body[-1], ast.Expr) and not ast.unparse(tree.body[-1]).startswith("print("):
        tree.body[-1] = ast.parse(f"print({ast.unparse(tree.body[-1])})").body[0]
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(tree, "<shown>", "exec"), dict(names))
    return out.getvalue()


def code_of(page: Page, tag: str) -> str:
    return page.locator(f"{tag} .play-code code").text_content() or ""


def weight(site: Path, path: str, name: str, *more: str) -> int:
    """The bytes on the wire of an explorer with its data, without what all share."""
    text = (site / path).read_text("utf-8")
    (data, *_) = re.findall(rf'<script[^>]*data-play="{name}"[^>]*>(.*?)</script>', text)
    look = site / "play" / f"{name}.css"  # some have all their look in what is shared
    files = [*(site / "play" / each for each in (f"{name}.js", *more)), *[look] * look.is_file()]
    return sum(len(gzip.compress(each)) for each in (*(file.read_bytes() for file in files), data.encode()))


def fits(browser: Browser, address: str, page_name: str, name: str, setting: str = "") -> None:
    """Light, dark and forced colours, 320 to 1920 px: no finding of axe, nothing too wide, targets large enough."""
    with watched(browser, address, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(f"/{page_name}.html" + (f"#play={name}&{setting}" if setting else ""))
        come(page, name)
        explorer = page.locator(f"play-{name}")

        def views() -> Iterator[int]:
            for scheme, media in SCHEMES.items():
                page.emulate_media(**media)
                palette = "slate" if scheme == "dark" else "default"
                expect(page.locator("body")).to_have_attribute("data-md-color-scheme", palette)
                assert page.evaluate("matchMedia('(forced-colors: active)').matches") == (scheme == "forced")
                page.evaluate(SETTLED)
                for width in (320, 390, 768, 1300, 1920):
                    page.set_viewport_size({"width": width, "height": 900})
                    yield width

        for width in views():
            measured = explorer.evaluate(MEASURE)
            assert measured["wide"] <= width
            assert measured["controls"]
            assert measured["statuses"] == 1
            assert measured["out"] == measured["small"] == []
        explorer.evaluate(ALONE)
        for _ in views():
            page.evaluate("scrollTo(0, 0)")  # out from under the header
            assert findings(page, f"play-{name}") == []


def loaded_only_near(page: Page, path: str, name: str) -> list[str]:
    """Nothing of an explorer before it comes near; then what was asked for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path)
    quiet(page)
    assert not any(f"/play/{name}" in each for each in asked)
    come(page, name)
    quiet(page)
    return [each.rpartition("/")[2] for each in asked if "/play/" in each]


def static(page: Page, name: str) -> str:
    """What stands in the place of an explorer, on a page without scripts."""
    assert page.locator(f"play-{name}").count() == 0
    said = page.locator(f"div:has(> [data-play={name}])")
    expect(said).to_be_visible()
    return said.inner_text()


def without_scripts(browser: Browser, address: str, page_name: str) -> Iterator[Page]:
    """The page as those see it who run no scripts."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/{page_name}.html")
        yield page


@pytest.fixture
def either_page(either: Browser, address: str) -> Iterator[Page]:
    with watched(either, address) as context:
        yield context.new_page()
