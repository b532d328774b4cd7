"""What a thief takes away: every row of every table, with what the database knows of their order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text

from app.core.database import Half, db

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flask import Flask
    from sqlalchemy import Table


@dataclass(frozen=True)
class Stolen:
    """One table as it lies on the disk: rows in physical order, and the transaction that wrote each, where known."""

    table: Table
    rows: Sequence[dict[str, Any]]


def steal(app: Flask) -> dict[Half, list[Stolen]]:
    """Dump the whole data database, table by table."""
    halves: dict[Half, list[Stolen]] = defaultdict(list)
    with app.app_context(), db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            found = connection.execute(text(_scan(table, connection.dialect.name))).mappings()
            halves[table.info.get("half", Half.SHARED)].append(Stolen(table, [dict(row) for row in found]))
    return halves


def _scan(table: Table, dialect: str) -> str:
    if dialect == "postgresql":
        return f'SELECT *, xmin::text::bigint AS written_by FROM "{table.name}" ORDER BY ctid'
    if table.dialect_options["sqlite"]["with_rowid"] is False:
        return f'SELECT *, 0 AS written_by FROM "{table.name}"'
    return f'SELECT *, rowid AS written_by FROM "{table.name}" ORDER BY rowid'


def values(stolen: Iterable[Stolen]) -> set[bytes]:
    """All values long enough to recognise a person by."""
    cells = (cell for one in stolen for row in one.rows for cell in row.values())
    return {found for cell in cells if len(found := as_bytes(cell)) >= 12}


def as_bytes(cell: Any) -> bytes:
    """A value as the sixteen or more bytes that may name somebody; nothing for numbers and times."""
    if isinstance(cell, UUID):
        return cell.bytes
    if isinstance(cell, bytes | memoryview):
        return bytes(cell)
    if isinstance(cell, str):
        return bytes.fromhex(cell) if len(cell) == 32 and _is_hex(cell) else cell.encode()
    return b""


def _is_hex(cell: str) -> bool:
    return all(letter in "0123456789abcdef" for letter in cell)
