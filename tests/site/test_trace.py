"""The trace of a page: step by step with a script, whole without, without a finding of axe."""

import re

from playwright.sync_api import Browser, expect

from tests.site.axe import findings
from tests.site.conftest import watched


def test_a_trace_step_by_step(either: Browser, address: str) -> None:
    with watched(either, address) as context:
        page = context.new_page()
        page.goto("/first-network.html")
        page.get_by_role("link", name="Trace", exact=True).click()
        told, steps = page.locator(".step-bar [role=status]"), page.locator(".step")
        expect(told).to_be_visible()  # it has come
        count = steps.count()
        assert count > 10
        seen = "all => all.flatMap((each, at) => each.checkVisibility() ? [at + 1] : [])"
        expect(told).to_have_text(f"Step 1 of {count}")
        assert steps.evaluate_all(seen) == [1]
        assert page.get_by_role("button", name="Step before").is_disabled()
        for key, at in (("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2)):
            page.keyboard.press(key)
            expect(told).to_have_text(f"Step {at} of {count}")
            assert steps.evaluate_all(seen) == [at]
            assert page.url.endswith(f"/first-network/trace.html#step-{at}")
        page.get_by_role("button", name="Next step").focus()
        page.keyboard.press("Enter")
        expect(told).to_have_text(f"Step 3 of {count}")
        page.goto(f"/first-network/trace.html#step-{count}")
        expect(told).to_have_text(f"Step {count} of {count}")
        expect(page.get_by_role("heading", name=f"Step {count}: one prediction, layer by layer")).to_be_visible()
        assert page.get_by_role("button", name="Next step").is_disabled()
        page.get_by_role("button", name="All steps").click()
        expect(told).to_have_text(f"All {count} steps")
        assert len(steps.evaluate_all(seen)) == count
        page.get_by_role("button", name="All steps").click()
        if either.browser_type.name == "chromium":  # Firefox's driver knows no paper but a printed page
            page.emulate_media(media="print")
            assert len(steps.evaluate_all(seen)) == count
        link = steps.nth(count - 1).locator("xpath=preceding::h2//a[contains(@href, '#cell-')]").last
        block = re.search(r"#cell-\d+$", link.get_attribute("href") or "")
        assert block
        page.goto(f"/first-network.html{block[0]}")
        assert page.locator(block[0]).count() == 1


def test_a_trace_without_scripts_is_whole(browser: Browser, address: str) -> None:
    with watched(browser, address, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/first-network/trace.html")
        headings = page.locator("article h2[id^=step-]")
        assert headings.count() > 10
        assert all(headings.nth(at).is_visible() for at in range(headings.count()))
        assert page.locator(".step-bar").count() == 0


def test_a_trace_breaks_no_rule_of_accessibility(browser: Browser, address: str) -> None:
    for scheme in ("light", "dark"):
        with watched(browser, address, color_scheme=scheme) as context:
            page = context.new_page()
            page.goto("/first-network/trace.html")
            for width in (320, 1440):
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
                assert findings(page) == []
