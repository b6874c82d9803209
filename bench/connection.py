"""A visitor over the network, as a browser connects it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Origin, Subprotocol

from explorer.app.serving.visitor import Receive, Send, Visitor

_NO_TOKEN = "PLACEHOLDER_AUTH_TOKEN"  # noqa: S105 - what a browser says that has none
_LARGEST = 64 * 2**20  # bytes of a message; browsers know no limit


@asynccontextmanager
async def visitor_of(address: str, patience: float = 60.0) -> AsyncIterator[Visitor]:
    """A visitor of a server, for as long as the context lasts.

    Args:
        address: as in ``http://localhost:8501``.
        patience: seconds that the connection and each message may take.

    Raises:
        ConnectionError: the server is not there, or broke off.
        TimeoutError: a message did not come in time.
    """
    connection = await connected(address, patience)
    try:
        yield Visitor(*over(connection, patience), address)
    finally:
        await connection.close()


async def connected(address: str, patience: float = 60.0, session: str = "") -> ClientConnection:
    """A connection to a server.

    Args:
        session: the one to go on with, where there was one.

    Raises:
        ConnectionError: the server is not there or lets nobody in.
    """
    protocols = [Subprotocol(word) for word in ("streamlit", _NO_TOKEN, session) if word]
    where = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    try:
        return await connect(
            where,
            subprotocols=protocols,
            origin=Origin(address),
            max_size=_LARGEST,
            compression=None,  # as a browser has it whose server offers none
            ping_interval=None,
            open_timeout=patience,
        )
    except (OSError, WebSocketException) as problem:
        raise ConnectionError(f"no connection: {problem}") from problem


def over(connection: ClientConnection, patience: float) -> tuple[Send, Receive]:
    """How a visitor sends and receives over a connection."""

    async def send(message: bytes) -> None:
        try:
            await connection.send(message)
        except ConnectionClosed as problem:
            raise ConnectionError(f"the connection broke: {problem}") from problem

    async def receive() -> bytes:
        try:
            async with asyncio.timeout(patience):
                return await connection.recv(decode=False)
        except ConnectionClosed as problem:
            raise ConnectionError(f"the connection broke: {problem}") from problem

    return send, receive
