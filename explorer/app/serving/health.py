"""Is the program well? Alive is a server that answers; ready is one whose page really comes.

Ready is asked by opening a page as a reader would, within the process, and the answer is kept for some seconds, so
that those who ask often cost no more. Where the database of saved views is away the program is ready all the same:
everything else works without it, and turning readers away would help nobody. The answer says so.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from explorer.app.serving.replicas import is_leaving
from explorer.app.serving.visitor import Visitor
from explorer.app.serving.within import visitor_within
from explorer.serving_entries import Health

Visit = Callable[[ASGIApp], AbstractAsyncContextManager[Visitor]]
AskDatabase = Callable[[], str]
_LOG = logging.getLogger(__name__)
_FRESH = {"cache-control": "no-store"}
WELL = "well"
_LATE = "the page did not come in time"
_LONGEST_PAUSE = 60.0  # seconds: a visit that came too late leaves a page that still waits for its turn


@dataclass(frozen=True)
class Answer:
    """Whether readers can come, and in a word why not; whether saved views are "there", "away" or "off"."""

    reason: str
    saved_views: str

    @property
    def ready(self) -> bool:
        """Whether readers can come."""
        return self.reason == WELL


class Readiness:
    """Opens a page from time to time and says whether it came; one at a time, however many ask."""

    def __init__(
        self,
        app: ASGIApp,
        rules: Health,
        database: AskDatabase,
        visit: Visit = visitor_within,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._rules, self._database, self._visit, self._clock = app, rules, database, visit, clock
        self._asking = asyncio.Lock()
        self._kept: tuple[float, Answer] | None = None
        self._pause = rules.kept.value  # seconds that the answer at hand is kept

    async def answer(self) -> Answer:
        """The answer that is at hand where it is fresh, else a new one."""
        async with self._asking:
            if self._kept is None or self._clock() - self._kept[0] >= self._pause:
                page = await _within(self._page(), self._rules.limit.value, _LATE)
                self._pause = min(2 * self._pause, _LONGEST_PAUSE) if page == _LATE else self._rules.kept.value
                database = asyncio.to_thread(self._database)
                saved = await _within(database, self._rules.limit.value, "away")
                self._kept = self._clock(), Answer(page, saved)
                if page != WELL:
                    _LOG.error("Not ready: %s", page)
            return self._kept[1]

    async def _page(self) -> str:
        try:
            async with self._visit(self._app) as visitor:
                drawn = await visitor.open(self._rules.page.page, self._rules.page.link)
        except Exception as problem:
            _LOG.warning("The program's own visitor could not open a page", exc_info=problem)
            return "no page can be opened"
        return "the page shows a fault" if drawn.faults or drawn.errors else WELL


async def _within(asked: Awaitable[str], seconds: float, late: str) -> str:
    try:
        return await asyncio.wait_for(asked, seconds)
    except TimeoutError:
        return late


def routes(readiness: Callable[[], Readiness | None]) -> list[Route]:
    """``/health/live`` and ``/health/ready``.

    Args:
        readiness: gives None until the server has warmed up.
    """

    async def live(_: Request) -> JSONResponse:
        return JSONResponse({"alive": True}, headers=_FRESH)

    async def ready(request: Request) -> JSONResponse:
        asked = readiness()
        if asked is None or is_leaving(request.scope):
            return _said(Answer("leaving" if asked else "warming up", "not asked"))
        return _said(await asked.answer())

    return [Route("/health/live", live), Route("/health/ready", ready)]


def _said(answer: Answer) -> JSONResponse:
    content = {"ready": answer.ready, "reason": answer.reason, "saved_views": answer.saved_views}
    return JSONResponse(content, 200 if answer.ready else 503, _FRESH)
