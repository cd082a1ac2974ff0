"""One browser a process, for all tests that look at pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

ROOT = Path(__file__).parents[1]
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
PATIENCE = 600_000  # milliseconds, until something counts as hung: no measure of speed


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    named = ROOT / ".venv" / "browser"
    assert named.is_file(), ".venv/browser:1: no browser for the tests (make .venv/browser)"
    path = named.read_text().strip()
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET.split(), timeout=PATIENCE)
        yield browser
        browser.close()
