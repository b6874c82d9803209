"""Lines to the app in this process, without a network: requests, and conversations that may send anything."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

Header = tuple[bytes, bytes]
_LONGEST = 30.0  # seconds until a run of a page counts as lost
_QUIET = 0.15  # seconds without a run after which a message is taken as left unheard


@asynccontextmanager
async def running(app: ASGIApp) -> AsyncIterator[None]:
    """The app from its start to its end."""
    to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    from_app: asyncio.Queue[Any] = asyncio.Queue()
    await to_app.put({"type": "lifespan.startup"})
    task = asyncio.ensure_future(
        app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, to_app.get, from_app.put)
    )
    started = await from_app.get()
    if started["type"] != "lifespan.startup.complete":
        raise ConnectionError(str(started))
    try:
        yield
    finally:
        await to_app.put({"type": "lifespan.shutdown"})
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(task, 10)


async def ask(
    app: ASGIApp, method: str, path: str, headers: Sequence[Header] = (), body: bytes = b"", scheme: str = "http"
) -> tuple[int, list[Header], bytes]:
    """One request: the status, headers and body of its answer; status 0 where the app gave none."""
    raw, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": unquote(raw),
        "raw_path": raw.encode("utf-8", "replace"),
        "root_path": "",
        "query_string": query.encode("ascii", "replace"),
        "headers": list(headers) or [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }
    said: list[Any] = []
    sent = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if sent:
            return sent.pop()
        await asyncio.sleep(_LONGEST)
        return {"type": "http.disconnect"}

    async def send(event: Any) -> None:  # noqa: ANN401 - ASGI
        said.append(event)

    await asyncio.wait_for(app(scope, receive, send), _LONGEST)
    start = next((event for event in said if event["type"] == "http.response.start"), None)
    if start is None:
        return 0, [], b""
    return start["status"], start["headers"], b"".join(event.get("body", b"") for event in said)


class Line:
    """A conversation with the app: everything can be said, and everything that comes is kept to be looked at."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._to: asyncio.Queue[Any] = asyncio.Queue()
        self._from: asyncio.Queue[Any] = asyncio.Queue()
        self._task: asyncio.Future[None] | None = None
        self.last = b""

    async def __aenter__(self) -> "Line":
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": "/_stcore/stream",
            "raw_path": b"/_stcore/stream",
            "root_path": "",
            "query_string": b"",
            "headers": [(b"host", b"localhost"), (b"sec-websocket-protocol", b"streamlit")],
            "client": ("127.0.0.1", 1),
            "server": ("localhost", 80),
            "subprotocols": ["streamlit"],
        }
        await self._to.put({"type": "websocket.connect"})
        self._task = asyncio.ensure_future(self._app(scope, self._to.get, self._from.put))
        opened = await self._from.get()
        if opened["type"] != "websocket.accept":
            raise ConnectionError(str(opened))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._to.put({"type": "websocket.disconnect", "code": 1000})
        if self._task is not None:
            await asyncio.wait_for(asyncio.gather(self._task, return_exceptions=True), 10)

    async def send(self, message: bytes) -> None:
        """Say something, as a visitor does."""
        self.last = message
        await self._to.put({"type": "websocket.receive", "bytes": message})

    async def receive(self) -> bytes:
        """What comes next.

        Raises:
            ConnectionError: the app ended the conversation.
        """
        return await self._next(_LONGEST)

    async def _next(self, seconds: float) -> bytes:
        waiting = asyncio.ensure_future(self._from.get())
        ends = [waiting, *([self._task] if self._task is not None else [])]
        await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            waiting.cancel()
            if self._task is not None and self._task.done():
                self._task.result()  # a fault that nobody caught is raised here
                raise ConnectionError("the conversation has ended")
            raise TimeoutError
        event = waiting.result()
        if event["type"] != "websocket.send":
            raise ConnectionError(str(event))
        return bytes(event["bytes"])

    async def say(self, message: bytes | str) -> tuple[list[ForwardMsg], bool]:
        """Say something that no page says.

        Returns:
            All that came of it until the page was still, and whether the conversation goes on.

        Raises:
            TimeoutError: a run of the page began and did not end.
        """
        kind = "text" if isinstance(message, str) else "bytes"
        await self._to.put({"type": "websocket.receive", kind: message})
        await self._to.put({"type": "websocket.receive", "bytes": BackMsg(app_heartbeat=True).SerializeToString()})
        came: list[ForwardMsg] = []
        runs, answered = False, False
        while True:
            try:
                said = ForwardMsg.FromString(await self._next(_LONGEST if runs or not answered else _QUIET))
            except TimeoutError:
                if runs or not answered:
                    raise
                return came, True
            except ConnectionError:
                return came, False
            came.append(said)
            match said.WhichOneof("type"):
                case "heartbeat_ack":
                    answered = True
                case "new_session":
                    runs = answered = True  # the beginning of a run takes an answer that waits out of the queue
                case "script_finished" if said.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    runs = False
                    if answered:
                        return came, True
