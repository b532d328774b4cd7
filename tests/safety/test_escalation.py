"""The ladder, nights and weekends included, and the roster behind it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from app.core import clock
from app.core.clock import LOCAL
from app.core.database import session, transaction
from app.core.errors import Malformed
from app.notices import kinds
from app.notices.models import OutboxRow
from app.safety import services
from app.safety.models import Alert
from app.safety.services import alerts
from tests.safety.scenes import on_duty, raised

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

    from tests.cast import Cast

SUNDAY_NIGHT = datetime(2026, 11, 22, 3, 0, tzinfo=LOCAL)


@pytest.fixture
def alert(app: Flask, people: Cast) -> UUID:
    subject = people.subject_of(people.worker)
    with clock.at(SUNDAY_NIGHT):
        return raised(app, subject)


def told(app: Flask, minutes: int) -> int:
    with app.app_context():
        return services.escalate_due(SUNDAY_NIGHT + timedelta(minutes=minutes))


def rungs(app: Flask) -> list[str]:
    with app.app_context(), transaction(writes=False):
        payloads = [row.payload for row in session().query(OutboxRow)]
    return sorted(payload["to"] for payload in payloads if payload["kind"] == "alert.escalated")


def test_tells_nobody_else_within_half_an_hour(app: Flask, alert: UUID) -> None:
    assert told(app, 29) == 0


def test_tells_each_rung_once_when_its_time_has_come(app: Flask, alert: UUID) -> None:
    assert [told(app, minutes) for minutes in (30, 31, 60, 61, 90, 600)] == [1, 0, 1, 0, 1, 0]
    assert rungs(app) == ["backup", "everyone", "supervisors"]


def test_catches_up_after_the_jobs_stood_still(app: Flask, alert: UUID) -> None:
    assert told(app, 200) == 3


def test_stops_when_somebody_takes_it(app: Flask, people: Cast, alert: UUID) -> None:
    with app.app_context(), transaction():
        services.acknowledge(session().get_one(Alert, alert), by=people.supervisor)
    assert told(app, 200) == 0


def test_the_notice_goes_to_those_on_duty_else_to_the_supervisors(app: Flask, people: Cast, alert: UUID) -> None:
    assert people.supervisor
    payload = {"alert": alert.hex}
    with app.app_context(), transaction(writes=False):
        alone = [who.id for who in services.recipients("alert.raised", payload, clock.now())]
    on_duty(app, people.counsellor)
    with app.app_context(), transaction(writes=False):
        planned = [who.id for who in services.recipients("alert.raised", payload, clock.now())]
    assert (alone, planned) == ([people.supervisor.id], [people.counsellor.id])


def test_the_rungs_lead_to_backup_supervisors_and_everyone(app: Flask, people: Cast, alert: UUID) -> None:
    assert people.supervisor
    on_duty(app, people.counsellor)
    on_duty(app, people.other_counsellor, at=clock.now() + timedelta(hours=12, minutes=1))
    with app.app_context(), transaction(writes=False):
        found = [
            {who.id for who in services.recipients("alert.escalated", {"alert": alert.hex, "to": to}, clock.now())}
            for to in ("backup", "supervisors", "everyone")
        ]
    everyone = {people.counsellor.id, people.other_counsellor.id, people.supervisor.id}
    assert found == [{people.other_counsellor.id}, {people.supervisor.id}, everyone]


def test_a_late_notice_about_a_taken_alert_goes_to_nobody(app: Flask, people: Cast, alert: UUID) -> None:
    with app.app_context(), transaction():
        services.acknowledge(session().get_one(Alert, alert), by=people.supervisor)
        payload = {"alert": alert.hex, "to": "everyone"}
        assert services.recipients("alert.escalated", payload, clock.now()) == []


def test_the_roster_has_fourteen_days_and_keeps_what_is_planned(app: Flask, people: Cast) -> None:
    with app.app_context(), transaction():
        slot = services.roster()[3][1]
        assert services.plan({slot.key: people.counsellor.id.hex}) == 1
        assert services.plan({slot.key: people.counsellor.id.hex}) == 0
        assert len(services.roster()) == 14
        night = slot.span[0] + timedelta(hours=11)
        assert [who.id for who in services.on_duty(night)] == [people.counsellor.id]
        assert services.plan({slot.key: ""}) == 1
        assert services.on_duty(night) == []


def test_the_roster_takes_clinicians_only(app: Flask, people: Cast) -> None:
    with pytest.raises(Malformed), app.app_context(), transaction():
        services.plan({services.roster()[0][0].key: people.admin.id.hex})


def test_reaches_people_inside_and_on_the_phone_without_saying_why(app: Flask, people: Cast, alert: UUID) -> None:
    on_duty(app, people.counsellor)
    with app.app_context(), transaction(writes=False):
        sent = kinds.resolve({"kind": "alert.raised", "alert": alert.hex})
    assert [(delivery.channel, delivery.text_key) for delivery in sent] == [
        ("in_app", "alert.raised"),
        ("phone", "alert.raised"),
    ]


def test_an_alert_that_cannot_be_told_keeps_no_other_waiting(
    app: Flask, people: Cast, alert: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.at(SUNDAY_NIGHT):
        raised(app, people.subject_of(people.other_worker))
    note = alerts.note_escalation

    def fail_for_one(found: Alert, rung: str) -> bool:
        if found.id == alert:
            raise RuntimeError
        return note(found, rung)

    monkeypatch.setattr(alerts, "note_escalation", fail_for_one)
    assert told(app, 200) == 3
