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
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from tests.site.conftest import PATIENCE, SETTLED, address, page, site, watched

__all__ = ["address", "page", "site"]

ROOT = Path(__file__).parents[2]
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
AUDIT = """([part, rules]) => axe.run(part, rules).then(all =>
  all.violations.map(each => [each.id, each.nodes.map(node => node.html)]))"""


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
    files = [(site / "play" / each).read_bytes() for each in (f"{name}.js", f"{name}.css", *more)]
    return sum(len(gzip.compress(each)) for each in (*files, data.encode()))


def fits(browser: Browser, address: str, page_name: str, name: str) -> None:
    """Light, dark and forced colours, 320 to 1920 px: no finding of axe, nothing too wide, targets large enough."""
    for scheme in ("light", "dark", "forced"):
        options: dict[str, Any] = {"color_scheme": "dark" if scheme == "dark" else "light", "reduced_motion": "reduce"}
        if scheme == "forced":
            options["forced_colors"] = "active"
        with watched(browser, address, **options) as context:
            page = context.new_page()
            page.goto(f"/{page_name}.html")
            come(page, name)
            page.evaluate(SETTLED)
            page.evaluate(AXE_SCRIPT)
            tag = f"play-{name}"
            assert page.evaluate(AUDIT, [tag, RULES]) == []
            for width in (320, 390, 768, 1300, 1920) if scheme == "light" else (390,):
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                inside = page.locator(tag).evaluate(
                    "all => [...all.querySelectorAll('*')].filter(each => !each.closest('svg, .matrix-table')"
                    " && each.getBoundingClientRect().right > innerWidth + 1).map(each => each.outerHTML)"
                )
                assert inside == []
                boxes = [each.bounding_box() for each in page.locator(f"{tag} :is(button, input, select)").all()]
                assert boxes
                small = [box for box in boxes if box and min(box["width"], box["height"]) < 24]
                assert [box for box in small if box["width"] > 14] == []  # radio buttons have their label


def without_scripts(browser: Browser, address: str, page_name: str) -> Iterator[Page]:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/{page_name}.html", timeout=PATIENCE)
        yield page


@pytest.fixture
def either_page(either: Browser, address: str) -> Iterator[Page]:
    with watched(either, address) as context:
        yield context.new_page()
