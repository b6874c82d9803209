"""Find a Chromium for the browser journeys, or install one.

Run as a program before the tests. It looks for a browser on the machine, then lets playwright fetch its own,
then asks the system's package manager where it may. The tests use ``find`` alone and fail without a browser.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Outside a desktop: no sandbox for root, and no calls home that a closed network would leave hanging.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> str | None:
    """The path of a Chromium: named in CHROMIUM, on the PATH, or fetched by playwright."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    return _of_playwright()


def _of_playwright() -> str | None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (slow to import, and seldom needed)

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _install() -> None:
    """Try each way in turn; each may fail, and ``find`` decides."""
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, timeout=600)
    if find() is None and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False, timeout=300)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, timeout=900)


def main() -> int:
    """Make sure of a browser; 1 and a sentence where there is none to be had."""
    if find() is None:
        _install()
    path = find()
    if path is None:
        print("No Chromium was found and none could be installed. Install one, or name it in CHROMIUM.")
        return 1
    print(f"Browser for the tests: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
