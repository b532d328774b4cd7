"""Delivering: rows of the outbox that are due are resolved, sent and only then deleted.

Safe with any number of processes, and with any of them killed at any point: a claim is a lease that runs out.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, select, update

from app.core import clock
from app.core.database import changed, lock_for_writing, session, transaction
from app.core.errors import NotFound
from app.notices import kinds, texts
from app.notices.models import Notice, OutboxRow
from app.notices.services import sealed_rows, store
from app.vault import Code, VaultError, note_damage, open_for

if TYPE_CHECKING:
    from datetime import datetime

    from app.notices.channels import Senders

log = logging.getLogger("xingfu.notices")

EXTENSION = "xingfu.senders"
LEASE = timedelta(minutes=2)  # longer than any channel's time limit for a batch
BATCH = 8
LONGEST_PAUSE = timedelta(hours=1)


class Claimed(NamedTuple):
    """A row that is ours to deliver until the lease ends."""

    id: UUID
    attempts: int
    until: datetime
    payload: dict[str, Any]


def deliver_due(limit: int = 200) -> int:
    """Deliver up to ``limit`` rows that are due; returns how many were done with. Runs its own transactions."""
    done = tried = 0
    while tried < limit and (batch := _claim(min(BATCH, limit - tried))):
        tried += len(batch)
        done += sum(_handle(claimed) for claimed in batch)
    return done


def pause(attempts: int) -> timedelta:
    """How long a row rests after so many failures: 2, 4, 8 … seconds, at most an hour."""
    return min(timedelta(seconds=2 ** min(attempts, 12)), LONGEST_PAUSE)


def _claim(size: int) -> list[Claimed]:
    due = select(OutboxRow.id).where(OutboxRow.due_at <= clock.now()).limit(1)
    with transaction(writes=False):
        if session().scalar(due) is None:
            return []
    with transaction():
        lock_for_writing()
        now = clock.now()
        until, columns = now + LEASE, select(OutboxRow.id, OutboxRow.attempts, OutboxRow.payload)
        waiting = columns.where(OutboxRow.due_at <= now).order_by(OutboxRow.due_at).limit(size)
        rows = session().execute(waiting.with_for_update(skip_locked=True)).all()
        mine = update(OutboxRow).where(OutboxRow.id.in_([row.id for row in rows]))
        changed(mine.values(due_at=until, attempts=OutboxRow.attempts + 1))
    return [Claimed(row.id, row.attempts + 1, until, _payload(row.id, row.payload)) for row in rows]


def _payload(row: UUID, sealed: bytes) -> dict[str, Any]:
    """What a row says; nothing where it is damaged: it must not keep the others from being told."""
    try:
        return dict(open_for(OutboxRow.payload, sealed, row=row))
    except VaultError as error:
        note_damage(error)
        return {}


def _handle(claimed: Claimed) -> bool:
    if not claimed.payload:
        _rest(claimed)
        return False
    tell = _deliver if claimed.payload["kind"] == kinds.DELIVER else _expand
    try:
        tell(claimed)
    except Exception as error:
        # Whatever a provider raises, the row stays and is tried again.
        if _has_nobody(error):
            return _forget(claimed)
        log.warning("notice not delivered: %s, attempt %d", type(error).__name__, claimed.attempts)
        _rest(claimed)
        return False
    return True


def _expand(claimed: Claimed) -> None:
    with transaction(writes=False):
        rows = sealed_rows(delivery.as_payload() for delivery in kinds.resolve(claimed.payload))
    with transaction():
        if _delete(claimed):
            store(rows)


def _deliver(claimed: Claimed) -> None:
    values = {name: value for name, value in claimed.payload.items() if name != "kind"}
    delivery = kinds.Delivery(**values)
    channel = kinds.Channel(delivery.channel)
    if channel is not kinds.Channel.IN_APP:
        senders: Senders = current_app.extensions[EXTENSION]
        message = texts.words_outside(delivery.text_key, delivery.values, delivery.language)
        senders.of(channel).send(str(delivery.to), message, claimed.id.hex)
    with transaction():
        if _delete(claimed) and channel is kinds.Channel.IN_APP:
            session().add(_notice(delivery))


def _notice(delivery: kinds.Delivery) -> Notice:
    return Notice(account_id=UUID(str(delivery.to)), said={"text": delivery.text_key, "values": delivery.values})


def _has_nobody(error: Exception) -> bool:
    """Whether the person, or what the notice is about, was erased since."""
    return isinstance(error, NotFound) or (isinstance(error, VaultError) and error.code == Code.K005.name)


def _forget(claimed: Claimed) -> bool:
    with transaction():
        return _delete(claimed)


def _delete(claimed: Claimed) -> bool:
    """Take the row away while it is still ours; False where the lease ran out and another process has it."""
    mine = (OutboxRow.id == claimed.id) & (OutboxRow.due_at == claimed.until)
    return bool(changed(delete(OutboxRow).where(mine)))


def _rest(claimed: Claimed) -> None:
    with transaction():
        mine = update(OutboxRow).where(OutboxRow.id == claimed.id, OutboxRow.due_at == claimed.until)
        changed(mine.values(due_at=clock.now() + pause(claimed.attempts)))
