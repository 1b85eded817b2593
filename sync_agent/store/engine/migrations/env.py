"""Alembic's entry: the connection is handed in by `Store.open`."""

from alembic import context

from sync_agent.store.engine.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
