"""How long a reader waits in a real browser: a slider moved to the last chart redrawn, and the first view of a page.

A bare page of one slider is measured in turns with the program, so that whatever else the machine does meets both.
Run with ``python -m bench.latency`` (``--quick`` for a third of the movements, ``--what-if`` for that page alone).
Prints a table with ratios to the bare page and writes it, with the machine, to bench/results/latency.json.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from bench.recorded import Bar, at_most, bars_met, record, spread, table
from bench.served import Server, bare, end_with_servers, explorer
from explorer.models.scenario_code import scenario_code
from explorer.world import World, load_world
from tests.browser.chromium import ARGUMENTS, find

ROOT = Path(__file__).parents[1]
WATCH = (ROOT / "bench" / "watched.js").read_text(encoding="utf-8")
TURNS, OPENINGS = 6, 7
# Pixels of the drags of a turn. With as many key presses before them no value comes twice, so nothing is in a cache.
DRAGS = (30, -50, 70, -90, 55)
QUIET, LONGEST = 500, 30_000  # milliseconds without a change that end a movement; and when it is given up
KEY, MOUSE = "key pressed", "slider released"
WINDOW = {"width": 1440, "height": 1000}
BARE_PAGE, WHAT_IF, CLOSER, BRIEFING = "bare page", "what if", "what if, chart and waterfall", "briefing"
# The page has come to its end, every chart of it is there, and nothing has changed for a while.
SETTLED = f"""() => seen.painted !== null && seen.painted >= seen.changed
  && document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
  && [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].every((one) => one.querySelector('svg, canvas'))
  && performance.now() - Math.max(seen.painted, seen.answered ?? 0) > {QUIET}"""


@dataclass
class Measured:
    """Milliseconds of one page: the whole, and its three parts (to the request, to the last answer, to the screen)."""

    whole: list[float] = field(default_factory=list)
    parts: list[tuple[float, float, float]] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)  # milliseconds of the server, a movement
    browser: list[float] = field(default_factory=list)  # and of all that the browser is

    def told(self) -> dict[str, float]:
        """Median, p95 and the least; medians of the parts."""
        names = ("to_request", "server_and_wire", "to_screen")
        halves = {name: spread([part[place] for part in self.parts])["median"] for place, name in enumerate(names)}
        busy = {
            "server_processor": spread(self.processor)["median"],
            "browser_processor": spread(self.browser)["median"],
        }
        return {**spread(self.whole), **halves, **busy}


class Moved:
    """A page with a slider, moved again and again by key or mouse."""

    def __init__(self, browser: Browser, server: Server, path: str, slider: str, other: str = "") -> None:
        self.page = watched(browser)
        self.server, self.measured = server, {KEY: Measured(), MOUSE: Measured()}
        self.page.goto(server.address + path)
        self.slider = self.page.get_by_role("slider", name=slider).first
        self.slider.wait_for(timeout=LONGEST)
        self.page.wait_for_function(SETTLED, timeout=LONGEST)
        self.other = self.page.get_by_role("slider", name=other).first if other else None

    def turn(self, *, counted: bool = True) -> None:
        """A few movements of each kind, after one of another slider: what comes now was never worked out before."""
        self.page.bring_to_front()
        if self.other:
            self._one(KEY, partial(_pressed, self.page, self.other))
        presses = [partial(_pressed, self.page, self.slider)] * len(DRAGS)
        drags = [partial(self._drag, pixels) for pixels in DRAGS]
        for kind, moves in ((KEY, presses), (MOUSE, drags)):
            before, busy, times = self.server.processor(), _browsers(), len(moves)
            for move in moves:
                whole, parts = self._one(kind, move)
                if counted:
                    self.measured[kind].whole.append(whole)
                    self.measured[kind].parts.append(parts)
            if counted:
                self.measured[kind].processor.append(1000 * (self.server.processor() - before) / times)
                self.measured[kind].browser.append(1000 * (_browsers() - busy) / times)

    def _one(self, kind: str, move: Callable[[], None]) -> tuple[float, tuple[float, float, float]]:
        event = "keydown" if kind == KEY else "pointerup"
        self.page.evaluate("(event) => { begin(); hear(event); }", event)
        move()
        self.page.wait_for_function(SETTLED, timeout=LONGEST)
        seen = self.page.evaluate("() => seen")
        parts = (
            seen["sent"] - seen["heard"],
            seen["answered"] - seen["sent"],
            seen["painted"] - seen["answered"],
        )
        return seen["painted"] - seen["heard"], parts

    def _drag(self, pixels: int) -> None:
        thumb = self.slider.locator("xpath=../..")
        thumb.scroll_into_view_if_needed()
        box = thumb.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + pixels, y, steps=3)
        self.page.mouse.up()


def _pressed(page: Page, slider: Locator) -> None:
    slider.focus()
    page.keyboard.press("ArrowLeft")


def _browsers() -> float:
    """Seconds that the browser's processes have been on a processor."""
    found = 0.0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "chrom" in process.name():
                times = process.cpu_times()
                found += float(times.user + times.system)
    return found


