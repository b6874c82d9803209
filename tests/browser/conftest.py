"""A running app and a browser, for the journeys; each started once."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, find

ROOT = Path(__file__).parents[2]
PATIENCE = 180  # seconds for the app to start on a busy machine: it opens every page once before it answers


@pytest.fixture(scope="package")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app started for the tests, as readers are served; what it keeps is in a folder of its own."""
    kept = tmp_path_factory.mktemp("kept") / "kept.db"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = subprocess.Popen(
        [sys.executable, "-m", "explorer", "serve", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "EXPLORER_DATABASE_URL": f"sqlite:///{kept}", "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    where = f"http://localhost:{port}"
    try:
        _wait(f"{where}/_stcore/health")
        yield where
    finally:
        app.send_signal(signal.SIGINT)  # SIGTERM would let its readers finish first
        app.wait(60)


def _wait(url: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the app did not start")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = find()
    assert path, "no Chromium: 'python tests/browser/chromium.py' finds or installs one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh visitor at a desk, whose browser may find nothing against the content security policy."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(60_000)
    refused: list[str] = []
    context.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    yield context.new_page()
    context.close()
    assert refused == []
