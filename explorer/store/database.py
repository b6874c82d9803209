"""One database, reached safely by several processes and threads: whole transactions, and faults as sentences."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from explorer.errors import StoreError, StoreUnavailable

ALLOWED = "sqlite:///folder/file.db or postgresql://user:password@host/name"
_PATIENCE = 5  # seconds that a writer waits for the one before it, and anybody for an answer
_LINE = {  # of libpq: a line on which nothing comes back is given up after as many seconds
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 1000 * _PATIENCE,
}
_READING = "reading"
_LOCK = 0x6370706578  # of PostgreSQL's advisory locks: the one that this program's writers share


def checked_url(address: str) -> URL:
    """The address of a database.

    Raises:
        StoreError: it is none, or of a kind that is not known. The sentence does not repeat it: it may hold a password.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise StoreError(f"The address of the database cannot be understood; allowed: {ALLOWED}.") from None
    match url.get_backend_name():
        case "sqlite" if url.database and url.database != ":memory:":
            return url
        case "postgresql" | "postgres":
            return url.set(drivername="postgresql+psycopg")
        case _:
            raise StoreError(f"The address of the database is of a kind that is not known; allowed: {ALLOWED}.")


def make_engine(url: URL) -> Engine:
    """The way to the database. Nothing is opened yet.

    A file is opened for each transaction anew, so that no thread holds one that was moved away, and never made by
    the way: ``make_file`` does that. Connections to a server are kept, at most ten. No message
    repeats what people wrote.
    """
    if url.get_backend_name() == "sqlite":
        file = _file(url)
        engine = create_engine(
            "sqlite+pysqlite://", creator=lambda: _opened(file), poolclass=NullPool, hide_parameters=True
        )
    else:
        limits = f"-c statement_timeout={_PATIENCE}s -c lock_timeout={_PATIENCE}s"
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=5,
            max_overflow=5,
            pool_timeout=_PATIENCE,
            pool_pre_ping=True,
            connect_args={**_LINE, "options": limits},
        )
    event.listen(engine, "begin", _begin)
    return engine


def _file(url: URL) -> Path:
    return Path(url.database or "").resolve()


def make_file(url: URL) -> Path | None:
    """The file of a database, made with its folder where there is none; None for a server.

    Raises:
        StoreUnavailable: it cannot be made there.
    """
    if url.get_backend_name() != "sqlite":
        return None
    file = _file(url)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.touch()  # an empty file is an empty database
    except OSError as problem:
        raise StoreUnavailable(
            f"The file {file.name} for saved views cannot be made in {file.parent.name}/. All else works without it."
        ) from problem
    return file


def _opened(file: Path) -> sqlite3.Connection:
    """A file of SQLite that begins no transaction by itself (``_begin`` does); what it says is done is on the disk."""
    connection = sqlite3.connect(
        f"file:{quote(str(file))}?mode=rw",
        timeout=_PATIENCE,
        isolation_level=None,
        check_same_thread=False,
        uri=True,
    )
    connection.execute("PRAGMA synchronous = EXTRA")  # also the folder, or a cut of power could undo a commit
    return connection


def _begin(connection: Connection) -> None:
    """Take the writers' lock at once: two that first read and then write would wait for each other for ever."""
    reading = connection.get_execution_options().get(_READING, False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
    elif not reading:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that is there whole or not at all; one writer at a time, the others wait.

    Raises:
        StoreUnavailable: it could not be done, and nothing was changed.
    """
    with _told(writing=True), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one moment and changes nothing.

    Raises:
        StoreUnavailable: the database cannot be read.
    """
    with _told(writing=False), engine.connect().execution_options(**{_READING: True}) as connection, connection.begin():
        yield connection


@contextmanager
def _told(*, writing: bool) -> Iterator[None]:
    """What went wrong with the database, as one sentence; what exactly stands in the cause of the error."""
    try:
        yield
    except SQLAlchemyError as problem:
        said = str(problem.orig) if isinstance(problem, DBAPIError) else ""
        raise StoreUnavailable(_sentence(said, writing=writing)) from problem


def _sentence(said: str, *, writing: bool) -> str:
    if writing and ("locked" in said or "lock timeout" in said):
        return "Very many people are saving just now, so nothing was changed. Try again in a moment."
    if "locked" in said or "timeout" in said:
        return "The database of saved views did not answer in time. Everything else works without it."
    if "readonly" in said or "read-only" in said or "permission denied" in said:
        return "The database of saved views can be read and not written, so nothing was changed."
    if "malformed" in said or "not a database" in said:
        return "The database of saved views is damaged. Everything else works without it."
    if "no such table" in said or "does not exist" in said:
        return "The database of saved views is not complete. Everything else works without it."
    return "The database of saved views cannot be reached just now. Everything else works without it."
