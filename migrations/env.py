"""Runs migrations on the connection that `hub.migration` hands over, already guarded and in a transaction."""

from __future__ import annotations

from alembic import context

from hub.tables import METADATAS

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATAS,
    compare_type=True,
    compare_server_default=True,
    transaction_per_migration=False,
)
context.run_migrations()
