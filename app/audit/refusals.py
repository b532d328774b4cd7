"""Rows that somebody changed past the program, and which therefore gave nothing: each is an entry in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, has_request_context

from app import vault
from app.audit.services import record
from app.core.database import in_transaction, transaction

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask, Response

REFUSED = "vault.row_refused"


def init_app(app: Flask) -> None:
    """Have the vault tell what it refused."""
    vault.on_refusal(note)
    app.after_request(write)


def note(table: str, row: UUID) -> None:
    """Record a refused row; in a request only once it was answered, for a refusal rolls back what it wrote."""
    if has_request_context():
        g.setdefault("refused_rows", []).append((table, row))
    elif in_transaction():
        record(REFUSED, row, table=table)


def write(response: Response) -> Response:
    """Store what this request came across, in a transaction of its own."""
    if refused := g.pop("refused_rows", None):
        with transaction():
            for table, row in refused:
                record(REFUSED, row, table=table)
    return response
