"""Find a browser for the tests, or install one, and print its path (`make .venv/browser`).

A Chrome or Chromium that is there; else Debian's, where apt and root are at hand; else Playwright's own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = ("Google Chrome", "Chromium")


def there() -> str | None:
    """The path of a browser on this machine."""
    found = [shutil.which(name) for name in NAMES]
    found += [f"/Applications/{name}.app/Contents/MacOS/{name}" for name in MAC]
    return next((path for path in found if path and os.access(path, os.X_OK)), None)


def debian() -> str | None:
    """Debian's chromium, installed; None where this is not such a machine, or not root's."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return None
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in ("apt-get update -q", "apt-get install -q -y --no-install-recommends chromium"):
        if subprocess.run(command.split(), env=environment, stdout=sys.stderr).returncode:
            return None
    return there()


def playwrights() -> str | None:
    """Playwright's own, fetched."""
    from playwright.sync_api import sync_playwright

    if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdout=sys.stderr).returncode:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def main() -> int:
    path = there() or debian() or playwrights()
    if not path:
        print(f"{sys.argv[0]}:1: no browser for the tests (install Chrome or Chromium, then again)", file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
