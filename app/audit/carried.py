"""Entries that were made when time, act and actor still stood in plain columns: sealed once, by ``flask prepare``.

Their digests stay what they were, and so do the anchors: what a digest covered is kept in the entry as its last part.
The migration puts the plain columns aside in a table of its own; it is emptied here, and then it is gone.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy import Column, LargeBinary, MetaData, String, Table, Uuid, delete, insert, inspect, select, update

from app import vault
from app.audit.models import NUMBER, Entry, Mention, Said
from app.audit.services import SYSTEM, mention
from app.core.database import Moment, db, session, table_of, transaction
from app.vault import VaultError, note_damage
from app.vault.sealed import Place, SealedBytes
from app.vault.terms import Terms

PART = 500
PLAIN = Table(
    "audit_entry_plain",
    MetaData(),
    Column("seq", NUMBER, primary_key=True),
    Column("id", Uuid),
    Column("at", Moment),
    Column("action", String),
    Column("actor", LargeBinary),
    Column("target", LargeBinary),
    Column("detail", LargeBinary),
)


def carry_over() -> int:
    """Seal every entry that was put aside, and say how many; can be interrupted anywhere. Runs its own transactions."""
    if not inspect(db.engine).has_table(PLAIN.name):
        return 0
    carried = 0
    while part := _carry_part():
        carried += part
    PLAIN.drop(db.engine)
    return carried


def link(previous: bytes, row: Any) -> bytes:
    """The digest that an entry had when it was carried over; nothing for one that was not."""
    try:
        at, action, _actor, _target, _detail, was = vault.open_for(Entry.act, row.act or b"", row=row.id)
    except (VaultError, ValueError):  # a damaged entry, or one that has no such part
        return b""
    actor, target, detail = map(bytes.fromhex, was)
    moment = Said.from_json([at, action, SYSTEM.hex, None, {}]).at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = (
        previous,
        row.seq.to_bytes(8, "big"),
        row.id.bytes,
        moment.encode(),
        actor,
        action.encode(),
        target,
        detail,
    )
    return vault.mac("audit", b"".join(len(part).to_bytes(2, "big") + part for part in parts))


def _carry_part() -> int:
    entry = table_of(Entry)
    with transaction():
        rows = session().execute(select(PLAIN).order_by(PLAIN.c.seq).limit(PART)).all()
        mentions = []
        for row in rows:
            said = _said(row)
            was = [row.actor.hex(), (row.target or b"").hex(), vault.digest(row.detail or b"").hex()]
            act = vault.seal_for(Entry.act, row=row.id, value=[*said.as_json(), was])
            session().execute(update(entry).where(entry.c.seq == row.seq, entry.c.act.is_(None)).values(act=act))
            if said.target and said.actor != SYSTEM:
                mentions.append(mention(said.target, row.seq, said))
        if mentions:
            session().execute(insert(table_of(Mention)), mentions)
        session().execute(delete(PLAIN).where(PLAIN.c.seq.in_([row.seq for row in rows])))
    return len(rows)


def _said(row: Any) -> Said:
    try:
        detail = _DETAIL.open(row.detail or b"", row.id, None, ())
    except VaultError as error:
        note_damage(error)
        return Said(row.at, row.action, SYSTEM, None, {"lost": True})
    actor, target = UUID(detail.pop("actor")), detail.pop("target")
    return Said(row.at, row.action, actor, UUID(target) if target else None, detail)


_TERMS = Terms("audit", None, "audit", 128, ())
_DETAIL = Place(_TERMS, Table("audit_entry", MetaData(), Column("detail", SealedBytes(_TERMS))).c.detail)
