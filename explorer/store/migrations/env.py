"""How Alembic is run here: within the transaction that ``explorer.store.migrate`` has begun."""

from alembic import context

from explorer.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
