"""Alerts that were changed past the program, brought back to what their sealed log says: none leaves the board.

A flipped ``open`` hides an alert from every list and rings nowhere. What is open and who has it stands in the log too,
which nobody without the keys can write.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app import audit
from app.core import clock
from app.core.database import changed, session, transaction
from app.core.errors import Conflict
from app.notices.services import enqueue
from app.safety.models import Alert
from app.safety.services.alerts import append
from app.safety.steps import Kind, Step
from app.vault import rows

if TYPE_CHECKING:
    from uuid import UUID

    from app.safety.steps import State


def mend(alert_id: UUID) -> bool:
    """Bring an alert whose row was changed back to what its log says; says whether it did.

    Runs its own transaction. An alert closed with a signature stays closed. Where the log does not open, or the seal is
    gone, the alert is open: somebody asks the person.
    """
    with transaction():
        alert = session().get(Alert, alert_id)
        if alert is None:
            return False
        truth: dict[str, object] = {"open": not alert.state.has(Kind.SIGNED), "assignee": _taker(alert.state)}
        if rows.would_hold(Alert, alert, **truth):
            return _put_back(alert, truth)
        return not alert.open and truth["open"] is True and _put_back(alert, {"open": True})


def _put_back(alert: Alert, columns: dict[str, object]) -> bool:
    """Write these columns and tell people; False where the person has another alert by now, which is on the board."""
    unchanged = update(Alert).where(Alert.id == alert.id, Alert.version == alert.version)
    try:
        with session().begin_nested():
            if not changed(unchanged.values(**columns)):
                return False
    except IntegrityError:
        return False
    audit.record("alert.put_back", alert.subject_id, alert=alert.id.hex)
    session().refresh(alert)
    if alert.open:
        _say(alert)
        enqueue("alert.raised", alert=alert.id.hex)
    return True


def _say(alert: Alert) -> None:
    """In the alert itself, for whoever opens it; a log that does not open is left as it is, for it says so itself."""
    if not alert.state.is_lost:
        with suppress(Conflict):
            append(alert, Step(Kind.PUT_BACK, clock.now()))


def _taker(state: State) -> UUID | None:
    taken = state.of(Kind.ACKNOWLEDGED)
    return taken[-1].by if taken else None
