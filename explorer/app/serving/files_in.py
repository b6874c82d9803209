"""A file reaches the server's memory only from whoever may send one, as much as there is room for, and in time.

Streamlit takes a file for any open page whose number the sender knows, and keeps it until that page is closed. So what
``loading`` asks before it reads a file is asked here before a byte of it is kept.
"""

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.auth_util import get_cookie_with_chunks, get_origin_from_redirect_uri, get_secrets_auth_section
from streamlit.runtime import get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

from explorer.app import access
from explorer.app.serving import audit
from explorer.serving_entries import Access, FileWork
from explorer.serving_names import UPLOADS

_USER = "_streamlit_user"  # the cookie in which Streamlit keeps who signed in
_ENVELOPE = 4_000  # bytes around a file in a form (RFC 7578)
_MEGABYTE = 1_000_000
_BEYOND = 2 * 2**20  # bytes; Streamlit lets a form be one mebibyte longer than a file may be
_SLOW = "The file was too long on its way. Send it again on a faster line."
_LONGER = "The file is longer than was said."


class _TooMuch(Exception):
    """More came than was said."""


def keep_off_the_disk() -> None:
    """Let a file on its way stay in memory: Starlette writes all beyond one megabyte into a temporary file."""
    MultiPartParser.spool_max_size = config.get_option("server.maxUploadSize") * 2**20 + _BEYOND


class FilesIn:
    """Middleware before Streamlit's own place for files."""

    def __init__(self, app: ASGIApp, files: FileWork, who: Access, small: Callable[[], float]) -> None:
        """Keep the bounds.

        Args:
            files: How much may be held, and how long one may take.
            who: Who may load plan records.
            small: How many bytes anybody may send: a file of a what-if, which everybody may load.
        """
        self._app, self._files, self._who, self._small = app, files, who, small
        self._coming: dict[str, int] = {}  # bytes on their way, by open page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the file, or say why not."""
        path: str = scope.get("path", "")
        if scope["type"] != "http" or scope["method"] != "PUT" or UPLOADS not in path:
            await self._app(scope, receive, send)
            return
        page = path.rpartition(UPLOADS)[2].partition("/")[0]
        length, reader = _length(Headers(scope=scope)), signed_in(Request(scope))
        refused = self._refused(page, length, reader)
        if refused is not None:
            status, why, outcome = refused
            _write(outcome, page, length or 0, reader)
            await PlainTextResponse(why, status, {"connection": "close"})(scope, receive, send)
            return
        with self._on_its_way(page, length or 0):
            kept_out = await self._taken(scope, receive, send, length or 0)
        if kept_out is not None:
            _write(kept_out, page, length or 0, reader)

    def _refused(
        self, page: str, length: int | None, reader: Mapping[str, Any]
    ) -> tuple[int, str, audit.Outcome] | None:
        """Why a file is not taken; None where it is."""
        if length is None:
            return 411, "Send the file in one piece, and how long it is (Content-Length).", "refused"
        if length > self._small() + _ENVELOPE and self._standing(reader) not in access.MAY_LOAD:
            return 403, "Only those who signed in as analysts may load plan records here.", "not allowed"
        held = _held()
        mine = held.get(page, 0) + self._coming.get(page, 0) + length
        if mine > self._files.held_by_one.value * _MEGABYTE:
            return 413, "This page holds too many files; open it again.", "too large"
        if sum(held.values()) + sum(self._coming.values()) + length > self._files.held.value * _MEGABYTE:
            return 507, "Other people have loaded large files just now; try again later.", "no turn"
        return None

    def _standing(self, reader: Mapping[str, Any]) -> access.Standing:
        rules = access.rules_of(self._who, os.environ, get_secrets_auth_section())
        return access.judged(reader, rules, time.time())

    @contextmanager
    def _on_its_way(self, page: str, length: int) -> Iterator[None]:
        self._coming[page] = self._coming.get(page, 0) + length
        try:
            yield
        finally:
            self._coming[page] -= length
            if not self._coming[page]:
                del self._coming[page]

    async def _taken(self, scope: Scope, receive: Receive, send: Send, length: int) -> audit.Outcome | None:
        """Pass the file on as far as its length was said, and in time; why not, where it could not be."""
        begun, came = False, 0

        async def part() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > length:
                raise _TooMuch
            return message

        async def answer(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        outcome: audit.Outcome
        try:
            async with asyncio.timeout(self._files.sending.value):
                await self._app(scope, part, answer)
        except TimeoutError:
            status, why, outcome = 408, _SLOW, "too slow"
        except _TooMuch:
            status, why, outcome = 413, _LONGER, "too large"
        else:
            return None
        if not begun:
            await PlainTextResponse(why, status, {"connection": "close"})(scope, receive, send)
        return outcome


def _write(outcome: audit.Outcome, page: str, length: int, reader: Mapping[str, Any]) -> None:
    """A line for a file that is kept out. Anybody can send such files as fast as the network lets them."""
    audit.write_some(audit.Line("upload", outcome, size=length, who=access.named(reader), visit=audit.visit(page)))


def _length(headers: Headers) -> int | None:
    """How many bytes come; None where nobody says. What comes in chunks has no length, whatever is said beside it."""
    if "transfer-encoding" in headers:
        return None
    said = headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else None


def _held() -> dict[str, int]:
    """Bytes of the files that Streamlit holds, by open page."""
    manager = get_instance().uploaded_file_mgr
    assert isinstance(manager, MemoryUploadedFileManager)
    kept = dict(manager.file_storage)
    return {page: sum(len(file.data) for file in dict(files).values()) for page, files in kept.items()}


def signed_in(request: Request) -> Mapping[str, Any]:
    """What the identity provider said of whoever sends a request, by Streamlit's signed cookie; empty without one."""
    secret, cookies = get_cookie_secret(), request.cookies

    def part(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(secret, name, value.encode("latin-1", "ignore")) if value else None

    try:
        found = get_cookie_with_chunks(part, _USER)
        claims = json.loads(found) if found else {}
    except (ValueError, KeyError):
        return {}
    if not isinstance(claims, dict) or claims.get("origin") != get_origin_from_redirect_uri():
        return {}
    return claims
