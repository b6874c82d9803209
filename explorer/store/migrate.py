"""Bring a database to the newest shape: once, also where several programs start at the same time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine

from explorer.errors import StoreUnavailable
from explorer.store.database import reading, writing

_FOLDER = Path(__file__).with_name("migrations")


def bring_up_to_date(engine: Engine, target: str = "head") -> None:
    """Take the steps that a database has not taken yet. One that has taken all is not written to.

    All steps are one transaction, under the lock of the writers: a second program waits, and finds nothing left to do.

    Args:
        target: The step to stop after; tests stop sooner.

    Raises:
        StoreUnavailable: the database was made by a newer program, or cannot be read or written.
    """
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    newest = script.get_current_head()
    with reading(engine) as connection:
        if _step(connection, script) == newest:
            return
    with writing(engine) as connection:
        _step(connection, script)
        config.attributes["connection"] = connection
        command.upgrade(config, target)


def _step(connection: Connection, script: ScriptDirectory) -> str | None:
    """The last step that a database has taken.

    Raises:
        StoreError: this program does not know it.
    """
    found = MigrationContext.configure(connection).get_current_revision()
    try:
        if found is not None:
            script.get_revision(found)
    except CommandError:
        raise StoreUnavailable(
            "The database of saved views was made by a newer version of this program, so this one does not touch it."
        ) from None
    return found
