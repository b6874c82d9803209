"""A replica is killed in the middle: how long until every reader is back on the other, with the same view.

``python -m bench.replicas``: nginx with the template of deploy/ and two replicas on this machine. A page in Chromium
is cut off again and again; then a crowd, of which one replica serves one half. Each comes back as a browser does (after
250 to 500 ms it asks ``_stcore/health`` and ``host-config``, then for the conversation, as Streamlit's own code does),
and then moves a slider, which has to show what it was set to. The crowd and the servers share this machine.
"""

import argparse
import asyncio
import random
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

from bench.connection import over
from bench.recorded import at_most, bars_met, quantile, record, spread, table
from explorer.app.serving.visitor import Visitor
from tests.browser.chromium import ARGUMENTS, find
from tests.browser.reconnecting import back, watch
from tests.browser.steps import open_page
from tests.deployed import NAMES, Deployment, deployment

AREAS = ("358", "356", "351", "352", "354", "353", "350", "357", "359", "355")  # Greater Manchester's
IDEA = "Restorative conferences"
SLIDER = "Chance of coming back after a restorative conference"
WANTED = "if=1~O0.3~C0.25~M36~rc_r{:.2f}_S1_U12_R1~NYour-own"
LINK = {"v": "1", "year": "2018", "group": "neighbours-2025", "if": "1~O0.3~C0.25~M36~rc_r0.9_S1_U12_R1~NMine"}
BAR = 2.0  # seconds
_FIRST, _EACH, _LONGEST = 0.25, 0.5, 4.0  # seconds: Streamlit 1.67, nextReconnectDelayMs
_PATIENCE = 60.0
_CUT = 5.0  # seconds after which a reader who was not cut off will not be


@dataclass
class Reader:
    """One of the crowd: what a browser knows of its place."""

    visitor: Visitor
    connection: ClientConnection
    cookie: str
    chance: random.Random
    value: float = 0.9


async def _connected(address: str, cookie: str, session: str = "") -> ClientConnection:
    protocols = [Subprotocol(word) for word in ("streamlit", "PLACEHOLDER_AUTH_TOKEN", session) if word]
    return await connect(
        f"{address.replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=protocols,
        origin=Origin(address),
        additional_headers={"Cookie": f"explorer_replica={cookie}"},
        max_size=64 * 2**20,
        compression=None,
        ping_interval=None,
        open_timeout=15.0,
    )


async def _come(address: str, number: int) -> Reader:
    cookie, chance = NAMES[number % 2], random.Random(number)  # noqa: S311 - a benchmark's choices
    connection = await _connected(address, cookie)
    visitor = Visitor(*over(connection, _PATIENCE), address)
    drawn = await visitor.open("what_if", LINK | {"area": AREAS[number % len(AREAS)]})
    if drawn.faults or drawn.errors:
        raise RuntimeError(f"the page came with faults: {drawn.faults + drawn.errors}")
    return Reader(visitor, connection, cookie, chance)


async def _move(reader: Reader) -> None:
    """Move the slider; the server has to have taken it."""
    reader.value = round(reader.chance.randrange(60, 100) / 100, 2)
    drawn = await reader.visitor.move(SLIDER, reader.value)
    if drawn.faults or drawn.errors or not drawn.pictures:
        raise RuntimeError(f"a movement came with {drawn}")


async def _back(address: str, reader: Reader) -> tuple[float, float, float, int] | None:
    """Wait for the cut and come back.

    Returns:
        Seconds since 1970 when the other replica was reached, when the page stood, and when a movement after it was
        drawn; and how many tries it took. None where nothing was cut: the reader was with the other replica.
    """
    try:
        async with asyncio.timeout(_CUT):
            await reader.connection.wait_closed()
    except TimeoutError:
        return None
    tries, longest = 0, _EACH
    while True:
        tries += 1
        await asyncio.sleep(reader.chance.uniform(_FIRST if tries == 1 else longest / 2, longest))
        longest = min(_LONGEST, 2 * longest)
        try:
            asks = (asyncio.to_thread(_ping, f"{address}/_stcore/{path}", reader.cookie) for path in _PINGS)
            await asyncio.gather(*asks)
            reader.connection = await _connected(address, reader.cookie, reader.visitor.session)
        except (OSError, WebSocketException):
            continue
        reached = time.time()
        drawn = await reader.visitor.come_back(*over(reader.connection, _PATIENCE))
        if drawn is not None and (drawn.faults or drawn.errors):
            raise RuntimeError(f"it came back with {drawn}")
        stands, before = time.time(), reader.value
        shown = reader.visitor.controls[SLIDER].shown()
        if drawn is not None and shown != before:
            raise RuntimeError(f"it came back with {shown} and had {before}")
        await _move(reader)
        return reached, stands, time.time(), tries


_PINGS = ("health", "host-config")


