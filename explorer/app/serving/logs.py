"""What the program says while it runs: words on a terminal, or one JSON object a line for those who collect logs.

Neither form has a reader's address or what stands behind the question mark of a link, and in the JSON form a fault is
told by its kind and place and not by its message, which may repeat what somebody loaded or typed.
"""

import ipaddress
import json
import logging
import os
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, Literal

from streamlit import logger as of_streamlit

from explorer.serving_names import LOG

Form = Literal["text", "json"]
TOLD = ("session", "page", "ms", "outcome", "reference")  # what a line may say beside its event
_OWN = ("uvicorn", "uvicorn.error", "uvicorn.asgi")  # the access log stays off: it has addresses
_QUERY = re.compile(r"\?[^\s\"']+")
_FOUR, _SIX = r"\d{1,3}(?:\.\d{1,3}){3}", r"[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}"
_ADDRESS = re.compile(rf"(?<![\w.:])(?:{_FOUR}|{_SIX})(?![\w.])")
_EACH_READER = ('%s - "WebSocket', "connection open", "connection closed")  # uvicorn's lines, some with addresses
_KEPT_QUIET = "uvicorn.access"


class Json(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, event, and what else a line may say."""

    def format(self, record: logging.LogRecord) -> str:
        """A record as one line."""
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": clean(record.getMessage()),
        }
        said |= {name: getattr(record, name) for name in TOLD if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            said["fault"] = record.exc_info[0].__name__
            said["at"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(said, ensure_ascii=False)


class Words(logging.Formatter):
    """A line for people, with what it says beside its event."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line without a fault's trace, which follows it."""
        beside = "".join(f" {name}={getattr(record, name)}" for name in TOLD if hasattr(record, name))
        return clean(super().formatMessage(record)) + beside

    def formatException(self, ei: Any) -> str:  # noqa: ANN401 - as in logging
        """The trace of a fault, cleaned as its line is."""
        return clean(super().formatException(ei))


def clean(said: str) -> str:
    """Words without what stands behind a question mark, and without addresses of other machines."""
    return _ADDRESS.sub(_address, _QUERY.sub("?…", said))


def _address(found: re.Match[str]) -> str:
    try:
        address = ipaddress.ip_address(found[0])
    except ValueError:  # a time of day, or a number of a version
        return found[0]
    return found[0] if address.is_loopback or address.is_unspecified else "(address)"


def _not_of_each_reader(record: logging.LogRecord) -> bool:
    return record.name != _KEPT_QUIET and not (isinstance(record.msg, str) and record.msg.startswith(_EACH_READER))


def set_up(form: Form) -> None:
    """Send what everybody says, the server and Streamlit too, to standard error in one form.

    Streamlit gives each of its loggers a handler of its own, also those that it makes later, so the function that does
    is replaced.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Json() if form == "json" else Words())
    handler.addFilter(_not_of_each_reader)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in ("explorer", "uvicorn"):
        logging.getLogger(name).setLevel(logging.INFO)
    for name in _OWN:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    of_streamlit.setup_formatter = _to_root
    for logger in of_streamlit._loggers.values():
        _to_root(logger)


def _to_root(logger: logging.Logger) -> None:
    own = getattr(logger, "streamlit_console_handler", None)
    if own is not None:
        logger.removeHandler(own)
    logger.propagate = True


def chosen(configured: Form) -> Form:
    """The form that the command line asked for, else the one of serving.yaml."""
    return "json" if (os.environ.get(LOG) or configured) == "json" else "text"
