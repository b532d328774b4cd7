"""Alerts in the fictional district, from the answer that raised them to the signature that closed them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from app import audit
from app.accounts.models import Account
from app.core import clock
from app.core.database import session, transaction
from app.home.demo.words import words
from app.safety import services as safety
from app.safety.clocks import shifts
from app.safety.steps import Kind, Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from app.home.demo.people import People
    from app.home.demo.timeline import Timeline
    from app.safety.models import Alert

PLANNED = range(-21, 12)  # days of the duty roster; the last two days of its page wait to be planned
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def plan_duty(people: People, days: list[date]) -> None:
    """Plan who answers alerts, around today and on earlier ``days``. Runs its own transaction."""
    around = [clock.today() + timedelta(days=number) for number in PLANNED]
    team = [person.id for person in people.counsellors.values()]
    with transaction():
        for day in sorted({*around, *days}):
            week = day.isocalendar().week
            pair = (team[week % len(team)], team[(week + 1) % len(team)])
            for shift, account_id in zip(shifts(), pair, strict=False):
                starts, ends = shift.on(day)
                safety.give_shift(session().get_one(Account, account_id), starts=starts, ends=ends)


def answer_alert(subject: UUID, raised: datetime, timeline: Timeline) -> None:
    """Let whoever is on duty take the alert and reach the person."""
    timeline.add(raised + 11 * MINUTE, _on_alert(subject, lambda alert, me: safety.acknowledge(alert, by=me)))
    timeline.add(raised + 35 * MINUTE, _documented(subject, Kind.CONTACT, "reached", "alert_contact", "phone"))


def close_alert(subject: UUID, raised: datetime, people: People, timeline: Timeline) -> None:
    """Let the alert be assessed, decided, closed and signed."""
    timeline.add(raised + 2 * HOUR, _documented(subject, Kind.ASSESSMENT, "medium", "alert_assessment"))
    timeline.add(raised + 3 * HOUR, _documented(subject, Kind.DECISION, "hospital", "alert_decision"))
    timeline.add(raised + 4 * HOUR, _documented(subject, Kind.PLAN, "safety_plan", "alert_plan"))
    timeline.add(raised + 20 * HOUR, _on_alert(subject, lambda alert, me: safety.propose_closing(alert, by=me)))
    supervisors = [person.id for person in people.supervisors.values()]
    by = supervisors[raised.toordinal() % len(supervisors)]
    sign = _on_alert(subject, lambda alert, me: safety.sign_closing(alert, by=me), by=by)
    timeline.add(raised + 26 * HOUR, sign)


def _documented(subject: UUID, kind: Kind, choice: str, text: str, channel: str = "") -> Callable[[], None]:
    def act(alert: Alert, me: Account) -> None:
        safety.document(alert, Step(kind, clock.now(), me.id, choice, channel, words()["notes"][text]))

    return _on_alert(subject, act)


def _on_alert(subject: UUID, act: Callable[[Alert, Account], object], by: UUID | None = None) -> Callable[[], None]:
    def run() -> None:
        alert = next(alert for alert in safety.alerts_of(subject) if alert.open)
        taker = by or alert.assignee or safety.on_duty(clock.now())[0].id
        with audit.acting_as(taker):
            act(alert, session().get_one(Account, taker))

    return run
