"""Every reader: in Chromium and in Firefox, by keyboard, without scripts, in forced colours, and so on."""

from playwright.sync_api import Browser, expect

from tests.site.conftest import watched


def test_both_browsers_have_the_scheme_that_is_asked_for(either: Browser, address: str) -> None:
    with watched(either, address, color_scheme="dark") as context:
        page = context.new_page()
        page.goto("/index.html")
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
        page.emulate_media(color_scheme="light")
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "default")
