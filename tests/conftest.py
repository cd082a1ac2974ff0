"""One browser of a kind a process, for all tests that look at pages."""

import contextlib
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

ROOT = Path(__file__).parents[1]
# Of lists of features the last counts: here is Playwright's own, after the pages that a stock Chromium loads for its
# address bar's suggestions into each new window, which take longer than a page of ours.
FEATURES = (
    "WebUIOmniboxPopup WebUIOmniboxAimPopup AimEnabled AvoidCorsURLLoaderRestartOnRedirect "
    "AvoidUnnecessaryBeforeUnloadCheckSync DestroyProfileOnBrowserClose HttpsFirstBalancedModeAutoEnable HttpsUpgrades "
    "LensOverlay MediaRouter NetworkTimeServiceQuerying OptimizationHints PaintHolding PreconnectToSearch "
    "ThirdPartyStoragePartitioning"
)
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    f"--disable-component-update --disable-sync --disable-features={FEATURES.replace(' ', ',')}"
)
PATIENCE = 180_000  # milliseconds, until something in a browser counts as hung: no measure of speed


def named(name: str) -> str:
    """The path of a browser, as `make test` noted it."""
    note = ROOT / ".venv" / name
    assert note.is_file(), f".venv/{name}:1: no browser for the tests (make .venv/{name})"
    return note.read_text().strip()


@contextlib.contextmanager
def firefox_of(playwright: Playwright, preferences: dict[str, str | float | bool] | None = None) -> Iterator[Browser]:
    """A Firefox with these preferences: Playwright's own as it is, a stock one through tests/site/firefox.py."""
    path = named("firefox")
    with tempfile.TemporaryDirectory() as folder:
        channel = None
        if path != playwright.firefox.executable_path:
            channel, stock = "moz-firefox", path
            path = f"{folder}/firefox"
            command = shlex.join([sys.executable, str(ROOT / "tests" / "site" / "firefox.py"), stock])
            Path(path).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
            Path(path).chmod(0o755)
        with playwright.firefox.launch(
            executable_path=path, channel=channel, firefox_user_prefs=preferences or {}, timeout=PATIENCE
        ) as browser:
            yield patient(browser)


def patient(browser: Browser) -> Browser:
    """A browser whose pages wait as long for anything as `expect` does: Playwright gives up after half a minute."""
    opened = browser.new_context

    def new_context(**options: Any) -> BrowserContext:
        context = opened(**options)
        context.set_default_timeout(PATIENCE)
        return context

    setattr(browser, "new_context", new_context)  # noqa: B010
    return browser


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = named("browser")
    with playwright.chromium.launch(executable_path=path, args=QUIET.split(), timeout=PATIENCE) as browser:
        yield patient(browser)


@pytest.fixture(scope="session")
def firefox(playwright: Playwright) -> Iterator[Browser]:
    with firefox_of(playwright) as browser:
        yield browser


@pytest.fixture(scope="session", params=["chromium", "firefox"])
def either(request: pytest.FixtureRequest) -> Browser:
    """A test that takes it runs in both browsers."""
    browser: Browser = request.getfixturevalue({"chromium": "browser"}.get(request.param, request.param))
    return browser