def watched(browser: Browser) -> Page:
    """A new page of a new reader, whose movements are timed."""
    page = browser.new_context(viewport=WINDOW).new_page()  # type: ignore[arg-type]
    page.add_init_script(WATCH)
    return page


def first_views(browser: Browser, address: str, warm: str, times: int) -> dict[str, dict[str, float]]:
    """Milliseconds from the navigation to the last chart on the screen.

    Args:
        warm: another page, which a browser that has been here before saw.

    Returns:
        For a browser that was never here, and for one that was.
    """
    new, again = [], []
    for _ in range(times):
        page = watched(browser)
        new.append(_view(page, address))
        page.context.close()
        page = watched(browser)
        _view(page, warm)
        again.append(_view(page, address))
        page.context.close()
    return {"new browser": spread(new), "been here before": spread(again)}


def _view(page: Page, address: str) -> float:
    page.goto(address, wait_until="commit")
    page.wait_for_function(SETTLED.replace(str(QUIET), str(3 * QUIET)), timeout=LONGEST)
    return float(page.evaluate("() => seen.painted"))


def measure(
    world: World, browser: Browser, app: Server, plain: Server, turns: int, openings: int
) -> dict[str, dict[str, dict[str, float]]]:
    """All that is measured: by page, by kind of movement or view."""
    code = scenario_code(world.models.scenarios["what_trafford_planned_2018"], world.models.what_if)
    ideas = world.models.what_if.interventions
    sliders = [ideas[name].effects[0].label for name in ("restorative_conferences", "replan_oversight")]
    view = f"/what_if?v=1&year=2018&if={code}"
    pages = {
        BARE_PAGE: Moved(browser, plain, "", "One"),
        WHAT_IF: Moved(browser, app, f"{view}&area=358", *sliders),
        CLOSER: Moved(browser, app, f"{view}&area=356&closer=parts", *sliders),
    }
    for turn in range(turns + 1):
        for page in pages.values():
            page.turn(counted=turn > 0)
    found = {name: {kind: one.told() for kind, one in page.measured.items()} for name, page in pages.items()}
    for page in pages.values():
        page.page.context.close()
    if openings:
        bare_page = f"{plain.address}/"
        views = first_views(browser, f"{app.address}/?v=1&area=358&year=2018", f"{app.address}/about", openings)
        found[BRIEFING] = views
        found[BARE_PAGE] |= first_views(browser, bare_page, bare_page, openings)
    return found


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a third of the movements; nothing is recorded")
    parser.add_argument("--what-if", action="store_true", help="no first views; nothing is recorded")
    options = parser.parse_args()
    end_with_servers()
    executable = find()
    if executable is None:
        sys.exit("No Chromium: 'python tests/browser/chromium.py' finds or installs one.")
    turns = TURNS // 3 if options.quick else TURNS
    openings = 0 if options.what_if else 3 if options.quick else OPENINGS
    with (
        tempfile.TemporaryDirectory() as folder,
        explorer(Path(folder)) as app,
        bare(Path(folder)) as plain,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        found = measure(load_world(), browser, app, plain, turns, openings)
        version = browser.version
        browser.close()
    for kinds in found.values():
        for kind, figures in kinds.items():
            if kind in found[BARE_PAGE]:
                figures["ratio_to_bare_page"] = figures["median"] / found[BARE_PAGE][kind]["median"]
    bars = _bars(found)
    table({f"{name}, {kind}": figures for name, kinds in found.items() for kind, figures in kinds.items()})
    bars_met(bars)
    if not (options.quick or options.what_if):
        record("latency", {"milliseconds": found, "movements": turns * len(DRAGS), "openings": openings}, bars, version)


def _bars(found: dict[str, dict[str, dict[str, float]]]) -> list[Bar]:
    bars = []
    for kind in (KEY, MOUSE):
        figures = found[WHAT_IF][kind]
        bars.append(at_most(f"What if, {kind}: median in milliseconds", figures["median"], 150))
        bars.append(at_most(f"What if, {kind}: times the bare page", figures["ratio_to_bare_page"], 2.5))
    for kind, figures in found.get(BRIEFING, {}).items():
        bars.append(at_most(f"Briefing, first view, {kind}: median in milliseconds", figures["median"], 2000))
    return bars


if __name__ == "__main__":
    main()
