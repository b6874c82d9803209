"""How much of the program's time and memory one reader can take: open pages, messages, and requests that trickle in."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from explorer.app.allowance import Allowance
from explorer.app.serving import measures
from explorer.serving_entries import Safety

_log = logging.getLogger(__name__)
_TOLD = Allowance(10, 1 / 60)  # lines for what anybody can do as often as they like, and then each second
OWN_VISITOR = "explorer.own_visitor"  # in a scope: one of this program's, which no request can claim to be
_HEARD = {"rerun_script", "stop_script", "file_urls_request", "app_heartbeat", "backend_operation_request"}
_OPERATIONS = {"deferred_file", "dataframe_chunk"}
_MOST_FILES = 20  # addresses for files that one message may ask for; a page's own asks for one
_NOT_BYTES, _NOT_UNDERSTOOD, _TOO_LONG, _LATER = 1003, 1002, 1009, 1013  # RFC 6455, 7.4.1, and IANA's register
_FULL = "All places here are taken just now. Please open this page again in a minute."
_FULL_PAGE = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    f"<title>Please come back in a minute</title></head><body><main><h1>Please come back in a minute</h1><p>{_FULL}</p>"
    "</main></body></html>"
)
_AGAIN = {"retry-after": "60"}


class _TooSlow(Exception):
    """The next part of a file did not come in time."""


def heard(said: BackMsg) -> bool:
    """Whether a message is one that readers' pages send.

    Streamlit would do more for anybody who asks: empty the caches of all, tell of the program's folder and its git,
    write files beside it.
    """
    kind = said.WhichOneof("type")
    if kind == "backend_operation_request":
        return said.backend_operation_request.WhichOneof("payload") in _OPERATIONS
    if kind == "file_urls_request":
        return len(said.file_urls_request.file_names) <= _MOST_FILES
    return kind in _HEARD


def _tell(words: str) -> None:
    now = time.monotonic()
    if _TOLD.left(now):
        _TOLD.spend(now)
        _log.info(words)


@dataclass
class _Conversation:
    """One page's messages, of which only those come through that it may send, as fast as it may."""

    receive: Receive
    send: Send
    pace: Allowance
    longest: float
    clock: Callable[[], float]
    ended: bool = False

    async def hear(self) -> Message:
        while True:
            event = await self.receive()
            if event["type"] != "websocket.receive":
                return event
            data = event.get("bytes")
            if data is None:
                return await self._end(_NOT_BYTES)
            if len(data) > self.longest:
                return await self._end(_TOO_LONG)
            wait = self.pace.spend(self.clock())
            if wait:
                await asyncio.sleep(wait)
            try:
                said = BackMsg.FromString(data)
            except DecodeError:
                return await self._end(_NOT_UNDERSTOOD)
            if heard(said):
                return event
            measures.UNHEARD.inc()
            _tell("A message that no page sends was left unheard")

    async def say(self, event: Message) -> None:
        if not self.ended:
            await self.send(event)

    async def _end(self, code: int) -> Message:
        await self.send({"type": "websocket.close", "code": code})
        self.ended = True
        return {"type": "websocket.disconnect", "code": code}


class Limited:
    """Middleware: lets in so many readers, hears so much of each, and waits so long for what they send."""

    def __init__(self, app: ASGIApp, safety: Safety, clock: Callable[[], float] = time.monotonic) -> None:
        self._app, self._safety, self._clock = app, safety, clock
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer within the limits."""
        if scope["type"] == "websocket":
            await self._talk(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] == "PUT":
            await self._take(scope, receive, send)
        elif scope["type"] == "http" and self._full() and "text/html" in Headers(scope=scope).get("accept", ""):
            await HTMLResponse(_FULL_PAGE, 503, _AGAIN)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _full(self) -> bool:
        return self._open >= self._safety.most_open.value

    async def _talk(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get(OWN_VISITOR):
            await self._app(scope, receive, send)
            return
        if self._full():
            await receive()  # the request to connect
            if "websocket.http.response" in scope.get("extensions", {}):
                await PlainTextResponse(_FULL, 503, _AGAIN)(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": _LATER})
            return
        safety = self._safety
        pace = Allowance(safety.messages_at_once.value, safety.messages_each_second.value)
        talk = _Conversation(receive, send, pace, safety.longest_message.value, self._clock)
        self._open += 1
        try:
            await self._app(scope, talk.hear, talk.say)
        finally:
            self._open -= 1

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a file, as long as its parts keep coming."""
        begun = False

        async def next_part() -> Message:
            try:
                return await asyncio.wait_for(receive(), self._safety.patience.value)
            except TimeoutError:
                raise _TooSlow from None

        async def answer(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, next_part, answer)
        except _TooSlow:
            if not begun:
                late = "The file came too slowly. Please try again."
                await PlainTextResponse(late, 408, {"connection": "close"})(scope, receive, send)
        except ClientDisconnect:
            _tell("A file was broken off")
