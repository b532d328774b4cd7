"""The ladder: while nobody takes an alert, more people are told, by a scan of the rows, so none is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from app.accounts.models import Account
from app.core import clock
from app.core.database import session
from app.notices.kinds import Channel, Delivery
from app.notices.services import enqueue
from app.safety.clocks import ladder
from app.safety.models import Alert
from app.safety.services import alerts, duty
from app.safety.steps import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


RAISED, ESCALATED = "alert.raised", "alert.escalated"


def escalate_due(now: datetime) -> int:
    """Tell every rung whose time has come, once; returns how many notices were promised. Runs in a transaction."""
    told = 0
    for alert in alerts.open_alerts():
        told += sum(_tell(alert, rung.to) for rung in ladder() if _is_due(alert, rung.to, rung.wait, now))
    return told


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
