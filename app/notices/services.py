"""Writing to the outbox in the transaction of the act, and a person's own list of notices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from app import vault
from app.core import clock
from app.core.database import changed, session, table_of
from app.core.errors import NotFound
from app.core.ids import random_id
from app.core.paging import page_of
from app.notices.models import Notice, OutboxRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from app.core.paging import Page

PAGE = 30
_PROMISE = insert(table_of(OutboxRow))


def enqueue(kind: str, **payload: Any) -> None:
    """Promise a notice of this kind: stored with the act, delivered at least once after it."""
    row = random_id()
    sealed = vault.seal_for(OutboxRow.payload, row=row, value={"kind": kind, **payload})
    session().execute(_PROMISE, {"id": row, "payload": sealed})


def sealed_rows(payloads: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the outbox for many promises, sealed before a lock is taken; a payload names its ``kind``."""
    rows = [(random_id(), dict(payload)) for payload in payloads]
    return [{"id": row, "payload": vault.seal_for(OutboxRow.payload, row=row, value=value)} for row, value in rows]


def store(rows: Sequence[dict[str, Any]]) -> None:
    """Store what ``sealed_rows`` made, with the act."""
    if rows:
        session().execute(insert(table_of(OutboxRow)), rows)


def notices_of(account_id: UUID, *, before: UUID | None = None) -> Page[Notice]:
    """One page of a person's notices, the newest first; ``before`` is the last one of the page before."""
    mine = select(Notice).where(Notice.account_id == account_id)
    return page_of(mine, (Notice.id,), PAGE, after=None if before is None else (before,), newest=True)


def fetch_notice(notice_id: UUID, account_id: UUID) -> Notice:
    """A person's own notice. Raises ``NotFound``, also for somebody else's."""
    notice = session().scalar(select(Notice).where(Notice.id == notice_id, Notice.account_id == account_id))
    if notice is None:
        raise NotFound
    return notice


def count_unread(account_id: UUID) -> int:
    """How many notices wait: the number on the bell. Stops counting at a hundred."""
    waiting = select(Notice.id).where(Notice.account_id == account_id, Notice.read_at.is_(None)).limit(100)
    return session().scalar(select(func.count()).select_from(waiting.subquery())) or 0


def mark_read(account_id: UUID, *, until: UUID) -> int:
    """Mark what a person was shown, up to the newest line of the page, as read; returns how many were new."""
    shown = (Notice.account_id == account_id) & Notice.read_at.is_(None) & (Notice.id <= until)
    return changed(update(Notice).where(shown).values(read_at=clock.now()))
