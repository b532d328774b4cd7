"""Raising, taking, documenting and closing an alert."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from app.core import clock
from app.core.database import session, transaction
from app.core.errors import Conflict, Malformed, NotFound, Refused
from app.notices.models import OutboxRow
from app.safety import services
from app.safety.models import Alert
from app.safety.steps import Kind, Step
from app.vault import owner_keys
from tests.acts import acts
from tests.safety.scenes import acknowledged, documented, on_duty, proposed, raised

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast


@pytest.fixture
def subject(people: Cast) -> UUID:
    return people.subject_of(people.worker)


def alert_of(alert_id: UUID) -> Alert:
    return session().get_one(Alert, alert_id)


def test_raises_one_alert_for_a_source_however_often_it_is_told(app: Flask, subject: UUID) -> None:
    assert raised(app, subject) == raised(app, subject)
    with app.app_context(), transaction(writes=False):
        assert len(services.open_alerts()) == 1
        assert [row.payload["kind"] for row in session().query(OutboxRow)] == ["alert.raised"]
        assert [act.action for act in acts() if act.action.startswith("alert.")] == ["alert.raised"]


def test_joins_further_answers_of_the_same_person_to_her_open_alert(app: Flask, subject: UUID) -> None:
    first = raised(app, subject)
    assert {raised(app, subject, source=f"sitting:{number}") for number in range(2, 16)} == {first}
    with app.app_context(), transaction(writes=False):
        state = alert_of(first).state
        assert len(state.reports) == 15
        assert state.raised_at == state.reports[0].at
        assert [row.payload["kind"] for row in session().query(OutboxRow)] == ["alert.raised"]


def test_keeps_the_alerts_of_two_people_apart(app: Flask, people: Cast, subject: UUID) -> None:
    assert raised(app, subject) != raised(app, people.subject_of(people.other_worker))


def test_tells_of_a_worse_answer_again_and_never_sets_the_clock_back(app: Flask, people: Cast, subject: UUID) -> None:
    alert_id = acknowledged(app, subject, people.supervisor)
    with app.app_context(), transaction(writes=False):
        before = alert_of(alert_id).state.raised_at
    raised(app, subject, source="sitting:2", value=3)
    with app.app_context(), transaction(writes=False):
        state = alert_of(alert_id).state
        assert (state.raised_at, state.is_told_again) == (before, True)
        assert len(list(session().query(OutboxRow))) == 2
        told = services.recipients("alert.raised", {"alert": alert_id.hex}, clock.now())
        assert people.supervisor.id in {account.id for account in told}


def test_a_worse_answer_asks_for_contact_and_judgement_anew(app: Flask, people: Cast, subject: UUID) -> None:
    other = people.make(people.supervisor.role, "另一位督导", unit=people.district)
    alert_id = proposed(app, subject, people.supervisor)
    raised(app, subject, source="sitting:2", value=3)
    with app.app_context(), transaction(writes=False):
        state = alert_of(alert_id).state
        assert state.proposal is None
        assert state.missing == (Kind.CONTACT, Kind.ASSESSMENT, Kind.DECISION, Kind.PLAN)
    with pytest.raises(Refused), app.app_context(), transaction():
        services.sign_closing(alert_of(alert_id), by=other)


def test_stands_first_on_the_board_after_a_worse_answer(app: Flask, people: Cast, subject: UUID) -> None:
    alert_id = documented(app, subject, people.supervisor)
    raised(app, people.subject_of(people.other_worker))
    raised(app, subject, source="sitting:2", value=2)
    with app.app_context(), transaction():
        rows = services.rows_for(people.supervisor, names={})
        assert rows[0].alert.id == alert_id


def test_keeps_a_step_that_is_written_while_the_person_answers_again(app: Flask, people: Cast, subject: UUID) -> None:
    alert_id = acknowledged(app, subject, people.supervisor)
    with app.app_context(), transaction(writes=False):
        stale = alert_of(alert_id)
        assert stale.log
        session().expunge(stale)
    raised(app, subject, source="sitting:2", value=3)
    with app.app_context(), transaction():
        services.document(stale, Step(Kind.CONTACT, clock.now(), people.supervisor.id, "reached", "phone", "通了话"))
    with app.app_context(), transaction(writes=False):
        state = alert_of(alert_id).state
        assert (len(state.reports), len(state.of(Kind.CONTACT))) == (2, 1)


def test_never_closes_over_an_answer_that_nobody_has_read(app: Flask, people: Cast, subject: UUID) -> None:
    on_duty(app, people.counsellor)
    alert_id = proposed(app, subject, people.counsellor)
    with app.app_context(), transaction(writes=False):
        stale = alert_of(alert_id)
        assert stale.log
        session().expunge(stale)
    raised(app, subject, source="sitting:2")
    with pytest.raises(Conflict), app.app_context(), transaction():
        services.sign_closing(stale, by=people.supervisor)


def test_two_answers_at_the_same_moment_are_one_alert_with_both(app: Flask, subject: UUID) -> None:
    start = Barrier(6)

    def answer(number: int) -> None:
        start.wait()
        raised(app, subject, source=f"sitting:{number}")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(answer, range(6)))
    with app.app_context(), transaction(writes=False):
        alerts = services.open_alerts()
        assert [len(alert.state.reports) for alert in alerts] == [6]


def test_an_alert_that_cannot_be_read_is_told_again_instead_of_losing_the_answer(app: Flask, subject: UUID) -> None:
    alert_id = raised(app, subject)
    with app.app_context(), transaction():
        log = session().scalars(select(Alert.log)).one()
        session().execute(update(Alert).values(log=log[:-1] + bytes([log[-1] ^ 1])))
    assert raised(app, subject, source="sitting:2") == alert_id
    with app.app_context(), transaction(writes=False):
        assert len(list(session().query(OutboxRow))) == 2


def test_raises_a_new_one_after_the_first_was_closed(app: Flask, people: Cast, subject: UUID) -> None:
    first = proposed(app, subject, people.supervisor)
    other = people.make(people.supervisor.role, "另一位督导", unit=people.district)
    with app.app_context(), transaction():
        services.sign_closing(alert_of(first), by=other)
    assert raised(app, subject) != first


def test_promises_no_notice_where_the_act_has_its_own(app: Flask, subject: UUID) -> None:
    with app.app_context(), transaction():
        services.raise_alert(subject, source="sitting:1", instrument="phq9", item="q9", announce=False)
    with app.app_context(), transaction(writes=False):
        assert session().query(OutboxRow).count() == 0


def test_shows_no_instrument_and_no_time_in_the_database(app: Flask, subject: UUID) -> None:
    raised(app, subject)
    with app.app_context(), transaction(writes=False):
        row: Any = session().execute(Alert.__table__.select()).one()
        assert set(row._fields) == {"id", "subject_id", "week", "open", "assignee", "version", "seal", "origin", "log"}
        assert b"phq9" not in bytes(row.log)


def test_is_taken_by_whoever_is_on_duty(app: Flask, people: Cast, subject: UUID) -> None:
    on_duty(app, people.counsellor)
    alert_id = acknowledged(app, subject, people.counsellor)
    with app.app_context(), transaction(writes=False):
        assert alert_of(alert_id).assignee == people.counsellor.id
        assert alert_of(alert_id).state.of(Kind.ACKNOWLEDGED)[0].by == people.counsellor.id


def test_tells_others_who_is_on_duty(app: Flask, people: Cast, subject: UUID) -> None:
    on_duty(app, people.counsellor)
    with pytest.raises(Refused) as refusal:
        acknowledged(app, subject, people.other_counsellor)
    with app.test_request_context():
        assert "陈静" in str(refusal.value.message)


def test_is_taken_once(app: Flask, people: Cast, subject: UUID) -> None:
    alert_id = acknowledged(app, subject, people.supervisor)
    on_duty(app, people.counsellor)
    with pytest.raises(Conflict), app.app_context(), transaction():
        services.acknowledge(alert_of(alert_id), by=people.counsellor)


def test_lets_only_one_of_two_take_it_at_the_same_moment(app: Flask, people: Cast, subject: UUID) -> None:
    alert_id = raised(app, subject)
    with app.app_context(), transaction(writes=False):
        stale = alert_of(alert_id)
        assert stale.log
        session().expunge(stale)
    with app.app_context(), transaction():
        services.acknowledge(alert_of(alert_id), by=people.supervisor)
    with pytest.raises(Conflict), app.app_context(), transaction():
        services.acknowledge(stale, by=people.supervisor)


def test_is_not_documented_before_somebody_took_it(app: Flask, people: Cast, subject: UUID) -> None:
    alert_id = raised(app, subject)
    with pytest.raises(Refused), app.app_context(), transaction():
        services.document(alert_of(alert_id), Step(Kind.CONTACT, clock.now(), people.supervisor.id, text="打了电话"))


@pytest.mark.parametrize(("kind", "text"), [(Kind.SIGNED, "x"), (Kind.CONTACT, "  ")])
def test_refuses_steps_that_no_form_could_send(app: Flask, people: Cast, subject: UUID, kind: Kind, text: str) -> None:
    alert_id = acknowledged(app, subject, people.supervisor)
    with pytest.raises(Malformed), app.app_context(), transaction():
        services.document(alert_of(alert_id), Step(kind, clock.now(), people.supervisor.id, text=text))


def test_does_not_close_while_something_is_missing(app: Flask, people: Cast, subject: UUID) -> None:
    alert_id = acknowledged(app, subject, people.supervisor)
    with pytest.raises(Refused), app.app_context(), transaction():
        services.propose_closing(alert_of(alert_id), by=people.supervisor)


def test_does_not_close_without_a_signature(app: Flask, people: Cast, subject: UUID) -> None:
    alert_id = documented(app, subject, people.supervisor)
    with pytest.raises(Refused), app.app_context(), transaction():
        services.sign_closing(alert_of(alert_id), by=people.supervisor)


@pytest.mark.parametrize("close", [services.sign_closing, lambda a, by: services.return_closing(a, by=by, reason="x")])
def test_nobody_signs_or_returns_an_own_proposal(app: Flask, people: Cast, subject: UUID, close: Any) -> None:
    alert_id = proposed(app, subject, people.supervisor)
    with pytest.raises(Refused), app.app_context(), transaction():
        close(alert_of(alert_id), by=people.supervisor)


def test_a_counsellor_signs_nothing(app: Flask, people: Cast, subject: UUID) -> None:
    alert_id = proposed(app, subject, people.supervisor)
    with pytest.raises(Refused), app.app_context(), transaction():
        services.sign_closing(alert_of(alert_id), by=people.counsellor)


def test_closes_with_another_supervisors_signature(app: Flask, people: Cast, subject: UUID) -> None:
    on_duty(app, people.counsellor)
    alert_id = proposed(app, subject, people.counsellor)
    with app.app_context(), transaction():
        services.sign_closing(alert_of(alert_id), by=people.supervisor)
    with app.app_context(), transaction(writes=False):
        assert not services.open_alerts()
        assert [alert.open for alert in services.alerts_of(subject)] == [False]


def test_goes_back_with_a_reason_and_may_be_proposed_again(app: Flask, people: Cast, subject: UUID) -> None:
    on_duty(app, people.counsellor)
    alert_id = proposed(app, subject, people.counsellor)
    with app.app_context(), transaction():
        services.return_closing(alert_of(alert_id), by=people.supervisor, reason="请补充家属联系")
        services.propose_closing(alert_of(alert_id), by=people.counsellor)


@pytest.mark.parametrize("name", ["counsellor", "admin", "auditor", "worker"])
def test_is_not_opened_by_those_who_have_no_part_in_it(app: Flask, people: Cast, subject: UUID, name: str) -> None:
    alert_id = raised(app, subject)
    person: Account = getattr(people, name)
    with pytest.raises(NotFound), app.app_context(), transaction(writes=False):
        services.fetch_alert(alert_id, person)


def test_one_alert_that_cannot_be_read_does_not_hide_the_others(app: Flask, people: Cast, subject: UUID) -> None:
    other = people.subject_of(people.other_worker)
    raised(app, subject)
    kept = raised(app, other)
    with app.app_context():
        owner_keys.destroy([subject])
    with app.app_context(), transaction():
        assert [alert.id for alert in services.open_alerts()] == [kept]
    with app.app_context():
        assert services.escalate_due(clock.now() + timedelta(hours=2)) == 3
