"""Alembic's entry: runs the migrations on the connection that the program gives it."""

from alembic import context

from arbitration.store import tables

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=tables.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