def _ping(url: str, cookie: str) -> None:
    asked = urllib.request.Request(url, headers={"Cookie": f"explorer_replica={cookie}"})  # noqa: S310 - our own
    urllib.request.urlopen(asked, timeout=15).close()  # noqa: S310 - our own


async def _crowd(there: Deployment, readers: int) -> dict[str, Any]:
    """A crowd, half of it with each replica, and the first is killed while they move."""
    await asyncio.sleep(3)  # what was away is not asked for two seconds
    crowd = [await _come(there.address, number) for number in range(readers)]
    for reader in crowd:
        await _move(reader)
    coming = [asyncio.create_task(_back(there.address, reader)) for reader in crowd]
    await asyncio.sleep(0.5)
    ended = time.time()
    await asyncio.to_thread(there.kill, NAMES[0])
    found = await asyncio.gather(*coming, return_exceptions=True)
    lost = [repr(one) for one in found if isinstance(one, BaseException)]
    came = [one for one in found if not isinstance(one, BaseException | None)]
    for reader, one in zip(crowd, found, strict=True):  # the other half noticed nothing
        if one is None:
            await _move(reader)
        await reader.connection.close()
    return {
        "struck": len(came) + len(lost),
        "lost": lost,
        "reached": [reached - ended for reached, _, _, _ in came],
        "stands": [stands - ended for _, stands, _, _ in came],
        "moved": [moved - ended for _, _, moved, _ in came],
        "tries": max((tries for _, _, _, tries in came), default=0),
    }


def _in_browser(there: Deployment, page: Page) -> dict[str, float]:
    """One reader's page in Chromium is cut off once; seconds from the kill."""
    open_page(page, f"{there.address}/what_if?v=1&area=358&year=2018&group=neighbours-2025&{WANTED.format(0.85)}")
    slider = page.get_by_role("slider", name=SLIDER)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_label(f"{SLIDER}, exact")).to_have_value("0.84")
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_attached()
    heading, link = page.get_by_role("heading", level=1).inner_text(), page.url
    name = next(str(c["value"]) for c in page.context.cookies() if c.get("name") == "explorer_replica")
    watch(page)
    page.wait_for_timeout(500)
    ended = time.time()
    there.kill(name)
    away = back(page)
    same = page.url == link and page.get_by_role("heading", level=1).inner_text() == heading
    if not same or slider.input_value() != "0.84" or page.locator("[data-testid=stException]").count():
        raise RuntimeError("the view is not the same")
    there.start(name)
    there.wait(name)
    return {"noticed": away.noticed - ended, "connected": away.connected - ended, "whole": away.whole - ended}


def _kills(there: Deployment, browser: Browser, times: int) -> dict[str, list[float]]:
    found: list[dict[str, float]] = []
    for _ in range(times):
        context = browser.new_context(viewport={"width": 1440, "height": 1000})
        context.set_default_timeout(60_000)
        found.append(_in_browser(there, context.new_page()))
        context.close()
    return {name: [one[name] for one in found] for name in found[0]}


def measured(times: int, crowds: Sequence[int]) -> tuple[dict[str, Any], str]:
    """All of it, and the browser's version."""
    with tempfile.TemporaryDirectory() as kept, deployment(f"sqlite:///{kept}/kept.db") as there:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find(), args=list(ARGUMENTS))
            pages, version = _kills(there, browser, times), browser.version
            browser.close()
        held: dict[str, Any] = {"browser": pages}
        for readers in crowds:
            held[f"crowd of {readers}"] = asyncio.run(_crowd(there, readers))
            there.start(NAMES[0])
            there.wait(NAMES[0])
    return held, version


def main() -> None:
    """Measure, print a table with the bars, and record it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10, help="how often a page in a browser is cut off")
    parser.add_argument("--crowds", type=int, nargs="*", default=[50, 200], help="how many readers two replicas serve")
    options = parser.parse_args()
    held, version = measured(options.times, options.crowds)
    rows = {f"browser: {name}": spread(figures) for name, figures in held["browser"].items()}
    bars = [at_most("A page in a browser is back, the slowest (s)", max(held["browser"]["whole"]), BAR)]
    for name, found in held.items():
        if name != "browser":
            rows[f"{name}: the other reached"] = spread(found["reached"])
            rows[f"{name}: page stands"] = spread(found["stands"])
            rows[f"{name}: moved a slider again"] = spread(found["moved"])
            bars.append(at_most(f"{name}: lost", float(len(found["lost"])), 0))
            bars.append(at_most(f"{name}: pages back, 95 of 100 (s)", quantile(found["stands"], 0.95), BAR))
            bars.append(at_most(f"{name}: pages back, the slowest (s)", max(found["stands"], default=99.0), BAR))
    table(rows)
    bars_met(bars)
    record("replicas", {"seconds_from_the_kill": held}, bars, version)


if __name__ == "__main__":
    main()
