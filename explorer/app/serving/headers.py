"""What goes with every answer so that a browser lets nothing in between, and which requests are not answered at all."""

import base64
import hashlib
import ipaddress
import logging
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

from explorer.app.serving.fault_words import told_where
from explorer.app.serving.settings import names, origin
from explorer.serving_entries import Safety
from explorer.serving_names import UPLOADS

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_log = logging.getLogger(__name__)
_INSIDE = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")  # for nobody who comes by the network
_MEASURED = ("/metrics", "/health/ready")  # for those who look after the program
_READING, _SENDING = ("GET", "HEAD", "OPTIONS"), ("PUT", "DELETE")
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(:\d{1,5})?", re.ASCII)
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_NOT_HERE = (
    "This program is not found under this name. Whoever runs it can set the name: 'address' in config/app.yaml, "
    "or 'hosts' in config/serving.yaml."
)
_ELSEWHERE = "This request comes from a page of another address, so it is not answered."
_A_YEAR = 31_536_000  # seconds, as in RFC 6797, 6.1.1
_REFUSED_FEATURES = (
    *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer"),
    *("microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking"),
)
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # a link holds the view
    "permissions-policy": ", ".join(f"{feature}=()" for feature in _REFUSED_FEATURES),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-permitted-cross-domain-policies": "none",
}


def inline_scripts(page: bytes) -> tuple[str, ...]:
    """The scripts within a page as a content security policy names them: ``'sha256-…'`` of their letters."""
    digests = (hashlib.sha256(script).digest() for script in _INLINE.findall(page))
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def _served_page() -> bytes:
    return (Path(file_util.get_static_dir()) / "index.html").read_bytes()


def policy(scripts: Sequence[str], framed_by: Sequence[str], host: str, scheme: str) -> str:
    """The content security policy (W3C CSP 3) of one answer.

    Args:
        scripts: inline scripts by their digests.
        framed_by: who may show the program in a frame.
        host: the name and port that was asked; older browsers need it for web sockets.
        scheme: 'http' or 'https'.
    """
    socket = f"{'wss' if scheme in ('https', 'wss') else 'ws'}://{host}"
    parts = {
        "default-src": "'self'",
        # Streamlit runs this program's own small scripts (copy a link, keys of a meeting) from blobs, which only a
        # script that runs already can make. No eval: Streamlit's Vega reads expressions without it.
        "script-src": " ".join(("'self'", "blob:", *scripts)),
        "style-src": "'self' 'unsafe-inline'",  # the page's styles are made while it runs
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": f"'self' {socket}",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "frame-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": " ".join(framed_by) or "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def from_inside(scope: Scope, networks: Sequence[Network]) -> bool:
    """Whether whoever asks is on this machine or in one of some networks, as far as the server knows their address."""
    try:
        address = ipaddress.ip_address((scope.get("client") or ("",))[0])
    except ValueError:
        return False
    plain = getattr(address, "ipv4_mapped", None) or address
    return plain.is_loopback or any(plain in network for network in networks)


class Guarded:
    """Middleware: refuses what is not for readers, and gives every answer its headers.

    A fault below it is written to the log under a number, without what it says, and answered in a sentence.
    """

    def __init__(self, app: ASGIApp, address: str, safety: Safety) -> None:
        self._app, self._own = app, origin(address)
        self._names, self._framed_by = names(address, safety), safety.embedded_by
        self._inside = safety.inside
        self._scripts = inline_scripts(_served_page())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        if scope["type"] == "websocket":
            if refused is None:
                await self._app(scope, receive, send)
            else:
                await receive()  # the request to connect
                await send({"type": "websocket.close", "code": 1008})
            return
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._complete(scope, MutableHeaders(scope=message))
            await send(message)

        try:
            await (refused or self._app)(scope, receive, answer)
        except Exception as problem:
            reference = secrets.token_hex(4)
            _log.error("Fault %s while answering: %s", reference, told_where(problem))
            if begun:
                raise ConnectionAbortedError(f"fault {reference} in the middle of an answer") from None
            said = f"Something went wrong here. Its number in the log is {reference}."
            await PlainTextResponse(said, 500)(scope, receive, answer)

    def _refusal(self, scope: Scope) -> Response | None:
        """Why a request is not answered; None where it is."""
        headers = Headers(scope=scope)
        host, path = headers.get("host", "").lower(), scope["path"]
        found = _HOST.fullmatch(host)
        if found is None or found["name"].strip("[]").rstrip(".") not in self._names:
            return PlainTextResponse(_NOT_HERE, 421)
        come_from = headers.get("origin", "").lower()
        if come_from and come_from not in (f"http://{host}", f"https://{host}", self._own):
            return PlainTextResponse(_ELSEWHERE, 403)
        if path.startswith(_INSIDE) or (path.startswith(_MEASURED) and not from_inside(scope, self._inside)):
            return PlainTextResponse("Not found.", 404)
        if scope["type"] == "http":
            method = scope["method"]
            if method not in _READING and not (method in _SENDING and path.startswith(UPLOADS)):
                return PlainTextResponse("This can only be read.", 405, {"allow": ", ".join(_READING)})
        return None

    def _complete(self, scope: Scope, headers: MutableHeaders) -> None:
        """The headers of an answer, with those that every answer has."""
        for name, value in _ALWAYS.items():
            headers[name] = value
        host = Headers(scope=scope).get("host", "").lower()
        asked = host if _HOST.fullmatch(host) else "localhost"
        headers["content-security-policy"] = policy(self._scripts, self._framed_by, asked, scope["scheme"])
        if not self._framed_by:
            headers["x-frame-options"] = "DENY"
        if scope["scheme"] == "https":
            headers["strict-transport-security"] = f"max-age={_A_YEAR}"
        if scope["path"].startswith("/media/") or "cache-control" not in headers:
            headers["cache-control"] = "no-store"  # files of one reader
