"""How long a slider's movement takes in a real browser until the last chart and heading stand, beside a bare page.

Run with ``make bench``. Prints a table and writes it, with the machine, to bench/results/slider.json.
"""

import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from explorer.models.scenario_code import scenario_code
from explorer.world import load_world
from tests.browser.chromium import ARGUMENTS, find

ROOT = Path(__file__).parents[1]
MOVES, SETTLED = 24, 1500  # movements; milliseconds between them
BARE = """
import streamlit as st

@st.fragment
def one():
    st.header(f"{st.slider('One', 0.0, 2.0, 1.0, step=0.01):.2f}")

one()
"""
# When the last change of a chart or heading came after a key was pressed.
WATCH = """() => {
  window.last = performance.now(); window.pressed = null;
  if (window.watcher) window.watcher.disconnect();
  window.watcher = new MutationObserver((changes) => { for (const change of changes) {
    const at = change.target.nodeType === 1 ? change.target : change.target.parentElement;
    if (at && at.closest('[data-testid=stVegaLiteChart], [data-testid=stHeading]')) window.last = performance.now();
  }});
  window.watcher.observe(document.querySelector('[data-testid=stMain]'),
    {subtree: true, childList: true, characterData: true, attributes: true});
  document.addEventListener('keydown', () => { window.pressed = performance.now(); }, {once: true, capture: true});
}"""


@contextmanager
def served(script: Path) -> Iterator[str]:
    """The address of a page while it is served."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    app = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=2).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://localhost:{port}"
    finally:
        app.terminate()
        app.wait(20)


def moved(browser: Browser, url: str, slider: str) -> list[float]:
    """Milliseconds of each movement after two that warm up."""
    page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    page.goto(url)
    control = page.get_by_role("slider", name=slider)
    control.wait_for(timeout=60_000)
    page.wait_for_timeout(2 * SETTLED)
    control.focus()
    found = []
    for _ in range(MOVES + 2):
        page.evaluate(WATCH)
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(SETTLED)
        found.append(float(page.evaluate("() => window.last - window.pressed")))
    page.context.close()
    return found[2:]


def main() -> None:
    """Measure, print and record."""
    world = load_world()
    code = scenario_code(world.models.scenarios["what_trafford_planned_2018"], world.models.what_if)
    slider = world.models.what_if.interventions["restorative_conferences"].effects[0].label
    executable = find()
    if executable is None:
        sys.exit("No Chromium: 'python tests/browser/chromium.py' finds or installs one.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        with served(bare) as address:
            times = {"bare page": moved(browser, address, "One")}
        with served(ROOT / "streamlit_app.py") as address:
            view = f"{address}/what_if?v=1&area=358&year=2018&if={code}"
            times["what if, the chart"] = moved(browser, view, slider)
            times["what if, chart and waterfall"] = moved(browser, f"{view}&closer=parts", slider)
        browser.close()
    results = {
        what: {"median": statistics.median(found), "p95": sorted(found)[int(0.95 * len(found))], "least": min(found)}
        for what, found in times.items()
    }
    base = results["bare page"]["median"]
    for what, figures in results.items():
        figures["ratio_to_bare_page"] = figures["median"] / base
        print(f"{what:32}" + "".join(f"{name} {value:8.2f}  " for name, value in figures.items()))
    load = os.getloadavg()[0]
    record = {"python": platform.python_version(), "cores": os.cpu_count(), "load": load, "milliseconds": results}
    target = ROOT / "bench" / "results" / "slider.json"
    target.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
