"""What ``audit verify --deep`` looks at besides: every entry and every mention is opened, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.audit.mentions import act_in, said_in
from app.audit.models import Entry, Mention
from app.audit.services import reference
from app.core.database import session, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Column

PART = 1_000


def unreadable_entries() -> Iterator[str]:
    """Entries whose seal does not open."""
    for part in _parts(table_of(Entry).c.seq):
        yield from (f"UNREADABLE entry {row.seq}" for row in part if said_in(row) is None)


def unreadable_mentions() -> Iterator[str]:
    """Mentions that do not open, or speak of another entry than the log has."""
    for part in _parts(table_of(Mention).c.id):
        acts = {row.id: act_in(row) for row in part}
        numbers = [act.seq for act in acts.values() if act]
        rows = session().execute(select(*table_of(Entry).c["seq", "id", "act"]).where(Entry.seq.in_(numbers)))
        said = {row.seq: said_in(row) for row in rows}
        for row in part:
            act = acts[row.id]
            entry = said.get(act.seq) if act else None
            if act is None or entry is None or (entry.action, entry.actor) != (act.action, act.actor):
                yield f"UNREADABLE mention {reference(row.id).hex()[:8]}: it belongs to no entry of the log"


def _parts(key: Column[Any]) -> Iterator[Sequence[Any]]:
    part: Sequence[Any] = session().execute(select(*key.table.c).order_by(key).limit(PART)).all()
    while part:
        yield part
        last = getattr(part[-1], key.name)
        part = session().execute(select(*key.table.c).where(key > last).order_by(key).limit(PART)).all()
