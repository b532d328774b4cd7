"""Runs the numbered migrations on the data database; the keys database has one table, made by ``flask keys init``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic import context

from app.core.database import Base, Moment, db
from app.vault import SealedBytes

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def render_item(kind: str, item: Any, _autogen: AutogenContext) -> str | bool:
    """Write our own column types by their names."""
    if kind == "type" and isinstance(item, SealedBytes):
        return "SealedBytes()"
    if kind == "type" and isinstance(item, Moment):
        return "Moment()"
    return False


with db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
