"""A fault that nobody foresaw: one plain sentence with a number for the reader, and where it was for the log."""

import logging
import secrets
import traceback

import streamlit as st

from explorer.app import parts
from explorer.errors import ExplorerError

_log = logging.getLogger(__name__)
_STREAMLITS = "streamlit.error_util"  # its line has what the fault says, which can hold a reader's data


def told_where(problem: BaseException) -> str:
    """The kinds of a fault and of those behind it, and the lines that led there; never what they say.

    A library's message may quote the file that a reader loaded.
    """
    told: list[str] = []
    at: BaseException | None = problem
    while at is not None and len(told) < 5:
        lines = [
            f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(at.__traceback__)
        ]
        told.append("\n".join((type(at).__name__, *lines)))
        at = at.__cause__ or at.__context__
    return "\nwhile there was\n".join(told)


def sentence(reference: str) -> str:
    """What a reader is told."""
    return (
        "Something went wrong here, and this part of the page could not be shown. Nothing of yours is lost: open the "
        f"page anew, or go on with another. If it happens again, tell whoever runs this program the number {reference}."
    )


def tell(problem: Exception) -> bool:
    """Tell the reader of a fault in a page, for ``st.App``.

    Returns:
        True: nothing else is to be shown.
    """
    if isinstance(problem, ExplorerError):
        for fault in problem.faults:
            st.error(parts.plain(fault))
        return True
    reference = secrets.token_hex(4)
    _log.error("Fault %s on a page: %s", reference, told_where(problem))
    st.error(sentence(reference))
    return True


def _not_said_twice(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("Uncaught app execution")


def keep_quiet() -> None:
    """Take the server's own line of such a fault, with all that it says, out of the log."""
    logging.getLogger(_STREAMLITS).addFilter(_not_said_twice)
