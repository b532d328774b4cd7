"""What somebody did past the program: rows that were changed and keys that are gone; each is an entry in the log.

A row that is asked for again and again is one entry an hour; one that is changed once more is named once more.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from flask import g, has_request_context

from app import vault
from app.audit.mentions import acts_on, details_of
from app.audit.services import record
from app.core import clock
from app.core.database import in_transaction, transaction

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask, Response

REFUSED, KEY_LOST = "vault.row_refused", "vault.key_lost"
ANEW = timedelta(hours=1)
ALARMS = UUID(int=1)
"""What every such entry mentions besides, so that they are found together."""


def init_app(app: Flask) -> None:
    """Have the vault tell what it refused."""
    vault.on_refusal(note)
    app.after_request(write)


def note(table: str, row: UUID, mark: str) -> None:
    """Record a refused row; in a request only once it was answered, for a refusal rolls back what it wrote."""
    if has_request_context():
        g.setdefault("refused_rows", {})[row, mark] = table
    elif in_transaction():
        _record(table, row, mark)


def write(response: Response) -> Response:
    """Store what this request came across, in a transaction of its own."""
    if refused := g.pop("refused_rows", None):
        with transaction():
            for (row, mark), table in refused.items():
                _record(table, row, mark)
    return response


def name_lost_key(owner: UUID) -> None:
    """Record that somebody's key is gone, or looks destroyed although the program did not destroy it."""
    if not _is_known(KEY_LOST, owner, ""):
        record(KEY_LOST, owner, also=(owner, ALARMS))


def was_named_since(moment: datetime, action: str) -> bool:
    """Whether the log holds such an entry since a moment."""
    return any(act.action == action for act in acts_on(ALARMS, since=moment))


def _record(table: str, row: UUID, mark: str) -> None:
    if not _is_known(REFUSED, row, mark):
        record(REFUSED, row, also=(row, ALARMS), table=table, mark=mark)


def _is_known(action: str, target: UUID, mark: str) -> bool:
    """Whether the log named this lately, and as it is now."""
    lately = [act for act in acts_on(target, since=clock.now() - ANEW) if act.action == action]
    return any(detail.get("mark", "") == mark for detail in details_of(lately[:1]))
