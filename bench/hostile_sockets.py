"""Hostile inputs over the network, as the server itself meets them: ``python -m bench.hostile_sockets [share]``.

Beside what ``bench.hostile`` sends within the process these pass uvicorn, its reader of HTTP and its websockets: bytes
that are no request, heads that never end, frames that no browser sends, messages of pages made wrong. After each kind
the server has to live and let a reader open a page; recorded in hostile_sockets.json.
"""

import asyncio
import json
import random
import socket
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed

from bench import hostile_inputs as inputs
from bench import served
from bench.connection import connected, over, visitor_of
from bench.hostile import Found, look
from bench.recorded import RESULTS, machine
from explorer.app.serving.visitor import Visitor

COUNTS = {"messages": 300, "bytes": 300}
_PAGES = ("what_if", "neighbours", "trends", "")
_QUIET, _LONGEST = 0.3, 30.0  # seconds: after which nothing more is expected; until which the server has to answer
_IN_A_ROW = 10
_BROKEN_OFF = "in the middle of an answer\n"  # in the log: whoever asked broke the protocol while they were answered
_HANDSHAKE = (
    b"GET /_stcore/stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: streamlit\r\n\r\n"
)


def raw(rng: random.Random) -> bytes:  # noqa: PLR0911 - kinds of bytes
    """What is no request of a browser, or begins as one."""
    junk = rng.randbytes(rng.choice((1, 30, 3_000)))
    match rng.randrange(9):
        case 0:
            return junk
        case 1:
            return b"GET /" + junk + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
        case 2:
            return b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: " + b"y" * rng.choice((9, 200_000)) + b"\r\n\r\n"
        case 3:
            return b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n" + junk
        case 4:
            head = b"PUT /_stcore/upload_file/a/b HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            return head + b"Content-Length: 3\r\n\r\n" + junk
        case 5:
            return b"GET / HTTP/9.9\r\nHost: localhost\r\nHost: elsewhere\r\n\r\n"
        case 6:  # a frame without a mask, of an unknown kind, or longer than there is memory
            return _HANDSHAKE + rng.choice((b"\x82\x01a", b"\x8f\x80aaaa", b"\x82\xff\x7f" + b"\xff" * 7 + b"aaaa"))
        case 7:
            return _HANDSHAKE + junk
        case _:
            return _HANDSHAKE.replace(b"13", b"99").replace(b"localhost", b"elsewhere") + junk


def _ask(address: str, sent: bytes) -> str:
    """The code of the answer, or how it ended without one."""
    where = urlsplit(address)
    with socket.create_connection((where.hostname or "", where.port or 80), timeout=_LONGEST) as line:
        try:
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            began = line.recv(4096)
            while line.recv(65536):
                pass
        except (ConnectionError, TimeoutError) as problem:
            return type(problem).__name__
    return began.split(b" ", 2)[1].decode("ascii", "replace") if began.startswith(b"HTTP/") else "hung up on"


async def _bytes(address: str, rng: random.Random, count: int, found: Found) -> None:
    for number in range(1, count + 1):
        began = time.perf_counter()
        code = await asyncio.to_thread(_ask, address, raw(rng))
        found.tried += 1
        found.kinds[code] += 1
        found.slowest = max(found.slowest, time.perf_counter() - began)
        if code in {"500", "TimeoutError"}:
            found.fault(number, f"gave {code}")


async def _messages(address: str, rng: random.Random, count: int, found: Found) -> None:
    while found.tried < count:
        connection = await connected(address)
        last = b""
        send, receive = over(connection, _LONGEST)

        async def sent(message: bytes, send: Any = send) -> None:  # noqa: ANN401 - of this connection
            nonlocal last
            last = message
            await send(message)

        try:
            await Visitor(sent, receive, address).open(rng.choice(_PAGES), {"v": "1", "area": "358", "year": "2018"})
            for _ in range(_IN_A_ROW):
                found.tried += 1
                began = time.perf_counter()
                await connection.send(inputs.message(rng, last, "x"))
                came: list[ForwardMsg] = []
                try:
                    while True:
                        async with asyncio.timeout(_QUIET):
                            came.append(ForwardMsg.FromString(await connection.recv(decode=False)))
                except TimeoutError:
                    found.kinds["went on"] += 1
                found.slowest = max(found.slowest, time.perf_counter() - began)
                look(came, found, found.tried)
        except (ConnectionClosed, ConnectionError):
            found.kinds["hung up on"] += 1
        finally:
            await connection.close()


async def _well(address: str, found: Found) -> None:
    """A reader who does no harm opens a page."""
    async with visitor_of(address) as visitor:
        drawn = await visitor.open("neighbours", {"v": "1", "area": "358", "year": "2018"})
        if drawn.faults or drawn.errors or not drawn.pictures:
            found.fault(found.tried, f"a page does not come any more: {drawn.faults or drawn.errors}")


async def try_all(server: served.Server, counts: dict[str, int], seed: int) -> dict[str, Found]:
    """All of them, and a reader after each kind."""
    found = {kind: Found() for kind in counts}
    for kind, one in found.items():
        rng = random.Random(f"{seed} {kind}")  # noqa: S311 - nothing is kept secret by it
        await (_bytes if kind == "bytes" else _messages)(server.address, rng, counts[kind], one)
        await _well(server.address, one)
        if not server.process.is_running():
            one.fault(0, "the server has ended")
        log = server.log.read_text(encoding="utf-8", errors="replace")
        one.kinds["broken off in the middle of an answer"] = log.count(_BROKEN_OFF)
        if log.count("Traceback") > log.count(_BROKEN_OFF):
            one.fault(0, "a fault in the log that nobody foresaw")
    return found


def main() -> None:
    """Try all of them and print what came; with a share such as 0.1, that share, and nothing is recorded."""
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    counts = {kind: max(1, int(count * share)) for kind, count in COUNTS.items()}
    served.end_with_servers()
    with tempfile.TemporaryDirectory() as made, served.explorer(Path(made)) as server:
        found = asyncio.run(try_all(server, counts, 8))
    record: dict[str, Any] = {
        "machine": machine(),
        "inputs": sum(one.tried for one in found.values()),
        "faults": sum(len(one.faults) for one in found.values()),
        "told_a_number": sum(one.told for one in found.values()),
        "kinds": {
            kind: {"tried": one.tried, "faults": one.faults, "told": one.told, "kinds": dict(Counter(one.kinds))}
            for kind, one in found.items()
        },
    }
    print(json.dumps(record, indent=2))
    if share == 1.0:
        (RESULTS / "hostile_sockets.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
