"""Signing in ends where it was begun; where it fails the reader is told in a sentence, and looking goes on."""

import logging
from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explorer.app.access import AWAY, FAILED, SIGN_IN

_log = logging.getLogger(__name__)
_LOGIN, _BACK_HERE = "/auth/login", "/oauth2callback"
_FROM = "explorer_signing_in_from"
_DATA = "/data"
_LONGEST = 3_000  # letters of an address; a cookie may have 4,096 bytes (RFC 6265, 6.1)
_MOMENT, _WHILE = 60, 900  # seconds for which a cookie of ours lasts
_AWAY = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Signing in does not work just now</title></head><body><main><h1>Signing in does not work just now</h1>"
    "<p>The service that signs people in does not answer. Try again later. Every page is open without signing in.</p>"
    f'<p><a href="{_DATA}">Back to the Data page</a></p></main></body></html>'
)


class SigningIn:
    """Middleware around Streamlit's own addresses for signing in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as Streamlit does, and say what it leaves unsaid."""
        path: str = scope.get("path", "") if scope["type"] == "http" else ""
        if path.endswith(_LOGIN):
            await self._leave(scope, receive, send)
        elif path.endswith(_BACK_HERE):
            await self._come_back(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _leave(self, scope: Scope, receive: Receive, send: Send) -> None:
        """To the identity provider; a page with a sentence where it cannot be asked."""
        came_from, failed = _page_of(Headers(scope=scope)), False

        async def answer(message: Message) -> None:
            nonlocal failed
            if message["type"] == "http.response.start":
                failed = message["status"] >= 400
                if not failed:
                    MutableHeaders(scope=message).append(
                        "set-cookie", _cookie(_FROM, came_from, _WHILE, scope["scheme"])
                    )
            if not failed:
                await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception:
            _log.warning("Signing in could not begin", exc_info=True)
            failed = True
        if failed:
            page = HTMLResponse(_AWAY, 503, {"cache-control": "no-store"})
            page.headers.append("set-cookie", _cookie(SIGN_IN, AWAY, _MOMENT, scope["scheme"]))
            await page(scope, receive, send)

    async def _come_back(self, scope: Scope, receive: Receive, send: Send) -> None:
        """From the identity provider to the page where the reader was; with a mark where nobody is signed in by it."""
        request = Request(scope)
        tried = bool({"state", "error", "code"} & request.query_params.keys())

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and 300 <= message["status"] < 400:
                headers = MutableHeaders(scope=message)
                known = any(_is_of_user(one) for one in headers.getlist("set-cookie"))
                headers["location"] = _inside(request.cookies.get(_FROM, "")) if tried else _DATA
                headers.append("set-cookie", _cookie(_FROM, "", 0, scope["scheme"]))
                if tried:
                    how, lasts = ("", 0) if known else (FAILED, _MOMENT)
                    headers.append("set-cookie", _cookie(SIGN_IN, how, lasts, scope["scheme"]))
            await send(message)

        await self._app(scope, receive, answer)


def _is_of_user(cookie: str) -> bool:
    """Whether a cookie says who signed in, and is not the end of such a one."""
    name, _, value = cookie.partition(";")[0].partition("=")
    return name == "_streamlit_user" and value.strip('"') not in ("", "null")


def _page_of(headers: Headers) -> str:
    """The page of this program from which a reader comes, with its choices."""
    came_from = urlsplit(headers.get("referer", ""))
    if came_from.netloc != headers.get("host", ""):
        return _DATA
    return _inside(quote(f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path, safe=""))


def _inside(written: str) -> str:
    """An address within this program, as one of our cookies has it; the Data page for anything else."""
    address = unquote(written)
    plain = address.isascii() and address.isprintable() and "\\" not in address and len(address) < _LONGEST
    return address if plain and address.startswith("/") and not address.startswith("//") else _DATA


def _cookie(name: str, value: str, seconds: int, scheme: str) -> str:
    secure = "; Secure" if scheme == "https" else ""
    return f"{name}={quote(value, safe='')}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax{secure}"
