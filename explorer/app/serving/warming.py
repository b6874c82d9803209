"""What is done before the server opens: every page once, so that its first reader waits no longer than the next."""

import asyncio
import gc
import logging
import time

from starlette.types import ASGIApp

from explorer.app.serving.visitor import Visitor
from explorer.app.serving.within import visitor_within
from explorer.serving_entries import Opened, WarmUp

_log = logging.getLogger(__name__)


async def warm_up(app: ASGIApp, what: WarmUp) -> None:
    """Open the pages, then take what is loaded by now out of the search for rubbish that follows every run of a page.

    That search walks everything that lives (100 ms and more); what is frozen is left out and never given back, which is
    why this comes before any reader's own file can be in memory. What goes wrong is told in the log, and the server
    opens all the same: ``/health/ready`` says whether readers can come.
    """
    try:
        async with asyncio.timeout(what.limit.value), visitor_within(app) as visitor:
            for opened in what.pages:
                await _open(visitor, opened)
    except Exception as problem:
        _log.error("Not every page could be opened beforehand: %s", type(problem).__name__, exc_info=problem)
    gc.collect()
    gc.freeze()
    # What is left to search are the readers' sessions: seldom, or the search takes more time than their movements.
    gc.set_threshold(10_000, 20, 10)


async def _open(visitor: Visitor, opened: Opened) -> None:
    began, name = time.perf_counter(), opened.page or "first page"
    drawn = await visitor.open(opened.page, opened.link)
    for fault in (*drawn.faults, *drawn.errors):
        _log.error("%s: %s", name, fault)
    if not drawn.faults and not drawn.errors:
        _log.info("Ready: %s in %.1f s", name, time.perf_counter() - began)
