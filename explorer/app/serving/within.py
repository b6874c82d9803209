"""A visitor within the server's own process: its messages go to the app without a network between."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.types import ASGIApp, Message

from explorer.app.serving.limits import OWN_VISITOR
from explorer.app.serving.visitor import Visitor
from explorer.serving_names import STREAM

_LOG = logging.getLogger(__name__)
_FAREWELL = 1.0  # seconds that the app has to end a conversation


@asynccontextmanager
async def visitor_within(app: ASGIApp, host: str = "localhost") -> AsyncIterator[Visitor]:
    """A visitor of an app in this process, for as long as the context lasts.

    Args:
        host: under which name it asks; one that the app allows.

    Raises:
        ConnectionError: the app did not let it in, or ended the conversation, with a fault or without a word.
    """
    to_app: asyncio.Queue[Message] = asyncio.Queue()
    from_app: asyncio.Queue[Message] = asyncio.Queue()

    async def send(message: bytes) -> None:
        await to_app.put({"type": "websocket.receive", "bytes": message})

    async def receive() -> bytes:
        came = await _next(from_app, talking)
        if came["type"] != "websocket.send":
            raise ConnectionError(f"the app ended the conversation: {came}")
        return bytes(came["bytes"])

    await to_app.put({"type": "websocket.connect"})
    talking = asyncio.ensure_future(app(_scope(host), to_app.get, from_app.put))
    try:
        opened = await _next(from_app, talking)
        if opened["type"] != "websocket.accept":
            raise ConnectionError(f"the app did not let its own visitor in: {opened}")
        yield Visitor(send, receive)
    finally:
        await to_app.put({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait({talking}, timeout=_FAREWELL)
        if not talking.done():
            talking.cancel()
        elif not talking.cancelled() and talking.exception():
            _LOG.error("The program's own visitor met a fault", exc_info=talking.exception())


async def _next(from_app: "asyncio.Queue[Message]", talking: "asyncio.Future[None]") -> Message:
    """The app's next message; an app that has ended sends none, however long one waits."""
    if from_app.empty() and not talking.done():
        coming = asyncio.ensure_future(from_app.get())
        try:
            both: set[asyncio.Future[Any]] = {coming, talking}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if coming.done():
                return coming.result()
        finally:
            coming.cancel()
    if from_app.empty():
        raise ConnectionError("the app ended the conversation without a word")
    return from_app.get_nowait()


def _scope(host: str) -> dict[str, Any]:
    return {
        "type": "websocket",
        OWN_VISITOR: True,
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": STREAM,
        "raw_path": STREAM.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", host.encode()), (b"sec-websocket-protocol", b"streamlit")],
        "client": ("127.0.0.1", 0),
        "server": (host, 80),
        "subprotocols": ["streamlit"],
    }
