"""Seals for rows that are older than the seals of their table: once for each table, remembered in the keyring.

A writer to the database could empty a seal and wait for the next start: so the keyring, which is signed and lies
elsewhere, says which tables are done. It can be interrupted anywhere; the next run goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from app.core.database import Base, session, transaction
from app.vault import keyring, rows
from app.vault.state import vault

if TYPE_CHECKING:
    from uuid import UUID

CHUNK = 500


def seal_old_rows(*, again: bool = False) -> int:
    """Seal what has no seal yet, and say how many rows; ``again`` trusts them after an old backup was restored."""
    sealed = 0
    for table in sorted(rows.sealed_tables()):
        if again or table not in vault().fresh().sealed_tables:
            sealed += _seal_table(table)
            state = vault()
            keyring.save(state.path, state.fresh().with_sealed(table), state.root, replace=True)
            state.reload()
    return sealed


def _seal_table(name: str) -> int:
    table, place = Base.metadata.tables[name], rows.sealed_tables()[name]
    seal = table.c[place.line.rpartition(".")[2]]
    columns = [table.c[column] for column in ("id", *place.terms.bind)]
    last: UUID | None = None
    count = 0
    while True:
        unsealed: Any = select(*columns).where(seal.is_(None)).order_by(table.c.id).limit(CHUNK)
        with transaction():
            found = session().execute(unsealed if last is None else unsealed.where(table.c.id > last)).all()
            for row in found:
                one = update(table).where(table.c.id == row.id, seal.is_(None))
                session().execute(one.values({seal: rows.seal_of(name, row._mapping)}))
        count += len(found)
        if len(found) < CHUNK:
            return count
        last = found[-1].id
