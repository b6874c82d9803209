"""The one object that keeps things between visits; threads may share it, and processes open the same address."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from explorer.errors import StoreError
from explorer.store import meetings, views
from explorer.store.database import checked_url, make_engine, make_file, reading, writing
from explorer.store.meetings import Meeting
from explorer.store.migrate import bring_up_to_date
from explorer.store.rules import Rules
from explorer.store.views import SavedView


class Store:
    """What is kept, in one database. Every method is one short transaction: done whole, or not at all."""

    def __init__(self, engine: Engine, rules: Rules, file: Path | None) -> None:
        self._engine, self.rules, self._file = engine, rules, file

    def start_meeting(self, page: str, link: Mapping[str, str], now: datetime) -> str:
        """Keep what a meeting looks at; return its short code, 'KT7-2MP'.

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

    def restore(self, number: int) -> SavedView:
        """Bring a deleted view back as it was.

        Raises:
            StoreError: it is gone for good, or there are too many.
        """
        with writing(self._engine) as connection:
            return views.restore(connection, number, self.rules)

    def is_there(self) -> bool:
        """Whether its file has not gone since it was opened; a server is asked when something is wanted of it."""
        return self._file is None or self._file.exists()

    def close(self) -> None:
        """Give back what is open to the database."""
        self._engine.dispose()

    def _check_link(self, page: str, link: Mapping[str, str]) -> None:
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
