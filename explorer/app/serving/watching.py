"""Every run of a page is timed and counted where its messages pass, from a reader's message to the end of the run.

No page knows of it. Of what goes out only the few short messages that can say "finished" are read; that takes a
millionth of a second each. A visitor of the program's own is not counted.
"""

import logging
import time
from dataclasses import dataclass, field

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from explorer.app.serving import audit, measures
from explorer.app.serving.limits import OWN_VISITOR
from explorer.serving_names import FINISHED_WITHIN, UPLOADS

_LOG = logging.getLogger("explorer.run")
_FIRST_PAGE = "briefing"
_OTHER = "other"
_REFUSALS = frozenset({403, 405, 408, 411, 413, 421, 429, 500, 503, 507})  # a refused file is counted as both
_OUTCOMES = {
    ForwardMsg.FINISHED_SUCCESSFULLY: "done",
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY: "done",
    ForwardMsg.FINISHED_WITH_COMPILE_ERROR: "broken",
    ForwardMsg.FINISHED_EARLY_FOR_RERUN: "overtaken",
}


@dataclass
class Pages:
    """Names of pages by what messages call them; learnt from the first list of pages that is sent."""

    names: dict[str, str] = field(default_factory=dict)

    def learn(self, said: ForwardMsg) -> None:
        """Keep the names of a list of pages."""
        for page in said.navigation.app_pages:
            self.names[page.page_script_hash] = page.url_pathname or _FIRST_PAGE

    def name(self, message: BackMsg) -> str:
        """The page of a reader's message; one of those that there are, whatever the message says."""
        run = message.rerun_script
        named = self.names.get(run.page_script_hash) or run.page_name.strip("/") or _FIRST_PAGE
        return named if named in self.names.values() else _OTHER


class Watching:
    """ASGI middleware that times runs and counts readers, files and refusals; ``slow`` seconds are told in the log."""

    def __init__(self, app: ASGIApp, slow: float) -> None:
        self._app, self._slow, self._pages = app, slow, Pages()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and look at it on the way."""
        if scope["type"] == "websocket":
            own = bool(scope.get(OWN_VISITOR))
            conversation = _Conversation(self._pages, self._slow, receive, send, counted=not own)
            await conversation.run(self._app, scope)
        elif scope["type"] == "http":
            await self._app(scope, receive, _counting(scope, send))
        else:
            await self._app(scope, receive, send)


class _Conversation:
    """What passes between one reader's page and the program."""

    def __init__(self, pages: Pages, slow: float, receive: Receive, send: Send, *, counted: bool) -> None:
        self._pages, self._slow, self._receive, self._send, self._counted = pages, slow, receive, send, counted
        self._visit = ""
        self._open = False
        self._began, self._page, self._kind = 0.0, _OTHER, "page"
        self._drew = False

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        try:
            await app(scope, self._came, self._goes)
        finally:
            if self._open:
                measures.READERS.dec()

    async def _came(self) -> Message:
        message = await self._receive()
        if self._counted and (content := message.get("bytes")):
            self._asked(content)
        return message

    def _asked(self, content: bytes) -> None:
        try:
            said = BackMsg.FromString(content)
        except DecodeError:
            return
        if said.WhichOneof("type") == "rerun_script":
            self._began, self._page = time.perf_counter(), self._pages.name(said)
            self._kind = "part" if said.rerun_script.fragment_id else "page"
            self._drew = False

    async def _goes(self, message: Message) -> None:
        match message["type"]:
            case "websocket.send" if content := message.get("bytes"):
                if len(content) < FINISHED_WITHIN or not (self._pages.names and self._visit):
                    self._told(ForwardMsg.FromString(content))
            case "websocket.accept" if self._counted:
                self._open = True
                measures.READERS.inc()
            case "websocket.http.response.start":
                measures.REFUSED.labels(str(message["status"])).inc()
            case "websocket.close" if not self._open and self._counted:
                measures.REFUSED.labels("closed").inc()
        await self._send(message)

    def _told(self, said: ForwardMsg) -> None:
        match said.WhichOneof("type"):
            case "new_session":
                self._visit = audit.visit(said.new_session.initialize.session_id)
            case "navigation":
                self._pages.learn(said)
            case "delta":
                self._drew = True
            case "script_finished" if said.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN and not self._drew:
                pass  # a control has named what is to be drawn; that comes now
            case "script_finished" if self._counted and self._began:
                took = time.perf_counter() - self._began
                outcome = _OUTCOMES.get(said.script_finished, _OTHER)
                measures.RUNS.labels(self._page, self._kind, outcome).observe(took)
                if outcome != "overtaken":
                    self._began = 0.0
                if took > self._slow:
                    told = {"session": self._visit, "page": self._page, "ms": round(1000 * took), "outcome": outcome}
                    _LOG.warning("A slow run of a page", extra=told)


def _counting(scope: Scope, send: Send) -> Send:
    """``send`` that counts files that came in or go out, and requests that were refused."""
    came = scope["method"] == "PUT" and scope["path"].startswith(UPLOADS)

    async def counted(message: Message) -> None:
        if message["type"] == "http.response.start":
            code = str(message["status"])
            went = any(
                name.lower() == b"content-disposition" and value.startswith(b"attachment")
                for name, value in message.get("headers", ())
            )
            if came or went:
                measures.FILES.labels("in" if came else "out", code).inc()
            if message["status"] in _REFUSALS:
                measures.REFUSED.labels(code).inc()
        await send(message)

    return counted
