"""The one object that keeps things between visits; threads may share it, and processes open the same address."""

import json
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from explorer.errors import StoreError, StoreUnavailable
from explorer.store import meetings, views
from explorer.store.database import checked_url, make_engine, make_file, reading, writing
from explorer.store.meetings import Meeting
from explorer.store.migrate import bring_up_to_date
from explorer.store.rules import Rules
from explorer.store.views import SavedView

_HALF = "Cs"  # the kind of a sign that is half of one: no text in UTF-8 can hold it


class Store:
    """What is kept, in one database. Every method is one short transaction: done whole, or not at all."""

    def __init__(self, engine: Engine, rules: Rules, file: Path | None) -> None:
        self._engine, self.rules, self._file = engine, rules, file

    def start_meeting(self, page: str, link: Mapping[str, str], now: datetime) -> str:
        """Keep what a meeting looks at; return its short code, 'KT7-2MP'.

        What is kept already has its code already, which then lasts as long as a new one.

        Raises:
            StoreError: it cannot be kept.
        """
        self._check_link(page, link)
        with writing(self._engine) as connection:
            until = now + self.rules.meeting_life
            return meetings.start(connection, page, link, now, until, self.rules.most_meetings)

    def meeting(self, code: str, now: datetime) -> Meeting | None:
        """The meeting of a code as somebody typed it; None where there is none, or it is over.

        Raises:
            StoreError: it cannot be looked up.
        """
        with reading(self._engine) as connection:
            return meetings.find(connection, code, now)

    def save(
        self, name: str, notes: str, page: str, link: Mapping[str, str], now: datetime, data_version: str
    ) -> SavedView:
        """Keep a view under a name.

        Args:
            link: the page's choices, exactly as ``selection.link_to`` gives them.
            data_version: of the figures that are shown; 'which program' is known here.

        Raises:
            StoreError: it cannot be kept.
        """
        self._check_link(page, link)
        with writing(self._engine) as connection:
            return views.save(connection, name, notes, page, link, now, data_version, self.rules)

    def views(self) -> tuple[SavedView, ...]:
        """All saved views; the one changed last comes first.

        Raises:
            StoreError: they cannot be read.
        """
        with reading(self._engine) as connection:
            return views.listed(connection)

    def lately_deleted(self, now: datetime) -> tuple[SavedView, ...]:
        """Views that can still be brought back; the one deleted last comes first.

        Raises:
            StoreError: they cannot be read.
        """
        with reading(self._engine) as connection:
            return views.lately_deleted(connection, now, self.rules)

    def change(self, number: int, name: str, notes: str, expected_version: int, now: datetime) -> SavedView:
        """Give a view another name and notes.

        Args:
            expected_version: the version that the writer has read.

        Raises:
            ChangedMeanwhile: somebody else has changed it since; nothing was changed.
            StoreError: it cannot be kept, or is gone.
        """
        with writing(self._engine) as connection:
            return views.change(connection, number, name, notes, expected_version, now, self.rules)

    def delete(self, number: int, now: datetime) -> None:
        """Delete a view; ``restore`` brings it back for some time.

        Raises:
            StoreError: it is gone already, or nothing can be written.
        """
        with writing(self._engine) as connection:
            views.remove(connection, number, now, self.rules)

    def restore(self, number: int, now: datetime) -> SavedView:
        """Bring a deleted view back as it was.

        Raises:
            StoreError: it was deleted too long ago, or there are too many.
        """
        with writing(self._engine) as connection:
            return views.restore(connection, number, now, self.rules)

    def drop_long_deleted(self, now: datetime) -> None:
        """Let go for good what was deleted too long ago to be brought back; where there is nothing, only look.

        Where nothing can be written it stays, and nobody sees it: reading has to go on.

        Raises:
            StoreError: the database cannot be read.
        """
        with reading(self._engine) as connection:
            there = views.has_long_deleted(connection, now, self.rules)
        if there:
            with suppress(StoreUnavailable), writing(self._engine) as connection:
                views.drop_deleted(connection, now, self.rules)

    def is_there(self) -> bool:
        """Whether its file has not gone since it was opened; a server is asked when something is wanted of it."""
        return self._file is None or self._file.exists()

    def close(self) -> None:
        """Give back what is open to the database."""
        self._engine.dispose()

    def _check_link(self, page: str, link: Mapping[str, str]) -> None:
        signs = page + "".join(f"{name}{value}" for name, value in link.items())
        if any(sign == "\0" or unicodedata.category(sign) == _HALF for sign in signs):
            raise StoreError("This view's link has signs that no text can have, so it cannot be kept.")
        size = len(page) + len(json.dumps(dict(link), ensure_ascii=False))
        if size > self.rules.longest_link:
            raise StoreError(
                f"This view's link has {size:,} letters, and up to {self.rules.longest_link:,} can be kept. "
                "Compare fewer things, or shorten names and reasons."
            )


def open_store(url: str, rules: Rules) -> Store:
    """The store at an address, made or brought up to date where that is needed.

    Args:
        url: ``sqlite:///folder/file.db`` or ``postgresql://user:password@host/name``.
        rules: What may be kept, and for how long.

    Raises:
        StoreError: the address is none, the database cannot be reached or written, is damaged, or is that of a newer
            program.
    """
    checked = checked_url(url)
    file = make_file(checked)
    engine = make_engine(checked)
    try:
        bring_up_to_date(engine)
    except StoreError:
        engine.dispose()
        raise
    return Store(engine, rules, file)
