"""Recording: acts are queued during a use case and chained, all at once, just before it commits."""

from __future__ import annotations

import tomllib
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from sqlalchemy import insert, select, text

from app import vault
from app.audit.models import Entry, Mention, Said
from app.core import clock
from app.core.database import at_end, insert_what_is_absent, lock_for_writing, session, table_of
from app.core.ids import random_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Row

CHAIN_LOCK = 0x58F6  # any constant: the advisory lock that orders appends on PostgreSQL
SYSTEM = UUID(int=0)
_ENTRY = table_of(Entry)
_QUEUE = text("SELECT pg_advisory_xact_lock(:lock)").bindparams(lock=CHAIN_LOCK)
_LAST = select(_ENTRY.c.seq, _ENTRY.c.digest).order_by(_ENTRY.c.seq.desc()).limit(1)
_APPEND = insert(_ENTRY)


class Queued(NamedTuple):
    """An act that waits for the end of its request: whom it concerns, and whom it only shows among others."""

    said: Said
    concerns: set[UUID]
    shown: set[UUID]


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


def record(
    action: str,
    target: UUID | None = None,
    *,
    also: Iterable[UUID] = (),
    shown: Iterable[UUID] = (),
    **detail: Any,
) -> None:
    """Record an act on ``target`` (a subject, case, account, lecture …) with ids and reasons, never content.

    Somebody else's act is found again by its target, and by each of ``also``. ``shown`` are the people whom a list
    showed among others: each finds the first time of a day that this actor looked at this list, for one that is looked
    at all day would hide whoever opened her record itself.
    Stored in the transaction of the act. Raises ``KeyError`` for an act that ``actions.toml`` does not list.
    """
    actions()[action]
    queue: list[Queued] = session().info.setdefault("audit", [])
    if not queue:
        at_end(_append_all)
    actor = session().info.get("actor", SYSTEM)
    concerns = {target} if target and actor != SYSTEM else set()
    on = target if target != actor else None
    said = Said(clock.now(), action, actor, on, detail)
    queue.append(Queued(said, concerns.union(also) - {actor}, set(shown) - {actor}))


def reference(target: UUID) -> bytes:
    """The keyed reference by which the acts on somebody or something are found, and under which she is shown."""
    return vault.reference("audit", "target", target.bytes)


def _append_all() -> None:
    seq, previous = _head()
    rows: list[dict[str, Any]] = []
    mentions: list[dict[str, Any]] = []
    for number, (said, concerns, shown) in enumerate(session().info.pop("audit", []), seq + 1):
        row = _row(number, said)
        row["digest"] = previous = link(previous, row)
        rows.append(row)
        mentions += (mention(each, number, said) for each in concerns)
        mentions += (mention(each, number, said, row=_once_a_day(each, said)) for each in shown)
    session().execute(_APPEND, rows)
    if mentions:
        insert_what_is_absent(Mention, mentions)


def _head() -> tuple[int, bytes]:
    lock_for_writing()
    if session().get_bind().dialect.name == "postgresql":
        session().execute(_QUEUE)
    last = session().execute(_LAST).first()
    return (last.seq, last.digest) if last else (0, bytes(32))


def _row(seq: int, said: Said) -> dict[str, Any]:
    row_id = random_id()
    return {"seq": seq, "id": row_id, "act": vault.seal_for(Entry.act, row=row_id, value=said.as_json())}


def mention(person: UUID, seq: int, said: Said, *, row: UUID | None = None) -> dict[str, Any]:
    """The row that finds this entry for ``person``."""
    row_id, bound = row or random_id(), {"about": reference(person), "week": clock.iso_week(said.at)}
    place = vault.seal_for(Mention.place, row=row_id, value=[seq, *said.as_json()[:3]], bound=bound)
    return {"id": row_id, **bound, "place": place}


def _once_a_day(person: UUID, said: Said) -> UUID:
    """The id of the one row that a day's looks of an actor at a list leave for a person."""
    day = clock.local(said.at).date().isoformat()
    return UUID(bytes=vault.reference("audit", "shown", said.actor.bytes, said.action, person.bytes, day))


def link(previous: bytes, row: dict[str, Any] | Row[Any]) -> bytes:
    """The digest of an entry: a keyed code over the digest before it, its place and what is sealed in it."""
    entry = row if isinstance(row, dict) else row._asdict()
    parts = (previous, int(entry["seq"]).to_bytes(8, "big"), entry["id"].bytes, vault.digest(entry["act"] or b""))
    return vault.mac("audit", b"".join(len(part).to_bytes(2, "big") + part for part in parts))
