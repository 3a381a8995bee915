"""Alembic's entry: runs the migrations on the connection that `store.database` passes in."""

from alembic import context

from osb_hub.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
