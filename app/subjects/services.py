"""The pool of subjects: filled in shuffled batches, emptied one ticket at a time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select, true

from app import vault
from app.core.database import session, store_so_far, transaction
from app.core.errors import Unavailable
from app.core.ids import random_id
from app.subjects.models import Subject, Ticket
from app.vault import owner_keys

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Row

BATCH = 256
LOW_WATER = 256
"""Tickets that are there before one is drawn: among so many subjects hides who took it, also while many register."""

_refilling = threading.Lock()


class Link(NamedTuple):
    """The two secrets that tie an account to a subject: its id, and the alias that leads back."""

    subject: UUID
    alias: UUID


def refill(minimum: int = LOW_WATER) -> int:
    """Bring the pool to at least ``minimum`` tickets, outside a use case; returns how many were made."""
    with transaction():
        return top_up(minimum)


def top_up(minimum: int = LOW_WATER) -> int:
    """The same inside a use case, which stores what it wrote so far; costs one short read while there are enough.

    Three transactions make a batch: keys, subjects, tickets. Each is written in the order of random ids, so the order
    of the subjects says nothing of the order of the tickets. A crash between the steps leaves subjects that nobody will
    ever hold, which is harmless; so is a batch too many when two processes find the pool low.
    """
    store_so_far()
    made = 0
    with _refilling:
        for _batch in range(_batches_missing(minimum)):
            _make(BATCH)
            made += BATCH
    return made


def _batches_missing(minimum: int) -> int:
    """How many batches bring the pool to ``minimum``; a full pool is not counted to its end."""
    counted = select(func.count()).select_from(select(Ticket.id).limit(minimum).subquery())
    return -(-(minimum - (session().scalar(counted) or 0)) // BATCH)


def _make(size: int) -> None:
    links = [Link(random_id(), random_id()) for _ in range(size)]
    subjects, tickets = sorted(link.subject for link in links), [_ticket_row(link) for link in links]
    store_so_far()
    owner_keys.create("subject", subjects)
    session().execute(insert(Subject), [_subject_row(link) for link in sorted(links)])
    store_so_far()
    session().execute(insert(Ticket), sorted(tickets, key=lambda row: row["id"]))
    store_so_far()


def _subject_row(link: Link) -> dict[str, Any]:
    alias = vault.seal_for(Subject.alias, row=link.subject, owner=link.subject, value=link.alias.hex)
    return {"id": link.subject, "alias": alias}


def _ticket_row(link: Link) -> dict[str, Any]:
    row = random_id()
    value = {"subject": link.subject.hex, "alias": link.alias.hex}
    return {"id": row, "holds": vault.seal_for(Ticket.holds, row=row, owner=None, value=value)}


def take_ticket() -> Link:
    """Take one ticket, for good, from a random place. Raises ``Unavailable`` when the pool is empty."""
    return take_tickets(1)[0]


def take_tickets(number: int) -> list[Link]:
    """The same for many who join together. Raises ``Unavailable`` when the pool holds fewer."""
    rows = _take(Ticket.id >= random_id(), number)
    if len(rows) < number:
        rows += _take(true(), number - len(rows))
    if len(rows) < number:
        raise Unavailable
    held: list[Any] = [vault.open_for(Ticket.holds, row.holds, row=row.id) for row in rows]
    return [Link(UUID(each["subject"]), UUID(each["alias"])) for each in held]


def _take(where: ColumnElement[bool], number: int) -> list[Row[Any]]:
    """Delete and return the first tickets of a range that no other transaction is taking now."""
    first = select(Ticket.id).where(where).order_by(Ticket.id).limit(number).with_for_update(skip_locked=True)
    taken = delete(Ticket).where(Ticket.id.in_(first)).returning(Ticket.id, Ticket.holds)
    return list(session().execute(taken, execution_options={"synchronize_session": False}).all())


def alias_of(subject_id: UUID) -> UUID:
    """The alias by which a subject's account can be found; opening it needs the subject's key."""
    return UUID(session().get_one(Subject, subject_id).alias)


def aliases_of(subject_ids: list[UUID]) -> dict[UUID, UUID]:
    """The aliases of many subjects, in two statements; damaged ones are missing."""
    owner_keys.prefetch(subject_ids)
    rows = session().execute(select(Subject.id, Subject.alias).where(Subject.id.in_(subject_ids))).all()
    found = {}
    for row in rows:
        try:
            found[row.id] = UUID(vault.open_for(Subject.alias, row.alias, row=row.id, owner=row.id))
        except vault.VaultError as error:
            vault.note_damage(error)
    return found
