"""The ladder: while nobody takes an alert, more people are told, by a scan of the rows, so none is forgotten."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from uuid import UUID

from app.accounts.models import Account
from app.core import clock
from app.core.database import session, transaction
from app.notices.kinds import Channel, Delivery
from app.notices.services import enqueue
from app.safety.clocks import ladder
from app.safety.models import Alert
from app.safety.services import alerts, duty
from app.safety.steps import Kind
from app.web.logs import where_it_happened

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


log = logging.getLogger("xingfu.safety")

RAISED, ESCALATED = "alert.raised", "alert.escalated"


def escalate_due(now: datetime) -> int:
    """Tell every rung whose time has come, once; returns how many notices were promised.

    Runs its own transactions: all are read first, then each alert is told by itself, and one that fails keeps no
    other waiting.
    """
    with transaction(writes=False):
        due = [alert.id for alert in alerts.open_alerts() if _due_rungs(alert, now)]
    return sum(_tell_due(alert_id, now) for alert_id in due)


def _tell_due(alert_id: UUID, now: datetime) -> int:
    try:
        with transaction():
            alert = session().get_one(Alert, alert_id)
            return sum(_tell(alert, to) for to in _due_rungs(alert, now))
    except Exception as error:
        # Whatever is wrong with one alert, the others are told.
        log.error("an alert could not be told: %s", type(error).__name__, extra={"where": where_it_happened(error)})
        return 0


def _due_rungs(alert: Alert, now: datetime) -> list[str]:
    return [rung.to for rung in ladder() if _is_due(alert, rung.to, rung.wait, now)]


def recipients(kind: str, payload: Mapping[str, object], moment: datetime) -> list[Account]:
    """Who gets a notice of this kind now: those on duty, else the supervisors; or a rung of the ladder."""
    if kind == RAISED:
        return _with_taker(duty.on_duty(moment) or duty.supervisors(), payload)
    rung = str(payload.get("to", ""))
    if kind != ESCALATED or not _still_waits(payload):
        return []
    return {"backup": lambda: duty.backup(moment), "supervisors": duty.supervisors}.get(rung, duty.clinicians)()


def deliveries(kind: str, payload: Mapping[str, object]) -> list[Delivery]:
    """The same in the program and on the phone; what it says tells nothing about anybody."""
    found = recipients(kind, payload, clock.now())
    inside = [Delivery(Channel.IN_APP, account.id, kind) for account in found]
    return inside + [Delivery(Channel.PHONE, account.phone, kind) for account in found if account.phone]


def _with_taker(people: list[Account], payload: Mapping[str, object]) -> list[Account]:
    """These people and who has taken the alert already: she is told of a worse answer off duty too."""
    alert = session().get(Alert, UUID(str(payload["alert"]))) if "alert" in payload else None
    taker = session().get(Account, alert.assignee) if alert and alert.assignee else None
    return [*people, taker] if taker and taker.is_active and taker not in people else people


def _is_due(alert: Alert, to: str, wait: object, now: datetime) -> bool:
    state = alert.state
    if state.has(Kind.ACKNOWLEDGED) or any(step.choice == to for step in state.of(Kind.ESCALATED)):
        return False
    return bool(now >= state.raised_at + wait)  # type: ignore[operator]


def _tell(alert: Alert, to: str) -> bool:
    if not alerts.note_escalation(alert, to):
        return False
    enqueue(ESCALATED, alert=alert.id.hex, to=to)
    return True


def _still_waits(payload: Mapping[str, object]) -> bool:
    alert = session().get(Alert, UUID(str(payload["alert"])))
    return alert is not None and alert.open and alert.assignee is None
