"""Verifying the chain: the first entry that was altered, removed or put in is named."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from app.audit.models import Entry
from app.audit.services import link
from app.core import clock
from app.core.database import session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.audit.anchors import Anchor

CHUNK = 2_000
OVERDUE = timedelta(hours=2)
"""An anchor is cast every hour: after twice as long one is missing."""


class Verdict(NamedTuple):
    """What a walk along the chain found: entries read, and the sequence number of the first bad one, if any."""

    entries: int
    first_bad: int | None
    head: bytes


def verify(after: tuple[int, bytes] = (0, bytes(32))) -> Verdict:
    """Walk the chain in order, from the start or ``after`` a known entry. Reads in chunks; memory stays flat."""
    seq, previous = after
    columns = Entry.__table__.c
    while rows := session().execute(select(*columns).where(columns.seq > seq).order_by(columns.seq).limit(CHUNK)).all():
        for row in rows:
            if row.seq != seq + 1 or link(previous, row) != row.digest:
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
    after = select(Entry.at).where(Entry.seq > (last.seq if last else 0)).order_by(Entry.seq).limit(1)
    at = session().scalar(after)
    return at if at is not None and at < clock.now() - OVERDUE else None


def _chunks(numbers: list[int]) -> list[list[int]]:
    return [numbers[start : start + 500] for start in range(0, len(numbers), 500)]
