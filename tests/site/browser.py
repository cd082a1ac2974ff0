"""Find a browser for the tests, or install one, and print its path: `browser.py chromium` or `browser.py firefox`
(`make .venv/browser .venv/firefox`).

One that is there; else Debian's, where apt and root are at hand; else Playwright's own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = {
    "chromium": ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    "firefox": ("firefox-esr", "firefox"),
}
MAC = {"chromium": ("Google Chrome", "Chromium"), "firefox": ("Firefox",)}
DEBIAN = {"chromium": "chromium", "firefox": "firefox-esr"}


def there(kind: str) -> str | None:
    """The path of a browser on this machine."""
    found = [shutil.which(name) for name in NAMES[kind]]
    programs = (kind, *MAC[kind])  # of an application, the program has its name or its kind's
    found += [f"/Applications/{name}.app/Contents/MacOS/{program}" for name in MAC[kind] for program in programs]
    return next((path for path in found if path and os.access(path, os.X_OK)), None)


def debian(kind: str) -> str | None:
    """Debian's, installed; None where this is not such a machine, or not root's."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return None
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in ("apt-get update -q", f"apt-get install -q -y --no-install-recommends {DEBIAN[kind]}"):
        if subprocess.run(command.split(), env=environment, stdout=sys.stderr).returncode:
            return None
    return there(kind)


def playwrights(kind: str) -> str | None:
    """Playwright's own, fetched."""
    from playwright.sync_api import sync_playwright

    if subprocess.run([sys.executable, "-m", "playwright", "install", kind], stdout=sys.stderr).returncode:
        return None
    with sync_playwright() as playwright:
        path: str = getattr(playwright, kind).executable_path
    return path if Path(path).exists() else None


def main(kind: str) -> int:
    path = there(kind) or debian(kind) or playwrights(kind)
    if not path:
        print(f"{sys.argv[0]}:1: no {kind} for the tests (install it, then again)", file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
