"""The triage queue: who waits, who is named, who takes the case."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest

from app.accounts.models import Account
from app.accounts.services import consents
from app.care import services
from app.care.models import Case
from app.care.services import records
from app.care.services.triage import Queue
from app.core import clock
from app.core.database import session, transaction
from app.core.errors import Conflict, NotFound
from app.core.paging import Numbered
from app.safety import services as safety
from app.screening import services as screening
from tests.acts import acts
from tests.care.scenes import HEAVY, LOW, NOW, STEADY, at, in_care, measured, taken
from tests.safety.scenes import acknowledged, raised

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

    from tests.cast import Cast


NOBODY = Queue(Numbered((), 1, 1, 0), {}, 0, 0)


def settled(app: Flask) -> int:
    with app.app_context(), clock.at(NOW):
        return services.settle_results()


def queue(app: Flask) -> Queue:
    with at(app):
        return services.queue()


def withdraw(app: Flask, people: Cast) -> None:
    with at(app, clock.now() + timedelta(minutes=1)):
        worker = session().get_one(Account, people.worker.id)
        consents.decide(worker, consents.CONTACT, given=False)


def test_puts_the_most_urgent_first_with_the_reason(app: Flask, subject: UUID, other_subject: UUID) -> None:
    measured(app, subject, LOW)
    measured(app, other_subject, HEAVY)
    found = queue(app)
    assert [each.subject_id for each in found.page.rows] == [other_subject, subject]
    assert [each.proposal.tier for each in found.page.rows] == [3, 1]
    assert found.page.rows[0].proposal.reasons[0].text("zh") == "PHQ-9 得分 16（15–19）"


def test_groups_the_results_of_one_person(app: Flask, subject: UUID) -> None:
    measured(app, subject, HEAVY)
    measured(app, subject, [1] * 7, code="gad7")
    found = queue(app)
    assert [len(each.results) for each in found.page.rows] == [2]


def test_leaves_out_whom_nothing_troubles_and_who_is_in_care(
    app: Flask, people: Cast, subject: UUID, other_subject: UUID
) -> None:
    measured(app, subject, STEADY)
    in_care(app, other_subject, people.counsellor)
    measured(app, other_subject, HEAVY, days_ago=0)
    assert queue(app) == NOBODY


def test_names_only_those_who_agreed(app: Flask, people: Cast, subject: UUID, other_subject: UUID) -> None:
    measured(app, subject)
    measured(app, other_subject)
    withdraw(app, people)
    with at(app):
        found = services.queue()
        assert [each.person.id for each in found.page.rows if each.person] == [people.other_worker.id]
        assert (found.page.total, found.silent) == (1, {2: 1})


def test_proposes_the_highest_tier_while_an_alert_is_open(app: Flask, subject: UUID) -> None:
    measured(app, subject, LOW)
    raised(app, subject)
    assert [each.proposal.tier for each in queue(app).page.rows] == [4]


def test_records_who_was_seen(app: Flask, subject: UUID) -> None:
    measured(app, subject)
    queue(app)
    with app.app_context(), transaction(writes=False):
        seen = [act.detail for act in acts("case.triage_read")]
    assert [detail["subjects"] for detail in seen] == [[subject.hex]]


def test_takes_a_case_with_its_tier_dates_and_scores(app: Flask, people: Cast, subject: UUID) -> None:
    case_id = in_care(app, subject, people.counsellor)
    with at(app):
        case = session().get_one(Case, case_id)
        state = records.state_of(case)
    assert (state.tier, state.is_confirmed, state.scores[0].total) == (2, False, 11)
    assert state.contact_due
    assert queue(app) == NOBODY


def test_a_case_is_taken_once(app: Flask, people: Cast, subject: UUID) -> None:
    in_care(app, subject, people.counsellor)
    with pytest.raises(Conflict):
        taken(app, subject, people.other_counsellor)


def test_exactly_one_of_two_counsellors_wins_the_race(app: Flask, people: Cast, subject: UUID) -> None:
    measured(app, subject)
    start, outcomes = Barrier(2), []

    def take(counsellor: Any) -> None:
        start.wait()
        try:
            taken(app, subject, counsellor)
            outcomes.append("won")
        except Conflict:
            outcomes.append("told")

    threads = [Thread(target=take, args=(each,)) for each in (people.counsellor, people.other_counsellor)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["told", "won"]


def test_whoever_comes_a_moment_too_late_is_told_so(
    app: Flask, people: Cast, subject: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured(app, subject)
    first, second, alerts_of = people.counsellor, people.other_counsellor, safety.alerts_of

    def meanwhile(asked: UUID) -> Any:
        monkeypatch.setattr(safety, "alerts_of", alerts_of)
        thread = Thread(target=taken, args=(app, subject, first))
        thread.start()
        thread.join()
        return alerts_of(asked)

    monkeypatch.setattr(safety, "alerts_of", meanwhile)
    with pytest.raises(Conflict):
        taken(app, subject, second)


def test_who_did_not_agree_cannot_be_taken(app: Flask, people: Cast, subject: UUID) -> None:
    measured(app, subject)
    withdraw(app, people)
    with pytest.raises(NotFound):
        taken(app, subject, people.counsellor)


def test_whoever_took_the_alert_may_take_the_case_too(app: Flask, people: Cast, subject: UUID) -> None:
    withdraw(app, people)
    acknowledged(app, subject, people.supervisor)
    assert taken(app, subject, people.supervisor)


def test_settles_what_needs_nobody_and_folds_in_what_belongs_to_a_case(
    app: Flask, people: Cast, subject: UUID, other_subject: UUID
) -> None:
    measured(app, subject, STEADY)
    case_id = in_care(app, other_subject, people.counsellor, days=30)
    measured(app, other_subject, LOW)
    assert settled(app) == 2
    with at(app):
        assert screening.open_result_ids() == {}
        case = session().get_one(Case, case_id)
        assert [score.total for score in records.state_of(case).scores] == [11, 5]
    assert settled(app) == 0


def test_does_not_settle_what_waits_for_somebody(app: Flask, subject: UUID) -> None:
    measured(app, subject, LOW)
    assert settled(app) == 0
