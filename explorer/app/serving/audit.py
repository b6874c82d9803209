"""One line for each file that is loaded and each that leaves, without a word of any person or of the file.

A line is JSON on the logger ``explorer.audit``. It can hold nothing but what ``Line`` has: no name, address, file name
or free text. Whoever signed in is a number that only the server's own secret makes again (HMAC-SHA-256, RFC 2104), so
that what one person did can be put together, and who it was cannot be read from the log.
"""

import hmac
import json
import logging
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal

from explorer.app.allowance import Allowance
from explorer.app.serving import measures

LOGGER = logging.getLogger("explorer.audit")
NOBODY = "not signed in"
_OF_STRANGERS, _OF_KNOWN = Allowance(100, 1 / 30), Allowance(100, 1 / 30)  # lines in a row, and then each second
_LETTERS = 16  # of a number for a person or a visit: 64 bits, so that no two are ever the same by chance

What = Literal["upload", "export"]
Outcome = Literal["done", "refused", "too slow", "too large", "no turn", "not allowed", "failed"]


@dataclass(frozen=True)
class Line:
    """What is kept of one file.

    Attributes:
        what: Whether it came in or left.
        outcome: What became of it.
        kind: What it holds: a kind of plan records, "table", "picture", "findings", ...; empty where nobody knows.
        form: How it is written: csv, xlsx, ...; empty where nobody knows.
        size: In bytes.
        rows: Of a table or of plan records; None for others.
        authority: DfE number of whom it is about; empty where nobody knows.
        data: Which data its figures are from: "published", "sample", "standing" or "upload".
        version: Of those data.
        who: Of ``person``, or ``NOBODY``.
        visit: Of ``visit``.
    """

    what: What
    outcome: Outcome
    kind: str = ""
    form: str = ""
    size: int = 0
    rows: int | None = None
    authority: str = ""
    data: str = ""
    version: str = ""
    who: str = NOBODY
    visit: str = ""


def write(line: Line, at: datetime | None = None) -> None:
    """Put a line on the log.

    Args:
        at: The moment; now where none is given.
    """
    moment = (at or datetime.now(UTC)).isoformat(timespec="seconds")
    LOGGER.info(json.dumps({"time": moment, **asdict(line)}, ensure_ascii=True))


def write_some(line: Line, now: float | None = None) -> None:
    """Put a line on the log for what anybody can do as often as they like, so that it cannot push the others out.

    Beyond so many it is only counted (``/metrics``). Those who signed in and those who did not have room of their own.

    Args:
        now: Seconds of a clock that only goes on; the machine's where none is given.
    """
    room = _OF_STRANGERS if line.who == NOBODY else _OF_KNOWN
    moment = time.monotonic() if now is None else now
    if room.left(moment):
        room.spend(moment)
        write(line)
    else:
        measures.UNWRITTEN.labels(line.outcome).inc()


def open_log() -> None:
    """Send the lines to standard output, whatever else of the program is logged where; once for a process."""
    if LOGGER.handlers:
        return
    shown = logging.StreamHandler(sys.stdout)
    shown.setFormatter(logging.Formatter("%(message)s"))
    LOGGER.addHandler(shown)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False


def person(issuer: str, subject: str, secret: str) -> str:
    """A number for somebody who signed in, the same in each process that has the secret.

    Args:
        issuer, subject: How the identity provider names itself and them (``iss`` and ``sub`` of OpenID Connect Core,
            section 2).
        secret: The server's; without one nobody is told apart, rather than by a number that can be tried out.
    """
    return _number("person", f"{issuer}\n{subject}", secret) if secret else "signed in"


def visit(session: str) -> str:
    """A number for one open page, of which its own number cannot be found again."""
    return _number("visit", session, "") if session else ""


def _number(purpose: str, text: str, secret: str) -> str:
    return hmac.new(f"explorer audit {purpose} {secret}".encode(), text.encode(), sha256).hexdigest()[:_LETTERS]
