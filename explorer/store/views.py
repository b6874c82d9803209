"""A view that somebody saved: which page with which choices, under a name; what can be done with it and what not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, exists, func, insert, select, update

from explorer import __version__
from explorer.errors import StoreError
from explorer.models.scenario_words import clean_name, clean_notes
from explorer.store.rules import Rules
from explorer.store.tables import VIEWS

GONE = "This view is not there any more: somebody has deleted it."


@dataclass(frozen=True)
class SavedView:
    """A page with its choices as its link holds them, under a name and with notes; both are strangers' text.

    ``data_version`` and ``program_version`` are those it was made with; ``version`` counts its changes, from 1;
    ``owner`` is None where it is everybody's. Times are in UTC.
    """

    id: int
    name: str
    notes: str
    page: str
    link: Mapping[str, str]
    data_version: str
    program_version: str
    made: datetime
    changed: datetime
    version: int
    owner: str | None = None


class ChangedMeanwhile(StoreError):
    """Somebody else changed a view after it was read; ``theirs`` is what it has become."""

    def __init__(self, theirs: SavedView) -> None:
        notes = f"with the notes “{theirs.notes}”" if theirs.notes else "without notes"
        super().__init__(
            f"Somebody else has changed this view since you opened it. It is now called “{theirs.name}”, {notes}. "
            "Your change was not saved, and theirs is as it was. Look at both, and save again if yours should stand."
        )
        self.theirs = theirs


def save(
    connection: Connection,
    name: str,
    notes: str,
    page: str,
    link: Mapping[str, str],
    now: datetime,
    data_version: str,
    rules: Rules,
) -> SavedView:
    """Keep a view.

    Raises:
        StoreError: its name or notes cannot be kept, or there are too many views.
    """
    drop_deleted(connection, now, rules)
    _check_room(connection, rules)
    clean = _cleaned(name, notes, rules)
    made = {"page": page, "link": dict(link), "data_version": data_version, "program_version": __version__}
    values = {**clean, **made, "made": now, "changed": now, "version": 1}
    return _view(connection.execute(insert(VIEWS).values(values).returning(*VIEWS.c)).one())


def listed(connection: Connection) -> tuple[SavedView, ...]:
    """All that are not deleted; the one changed last comes first."""
    newest_first = _kept().order_by(VIEWS.c.changed.desc(), VIEWS.c.id.desc())
    return tuple(_view(row) for row in connection.execute(newest_first))


def lately_deleted(connection: Connection, now: datetime, rules: Rules) -> tuple[SavedView, ...]:
    """Those that can still be brought back; the one deleted last comes first."""
    there = VIEWS.c.deleted > now - rules.keep_deleted
    wanted = select(VIEWS).where(there).order_by(VIEWS.c.deleted.desc(), VIEWS.c.id.desc())
    return tuple(_view(row) for row in connection.execute(wanted))


def change(
    connection: Connection, number: int, name: str, notes: str, expected_version: int, now: datetime, rules: Rules
) -> SavedView:
    """Give a view another name and notes, where nobody else has changed it since it was read.

    Raises:
        ChangedMeanwhile: somebody has; nothing was changed.
        StoreError: the name or notes cannot be kept, or the view is gone.
    """
    clean = _cleaned(name, notes, rules)
    there = (VIEWS.c.id == number) & VIEWS.c.deleted.is_(None)
    same = there & (VIEWS.c.version == expected_version)
    values = {**clean, "changed": now, "version": VIEWS.c.version + 1}
    row = connection.execute(update(VIEWS).where(same).values(values).returning(*VIEWS.c)).one_or_none()
    if row is not None:
        return _view(row)
    other = connection.execute(select(VIEWS).where(there)).one_or_none()
    if other is None:
        raise StoreError(GONE)
    raise ChangedMeanwhile(_view(other))


def remove(connection: Connection, number: int, now: datetime, rules: Rules) -> None:
    """Delete a view so that it can be brought back for some time; those deleted long ago go for good.

    Raises:
        StoreError: it is gone already.
    """
    drop_deleted(connection, now, rules)
    there = (VIEWS.c.id == number) & VIEWS.c.deleted.is_(None)
    if connection.execute(update(VIEWS).where(there).values(deleted=now)).rowcount == 0:
        raise StoreError(GONE)


def restore(connection: Connection, number: int, now: datetime, rules: Rules) -> SavedView:
    """Bring a deleted view back as it was.

    Raises:
        StoreError: it was deleted too long ago, or there are too many views.
    """
    drop_deleted(connection, now, rules)
    gone = (VIEWS.c.id == number) & VIEWS.c.deleted.is_not(None)
    if connection.execute(select(VIEWS.c.id).where(gone)).one_or_none() is not None:
        _check_room(connection, rules)
        connection.execute(update(VIEWS).where(gone).values(deleted=None))
    row = connection.execute(_kept().where(VIEWS.c.id == number)).one_or_none()
    if row is None:
        raise StoreError("This view was deleted too long ago to be brought back.")
    return _view(row)


def _kept() -> Select[tuple[object, ...]]:
    return select(VIEWS).where(VIEWS.c.deleted.is_(None))


def has_long_deleted(connection: Connection, now: datetime, rules: Rules) -> bool:
    """Whether some were deleted so long ago that they have to go for good."""
    return connection.scalar(select(exists().where(_long_ago(now, rules)))) is True


def drop_deleted(connection: Connection, now: datetime, rules: Rules) -> None:
    """Those deleted long ago, and the oldest of very many: nobody can fill the disk by saving and deleting."""
    newest_first = select(VIEWS.c.id).where(VIEWS.c.deleted.is_not(None)).order_by(VIEWS.c.deleted.desc())
    too_many = connection.scalars(newest_first.offset(rules.most_views)).all()
    connection.execute(delete(VIEWS).where(_long_ago(now, rules) | VIEWS.c.id.in_(too_many)))


def _long_ago(now: datetime, rules: Rules) -> ColumnElement[bool]:
    return VIEWS.c.deleted <= now - rules.keep_deleted


def _check_room(connection: Connection, rules: Rules) -> None:
    count = select(func.count()).select_from(VIEWS).where(VIEWS.c.deleted.is_(None))
    if connection.execute(count).scalar_one() >= rules.most_views:
        raise StoreError(
            f"There are already {rules.most_views:,} saved views, and no more can be kept. Delete one nobody needs."
        )


def _cleaned(name: str, notes: str, rules: Rules) -> dict[str, str]:
    """A stranger's name and notes as they are kept."""
    clean, text = clean_name(name, rules.longest_name), clean_notes(notes, rules.longest_notes)
    if clean is None:
        raise StoreError(
            f"Give the view a name: one line, up to {rules.longest_name:,} letters, and no signs that nobody can see."
        )
    if text is None:
        raise StoreError(f"Notes have up to {rules.longest_notes:,} letters, and no signs that nobody can see.")
    return {"name": clean, "notes": text}


def _view(row: Row[tuple[object, ...]]) -> SavedView:
    values = dict(row._mapping)
    del values["deleted"]
    return SavedView(**{**values, "link": MappingProxyType(dict(values["link"]))})
