"""The visitor without a browser tells the server what Chromium tells it, movement by movement."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from playwright.sync_api import Page, WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg

from bench.connection import connected, over
from explorer.app.serving.visitor import Visitor

SLIDER, STEPS = "Chance of coming back after a restorative conference", (0.94, 0.93)
LINK = {"v": "1", "area": "358", "year": "2018", "if": "1~O0.3~C0.25~M36~rc_r0.95_S1_U12_R1~NX"}


def plain(messages: Sequence[BackMsg]) -> list[str]:
    """Messages as text, without the order of controls (they load in any) and the reader's language."""
    found = []
    for message in messages:
        run = message.rerun_script
        states = sorted(run.widget_states.widgets, key=lambda state: state.id)
        del run.widget_states.widgets[:]
        run.widget_states.widgets.extend(states)
        run.context_info.locale = ""
        run.cached_message_hashes.sort()
        found.append(str(message))
    return found


async def visited(address: str) -> list[BackMsg]:
    sent: list[BackMsg] = []
    connection = await connected(address)
    send, receive = over(connection, 60)

    async def noted(message: bytes) -> None:
        sent.append(BackMsg.FromString(message))
        await send(message)

    visitor = Visitor(noted, receive, address)
    drawn = [await visitor.open("what_if", LINK)]
    drawn += [await visitor.move(SLIDER, step) for step in STEPS]
    await connection.close()
    assert all(one.pictures and not one.faults for one in drawn)
    return sent


def test_chromium_and_the_visitor_say_the_same(page: Page, address: str) -> None:
    sent: list[BackMsg] = []

    def hear(payload: bytes | str) -> None:
        assert isinstance(payload, bytes)
        sent.append(BackMsg.FromString(payload))

    def listen(stream: WebSocket) -> None:
        stream.on("framesent", hear)

    page.on("websocket", listen)
    page.goto(f"{address}/what_if?{urlencode(LINK)}")
    slider = page.get_by_role("slider", name=SLIDER).first
    for step in STEPS:
        slider.wait_for()
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        page.wait_for_timeout(1000)  # controls tell the browser what they show only once they are drawn
        slider.focus()
        page.keyboard.press("ArrowLeft")
        page.wait_for_function("(step) => location.search.includes(`rc_r${step}`)", arg=step)
    with ThreadPoolExecutor() as pool:  # playwright has an event loop in this thread
        theirs = pool.submit(asyncio.run, visited(address)).result()
    assert plain(sent) == plain(theirs)
