"""The tables of the database, as the newest program wants them; ``migrations`` leads there from every earlier one."""

from datetime import UTC, datetime

from sqlalchemy import JSON, Column, DateTime, Dialect, Integer, MetaData, String, Table, Text, TypeDecorator

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """A point in time: given and gotten with its time zone, kept in UTC. SQLite knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As it is kept."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As it was given."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


MEETINGS = Table(
    "meetings",
    metadata,
    Column("code", String(12), primary_key=True),
    Column("page", String(60), nullable=False),
    Column("link", JSON, nullable=False),
    Column("until", Moment, nullable=False, index=True),
)
VIEWS = Table(
    "views",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", String(200)),  # null: everybody's
    Column("name", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("page", String(60), nullable=False),
    Column("link", JSON, nullable=False),
    Column("data_version", String(64), nullable=False),
    Column("program_version", String(64), nullable=False),
    Column("made", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
    Column("version", Integer, nullable=False),
    Column("deleted", Moment),  # null: not deleted
    sqlite_autoincrement=True,  # the number of a view that is gone is never another's
)
