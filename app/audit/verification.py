"""Verifying the chain: the first entry that was altered, removed or put in is named, in memory that stays flat."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from app.audit import carried
from app.audit.mentions import said_in
from app.audit.models import Entry
from app.audit.services import link
from app.core import clock
from app.core.database import session

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from app.audit.anchors import Anchor

CHUNK = 2_000
OVERDUE = timedelta(hours=2)
"""An anchor is cast every hour: after twice as long one is missing."""


class Verdict(NamedTuple):
    """What a walk along the chain found: entries read, and the sequence number of the first bad one, if any.

    ``is_missing`` says that there is no such entry, although there are later ones.
    """

    entries: int
    first_bad: int | None
    head: bytes
    is_missing: bool = False


def verify(after: tuple[int, bytes] = (0, bytes(32))) -> Verdict:
    """Walk the chain in order, from the start or ``after`` a known entry. Reads in chunks; memory stays flat."""
    seq, previous = after
    columns = Entry.__table__.c
    while rows := session().execute(select(*columns).where(columns.seq > seq).order_by(columns.seq).limit(CHUNK)).all():
        for row in rows:
            if row.seq != seq + 1:
                return Verdict(seq, seq + 1, previous, is_missing=True)
            if row.digest != link(previous, row) and row.digest != carried.link(previous, row):
                return Verdict(seq, seq + 1, previous)
            seq, previous = row.seq, row.digest
    return Verdict(seq, None, previous)


def broken_promise(anchors: Sequence[Anchor]) -> Anchor | None:
    """The first anchor whose entry is missing or another one: the tail was cut off, or written anew."""
    promised = {anchor.seq: anchor for anchor in anchors if anchor.seq}
    found: dict[int, bytes] = {}
    for chunk in _chunks(sorted(promised)):
        rows = session().execute(select(Entry.seq, Entry.digest).where(Entry.seq.in_(chunk)))
        found.update({row.seq: row.digest for row in rows})
    return next((anchor for anchor in anchors if anchor.seq and found.get(anchor.seq) != anchor.digest), None)


def first_unanchored(last: Anchor | None) -> datetime | None:
    """When the first entry after the last anchor was written, if that is longer ago than an anchor takes to come."""
    at = _written_at((last.seq if last else 0) + 1)
    return at if at is not None and at < clock.now() - OVERDUE else None


def length() -> int:
    """The number of the newest entry."""
    return session().scalar(select(func.max(Entry.seq))) or 0


def gaps(anchors: Sequence[Anchor]) -> Iterator[Anchor]:
    """The anchors before which another one is missing: an entry had waited for it for too long."""
    for before, anchor in pairwise(anchors):
        if anchor.at - before.at > OVERDUE and anchor.seq > before.seq:
            at = _written_at(before.seq + 1)
            if at is not None and anchor.at - at > OVERDUE:
                yield anchor


def _written_at(seq: int) -> datetime | None:
    """When an entry, or the first one after it, was written; None where that cannot be read."""
    table = Entry.__table__.c
    row = session().execute(select(*table).where(table.seq >= seq).order_by(table.seq).limit(1)).first()
    said = said_in(row) if row else None
    return said.at if said else None


def _chunks(numbers: list[int]) -> list[list[int]]:
    return [numbers[start : start + 500] for start in range(0, len(numbers), 500)]
