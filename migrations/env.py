"""Runs the numbered migrations on the data database; the keys database has one table, made by ``flask keys init``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic import context
from sqlalchemy import TypeDecorator

from app.core.database import Base, db

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def render_item(kind: str, item: Any, _autogen: AutogenContext) -> str | bool:
    """Write our own column types as what the database knows of them: a migration never depends on the models."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def leave_out_halves(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """A migration says what the database holds; which half a table belongs to is the models' business."""
    for operation in directives[0].upgrade_ops.ops + directives[0].downgrade_ops.ops:
        for kept in (getattr(operation, "info", None), getattr(operation, "kw", {})):
            if kept:
                kept.pop("info", None) or kept.pop("half", None)


with db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        render_as_batch=True,
        compare_type=True,
        process_revision_directives=leave_out_halves,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
