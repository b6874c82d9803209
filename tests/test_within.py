"""The program's own visitor: a page that raises is seen, and an app that ends or hangs holds nothing up."""

import asyncio
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from explorer.app.serving import health, within
from explorer.app.serving.warming import warm_up
from explorer.app.serving.within import visitor_within
from explorer.serving_entries import WarmUp
from tests.fixtures import ROOT, shipped_world

SERVING = shipped_world().config.serving


async def ends_at_once(_: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    raise ValueError("hunter2")


async def ends_when_asked(_: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await receive()


async def says_nothing(_: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await asyncio.sleep(60)


def quick(limit: float) -> WarmUp:
    of = SERVING.warm_up
    return of.model_copy(update={"limit": of.limit.model_copy(update={"value": limit})})


@pytest.mark.parametrize("app", [ends_at_once, ends_when_asked])
def test_an_app_that_ends_is_told_at_once(app: ASGIApp) -> None:
    async def visit() -> None:
        async with visitor_within(app) as visitor:
            await visitor.open("")

    with pytest.raises(ConnectionError, match="ended the conversation"):
        asyncio.run(asyncio.wait_for(visit(), 10))


@pytest.mark.parametrize("app", [ends_at_once, ends_when_asked, says_nothing])
def test_the_server_opens_whatever_becomes_of_the_warm_up(
    app: ASGIApp, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(within, "_FAREWELL", 0.05)
    monkeypatch.setattr("explorer.app.serving.warming.gc.freeze", lambda: None)
    with caplog.at_level(logging.ERROR):
        asyncio.run(asyncio.wait_for(warm_up(app, quick(0.2)), 10))
    assert any("Not every page could be opened beforehand" in line for line in caplog.messages)


def test_readiness_has_an_answer_for_an_app_that_ends() -> None:
    async def asked() -> health.Answer:
        return await asyncio.wait_for(health.Readiness(ends_at_once, SERVING.health, lambda: "there").answer(), 10)

    assert asyncio.run(asked()).reason == "no page can be opened"


def test_pages_that_come_too_late_are_asked_for_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(within, "_FAREWELL", 0.01)
    now, visits = [0.0], 0
    rules = SERVING.health.model_copy(update={"limit": SERVING.health.limit.model_copy(update={"value": 0.02})})

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal visits
        visits += 1
        await says_nothing(scope, receive, send)

    async def an_hour() -> None:
        ready = health.Readiness(app, rules, lambda: "there", clock=lambda: now[0])
        for second in range(0, 600, 5):
            now[0] = second
            await ready.answer()

    asyncio.run(an_hour())
    assert visits <= 14, "each may leave a page that waits for its turn"


_PROGRAM = """
import asyncio, gc, sys
import streamlit as st
from explorer.app.serving import fault_words, health, measures, warming
from explorer.app.serving.within import visitor_within
from tests.test_within import SERVING, quick

gc.freeze = lambda: None
app = st.App(sys.argv[1], on_script_error=measures.counted(fault_words.tell))

async def main():
    print((await health.Readiness(app, SERVING.health, lambda: "there").answer()).reason)
    await warming.warm_up(app, quick(60))

asyncio.run(main())
"""


def test_a_page_that_raises_is_a_fault_though_its_reader_is_told_a_sentence(tmp_path: Path) -> None:
    """In a process of its own, since there can be one server in a process."""
    page = tmp_path / "page.py"
    page.write_text("import streamlit as st\nst.write('hello')\nraise KeyError('hunter2')\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(page)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.stdout.strip() == "the page shows a fault", run.stderr[-2000:]
    assert "first page: Something went wrong here" in run.stderr
