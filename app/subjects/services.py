"""The pool of subjects: filled in shuffled batches, emptied one ticket at a time."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from app import vault
from app.core.database import session, transaction
from app.core.errors import Unavailable
from app.core.ids import random_id
from app.subjects.models import Subject, Ticket
from app.vault import owner_keys

BATCH = 256
LOW_WATER = 64


class Link(NamedTuple):
    """The two secrets that tie an account to a subject: its id, and the alias that leads back."""

    subject: UUID
    alias: UUID


def refill(minimum: int = LOW_WATER) -> int:
    """Bring the pool above ``minimum`` tickets; returns how many were made.

    Runs outside a use case, in three transactions: keys, subjects, tickets. Each batch is written in the order of
    random ids, so the order of the subjects says nothing of the order of the tickets. A crash between the steps
    leaves subjects that nobody will ever hold, which is harmless.
    """
    with transaction(writes=False):
        have = session().scalar(select(func.count()).select_from(Ticket)) or 0
    made = 0
    while have + made < minimum:
        _make(BATCH)
        made += BATCH
    return made


def _make(size: int) -> None:
    links = [Link(random_id(), random_id()) for _ in range(size)]
    owner_keys.create("subject", [link.subject for link in links])
    with transaction():
        owner_keys.prefetch([link.subject for link in links])
        rows = [_subject_row(link) for link in sorted(links)]
        session().execute(insert(Subject), rows)
    with transaction():
        session().execute(insert(Ticket), sorted((_ticket_row(link) for link in links), key=lambda row: row["id"]))


def _subject_row(link: Link) -> dict[str, Any]:
    alias = vault.seal_for(Subject.alias, row=link.subject, owner=link.subject, value=link.alias.hex)
    return {"id": link.subject, "alias": alias}


def _ticket_row(link: Link) -> dict[str, Any]:
    row = random_id()
    value = {"subject": link.subject.hex, "alias": link.alias.hex}
    return {"id": row, "holds": vault.seal_for(Ticket.holds, row=row, owner=None, value=value)}


def take_ticket() -> Link:
    """Take one ticket, for good. Raises ``Unavailable`` when the pool is empty and waits to be refilled."""
    for ticket in session().scalars(select(Ticket).order_by(func.random()).limit(3)):
        held = ticket.holds
        taken: Any = session().execute(delete(Ticket).where(Ticket.id == ticket.id))
        if taken.rowcount == 1:
            return Link(UUID(held["subject"]), UUID(held["alias"]))
    raise Unavailable


def alias_of(subject_id: UUID) -> UUID:
    """The alias by which a subject's account can be found; opening it needs the subject's key."""
    return UUID(session().get_one(Subject, subject_id).alias)


def aliases_of(subject_ids: list[UUID]) -> dict[UUID, UUID]:
    """The aliases of many subjects, in two statements."""
    owner_keys.prefetch(subject_ids)
    rows = session().execute(select(Subject.id, Subject.alias).where(Subject.id.in_(subject_ids))).all()
    return {row.id: UUID(vault.open_for(Subject.alias, row.alias, row=row.id, owner=row.id)) for row in rows}
