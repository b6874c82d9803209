"""A meeting that others can join by a short code, until it is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection, delete, insert, select, update

from explorer.errors import StoreError
from explorer.store.codes import draw, spoken, understood
from explorer.store.tables import MEETINGS


@dataclass(frozen=True)
class Meeting:
    """What a meeting looks at: a page with its choices as a link holds them, and until when its code is known."""

    page: str
    link: Mapping[str, str]
    until: datetime


def start(connection: Connection, page: str, link: Mapping[str, str], now: datetime, until: datetime, most: int) -> str:
    """Keep a meeting; return its code as people read it.

    One that looks at the same keeps its code, which lasts until the later time: else opening one page again and again
    would use up all that there can be. Meetings that are over are dropped, so that their codes can be drawn again.

    Raises:
        StoreError: there are already ``most``.
    """
    connection.execute(delete(MEETINGS).where(MEETINGS.c.until <= now))
    if (known := _same(connection, page, link)) is not None:
        connection.execute(update(MEETINGS).where(MEETINGS.c.code == known).values(until=until))
        return spoken(known)
    taken = set(connection.scalars(select(MEETINGS.c.code)))
    if len(taken) >= most:
        raise StoreError(f"There are already {most:,} meetings with a code, so none can be added. Share the link.")
    code = next(code for code in iter(draw, None) if code not in taken)
    connection.execute(insert(MEETINGS).values(code=code, page=page, link=dict(link), until=until))
    return spoken(code)


def _same(connection: Connection, page: str, link: Mapping[str, str]) -> str | None:
    """The code of a meeting that looks at the same; None where there is none."""
    rows = connection.execute(select(MEETINGS.c.code, MEETINGS.c.link).where(MEETINGS.c.page == page))
    return next((row.code for row in rows if row.link == dict(link)), None)


def find(connection: Connection, typed: str, now: datetime) -> Meeting | None:
    """The meeting of a code as somebody typed it; None where there is none, or it is over."""
    code = understood(typed)
    wanted = select(MEETINGS).where(MEETINGS.c.code == code, MEETINGS.c.until > now)
    row = None if code is None else connection.execute(wanted).one_or_none()
    return None if row is None else Meeting(row.page, MappingProxyType(dict(row.link)), row.until)
