"""Verifying the chain: the first entry that was altered, removed or put in is named."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from app.audit.models import Entry
from app.audit.services import link
from app.core.database import session

CHUNK = 2_000


class Verdict(NamedTuple):
    """What a walk along the chain found: entries read, and the sequence number of the first bad one, if any."""

    entries: int
    first_bad: int | None
    head: bytes


def verify() -> Verdict:
    """Walk the whole chain in order. Reads in chunks; memory stays flat."""
    seq, previous = 0, bytes(32)
    columns = Entry.__table__.c
    while rows := session().execute(select(*columns).where(columns.seq > seq).order_by(columns.seq).limit(CHUNK)).all():
        for row in rows:
            if row.seq != seq + 1 or link(previous, row) != row.digest:
                return Verdict(seq, seq + 1, previous)
            seq, previous = row.seq, row.digest
    return Verdict(seq, None, previous)
