"""Recording: acts are queued during a use case and chained, all at once, just before it commits."""

from __future__ import annotations

import tomllib
from contextlib import contextmanager
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from sqlalchemy import insert, select, text

from app import vault
from app.audit.models import Entry
from app.core import clock
from app.core.database import at_end, lock_for_writing, session, table_of
from app.core.ids import random_id
from app.core.statements import Hot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Row

CHAIN_LOCK = 0x58F6  # any constant: the advisory lock that orders appends on PostgreSQL
SYSTEM = UUID(int=0)
MANY = 8  # acts of one use case that are cheaper to store in one statement than each in a hot one
_ENTRY = table_of(Entry)
_QUEUE = Hot(text("SELECT pg_advisory_xact_lock(:lock)").bindparams(lock=CHAIN_LOCK))
_LAST = Hot(select(_ENTRY.c.seq, _ENTRY.c.digest).order_by(_ENTRY.c.seq.desc()).limit(1))
_APPEND = Hot(insert(_ENTRY))


class Act(NamedTuple):
    """What ``record`` was told, waiting for the end of the use case."""

    at: datetime
    action: str
    actor: UUID
    target: UUID | None
    detail: dict[str, Any]


def act_as(person: UUID) -> None:
    """Say who acts in this application context from here on; the system itself is the default."""
    session().info["actor"] = person


@contextmanager
def acting_as(person: UUID) -> Iterator[None]:
    """Let ``person`` be the actor for a block: a worker's clinical acts name the subject alone, never the account."""
    before = session().info.get("actor", SYSTEM)
    act_as(person)
    try:
        yield
    finally:
        act_as(before)


@cache
def actions() -> dict[str, dict[str, str]]:
    """All known acts, ``room.verb`` → words by language."""
    rooms = tomllib.loads((Path(__file__).parent / "actions.toml").read_text("utf-8"))
    return {f"{room}.{verb}": words for room, verbs in rooms.items() for verb, words in verbs.items()}


def record(action: str, target: UUID | None = None, **detail: Any) -> None:
    """Record an act on ``target`` (a subject, case, account, lecture …) with ids and reasons, never content.

    Stored in the transaction of the act. Raises ``KeyError`` for an act that ``actions.toml`` does not list.
    """
    actions()[action]
    queue: list[Act] = session().info.setdefault("audit", [])
    if not queue:
        at_end(_append_all)
    queue.append(Act(clock.now(), action, session().info.get("actor", SYSTEM), target, detail))


def reference(target: UUID) -> bytes:
    """The keyed reference under which the object of an act stands in the log."""
    return vault.reference("audit", "target", target.bytes)


def actor_reference(person: UUID) -> bytes:
    """The keyed reference under which somebody acts.

    It differs from the one under which the same person is acted upon: a worker whose acts are recognised by their time
    of day leads to nothing that was done with her record.
    """
    return vault.reference("audit", "actor", person.bytes)


def _append_all() -> None:
    acts: list[Act] = session().info.pop("audit", [])
    seq, previous = _head()
    rows = []
    for seq_of_act, act in enumerate(acts, seq + 1):
        row = _row(seq_of_act, act)
        row["digest"] = previous = link(previous, row)
        rows.append(row)
    if len(rows) < MANY:
        for row in rows:
            _APPEND.run(**row)
    else:
        session().execute(insert(_ENTRY), rows)


def _head() -> tuple[int, bytes]:
    lock_for_writing()
    if session().get_bind().dialect.name == "postgresql":
        _QUEUE.run()
    last = _LAST.first()
    return (last.seq, last.digest) if last else (0, bytes(32))


def _row(seq: int, act: Act) -> dict[str, Any]:
    row_id = random_id()
    target = act.target if act.target != act.actor else None
    detail = {"actor": act.actor.hex, "target": target.hex if target else None, **act.detail}
    return {
        "seq": seq,
        "id": row_id,
        "at": act.at,
        "action": act.action,
        "actor": actor_reference(act.actor),
        "target": reference(target) if target else None,
        "detail": vault.seal_for(Entry.detail, row=row_id, owner=None, value=detail),
    }


def link(previous: bytes, row: dict[str, Any] | Row[Any]) -> bytes:
    """The digest of an entry: a keyed code over the digest before it and all its columns, the detail by its own."""
    entry = row if isinstance(row, dict) else row._asdict()
    parts = (
        previous,
        int(entry["seq"]).to_bytes(8, "big"),
        entry["id"].bytes,
        entry["at"].astimezone(UTC).isoformat(timespec="microseconds").encode(),
        entry["actor"],
        entry["action"].encode(),
        entry["target"] or b"",
        vault.digest(entry["detail"]),
    )
    return vault.mac("audit", b"".join(len(part).to_bytes(2, "big") + part for part in parts))
