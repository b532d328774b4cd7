"""Who may open an alert and see whose it is: on duty, a supervisor, who took it, and who has the person in care."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.core import clock
from app.core.permissions import CLINICIANS, Role
from app.safety.services import duty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from uuid import UUID

    from app.accounts.models import Account
    from app.safety.models import Alert


class _Caseload:
    """How to find whom a counsellor has in care; the room above tells us at the start."""

    find: Callable[[UUID], set[UUID]] = staticmethod(lambda _account_id: set())


def learn_caseload(find: Callable[[UUID], set[UUID]]) -> None:
    """Let ``find`` answer which subjects a member of staff has in care."""
    _Caseload.find = staticmethod(find)


def answers_alerts(person: Account, moment: datetime) -> bool:
    """Whether this person answers alerts at this moment."""
    if person.role is Role.SUPERVISOR:
        return True
    return person.role in CLINICIANS and any(account.id == person.id for account in duty.on_duty(moment))


def openable(person: Account, alerts: Iterable[Alert]) -> set[UUID]:
    """The ids of those alerts that this person may open."""
    if answers_alerts(person, clock.now()):
        return {alert.id for alert in alerts}
    if person.role not in CLINICIANS:
        return set()
    in_care = _Caseload.find(person.id)
    return {alert.id for alert in alerts if alert.assignee == person.id or alert.subject_id in in_care}


def may_open(person: Account, alert: Alert) -> bool:
    """Whether this person may open this alert."""
    return bool(openable(person, [alert]))
