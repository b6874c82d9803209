"""One request to an ASGI app, without a server and without a client library."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message


@dataclass(frozen=True)
class Answered:
    """What came back; names of headers in small letters."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


def answered(
    app: ASGIApp, path: str, method: str = "GET", headers: dict[str, str] | None = None, **scope: Any
) -> Answered:
    """What an app answers."""
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        said.append(message)

    sent = {"host": "localhost"} | {name.lower(): value for name, value in (headers or {}).items()}
    asked = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
        **scope,
    }

    async def ask() -> None:
        await app(asked, receive, send)

    asyncio.run(ask())
    start, *rest = said
    given = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Answered(start["status"], given, b"".join(part.get("body", b"") for part in rest))
