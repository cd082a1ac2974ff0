"""What holds for explorers that are more than a script and a style: with their setting, and what they load."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from tests.play.conftest import AUDIT, RULES, come
from tests.site.conftest import PATIENCE, SETTLED, watched

SCHEMES = ["light", "dark", "forced"]


def every_reader(browser: Browser, address: str, path: str, name: str, scheme: str) -> None:
    """No finding of axe, nothing that is too wide or too small to be hit, from 320 to 1920 pixels."""
    options: dict[str, Any] = {"color_scheme": "dark" if scheme == "dark" else "light", "reduced_motion": "reduce"}
    if scheme == "forced":
        options["forced_colors"] = "active"
    with watched(browser, address, **options) as context:
        page = context.new_page()
        page.goto(path)
        come(page, name)
        page.evaluate(SETTLED)
        page.evaluate(AXE_SCRIPT)
        for width in (320, 390, 768, 1300, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate(AUDIT, [f"play-{name}", RULES]) == []
            controls = page.locator(f"play-{name} :is(button, input, select, textarea, summary):visible")
            boxes = [each.bounding_box() for each in controls.all()]
            assert boxes
            assert all(box and min(box["width"], box["height"]) >= 24 for box in boxes), boxes
            assert page.locator(f"play-{name} [role=status]").count() == 1


def loaded_only_near(page: Page, path: str, name: str) -> list[str]:
    """Nothing of it before it comes near; then what was asked for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert not any(f"/play/{name}" in each for each in asked)
    come(page, name)
    page.wait_for_load_state("networkidle")
    return [each.rpartition("/")[2] for each in asked if "/play/" in each]


def without_scripts(browser: Browser, address: str, path: str, name: str) -> str:
    """What stands in its place."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}{path}", timeout=PATIENCE)
        assert page.locator(f"play-{name}").count() == 0
        said = page.locator(f"div:has(> [data-play={name}])")
        expect(said).to_be_visible()
        return said.inner_text()
