"""``python -m explorer serve``: the program for readers, on one's own machine and in a deployment alike."""

import argparse
import asyncio
import ctypes
import logging
import os
import sys

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from explorer.entries import read_entry
from explorer.serving_entries import Safety, Serving
from explorer.serving_names import CONFIG, LOG
from explorer.serving_stop import Server, Stop

_PATIENCE = 10  # seconds that answers under way have when the server closes
_OWN_MACHINE = ("localhost", "127.0.0.1", "::1")
NO_CONTACT = "the council or team that gave you the address of this site"  # as serving.yaml ships
_REQUESTS_OF_A_PAGE = 6  # at once: as many connections as a browser makes to one address


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put the command into the command line."""
    serve = commands.add_parser("serve", help="open the app for readers")
    serve.add_argument("--host", default="localhost", help="the address to listen on")
    serve.add_argument("--port", type=int, default=8501, help="the port to listen on")
    serve.add_argument(
        "--proxy",
        default=None,
        help="the address of a proxy in front, whose word on https and readers' addresses is taken (else 127.0.0.1)",
    )
    serve.add_argument("--log", choices=("text", "json"), default=None, help="how the program says what it does")
    serve.add_argument(
        "--replica",
        action="store_true",
        help="one of several behind a proxy: told to stop (SIGTERM), finish with readers while new ones go to another",
    )
    serve.set_defaults(run=_serve)


def _serve(options: argparse.Namespace) -> None:
    _lean()
    serving = read_entry(options.config / "serving.yaml", Serving)
    os.environ[CONFIG] = str(options.config.resolve())
    if options.log:
        os.environ[LOG] = options.log
    config = uvicorn.Config(
        "explorer.app.serving.server:app",
        host=options.host,
        port=options.port,
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # costs more time than the wire does
        ws_max_size=int(serving.safety.longest_message.value),
        http=_punctual(serving.safety),
        limit_concurrency=int(serving.safety.most_open.value) * _REQUESTS_OF_A_PAGE,
        forwarded_allow_ips=options.proxy,
        server_header=False,
        access_log=False,
        timeout_graceful_shutdown=_PATIENCE,
    )
    if options.replica or options.host not in _OWN_MACHINE:
        _tell_of_contact(serving.accessibility.contact)
    stop = Stop(serving.stop.grace.value, serving.stop.handed_over.value) if options.replica else None
    server = Server(config, stop)
    server.run()
    if not server.started:
        sys.exit(3)  # as uvicorn does; what went wrong is told already


def _tell_of_contact(contact: str) -> None:
    """Others are served, and the statement of accessibility has to say whom they ask (regulation 8)."""
    if contact == NO_CONTACT:
        logging.getLogger("uvicorn.error").warning(
            "The accessibility statement names nobody whom readers can ask for help: "
            "put a team with its telephone and e-mail address under accessibility, contact, in serving.yaml"
        )


def _lean() -> None:
    """Ask the C library (glibc) for few heaps, and to keep what it has: each thread of a run would get its own.

    Elsewhere nothing is asked. The numbers are those of ``mallopt`` in malloc.h.
    """
    few_heaps, kept, mapped = -8, -1, -3
    try:
        library = ctypes.CDLL("libc.so.6")
    except OSError:
        return
    library.mallopt(few_heaps, 2)
    library.mallopt(kept, 16 * 2**20)  # bytes free at the top of the heap before any goes back
    library.mallopt(mapped, 32 * 2**20)  # bytes from which memory is new each time, and slow at its first touch


def _punctual(safety: Safety) -> type[H11Protocol]:
    """HTTP/1.1 that hangs up on whoever does not finish asking within the patience of serving.yaml (slow-loris).

    What comes after the answer is part of asking too. While there is none yet, ``limits`` has the same patience with
    each part of a file.
    """

    class Punctual(H11Protocol):
        """Uvicorn waits for the head of a request for ever."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._late = self.loop.call_later(safety.patience.value, transport.close)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.conn.their_state is h11.IDLE or self._unread():
                self._wait()
            else:
                self._late.cancel()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if self._unread():
                self._wait()

        def _unread(self) -> bool:
            """Whether the answer is given and the rest of the request still comes, which nobody reads."""
            return self.conn.their_state is h11.SEND_BODY and self.conn.our_state is h11.DONE

        def _wait(self) -> None:
            if self._late.cancelled():
                self._late = self.loop.call_later(safety.patience.value, self.transport.close)

        def connection_lost(self, exc: Exception | None) -> None:
            self._late.cancel()
            super().connection_lost(exc)

    return Punctual
