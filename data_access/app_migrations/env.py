"""Runs the revisions on the connection, and in the transaction, that data_access.app_database hands over."""

from __future__ import annotations

from alembic import context

from data_access import app_schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=app_schema.metadata,
    version_table=app_schema.VERSION_TABLE,
)
context.run_migrations()
