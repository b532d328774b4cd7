"""Triage forgets nobody: everybody with an open result is listed or counted, however many there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.accounts.models import Account
from app.accounts.services import consents
from app.care import services
from app.care.models import TriageBucket
from app.care.services import waiting_list
from app.care.tiers import load_table
from app.core import clock
from app.core.database import session, transaction
from app.safety import services as safety
from app.screening import services as screening
from app.screening.models import Result
from app.vault import open_for
from tests.care.scenes import HEAVY, LOW, MODERATE, NOW, STEADY, at, measured, taken
from tests.cast import Cast
from tests.safety.scenes import raised

if TYPE_CHECKING:
    import pytest
    from flask import Flask

    from app.care.services.waiting_list import WaitingList
    from tests.installation import Installation


def settled(app: Flask, *, later: timedelta = timedelta()) -> int:
    with app.app_context(), clock.at(NOW + later):
        return services.settle_results()


def listed(app: Flask, *, later: timedelta = timedelta()) -> WaitingList:
    with at(app, NOW + later):
        return waiting_list.read(safety.subjects_in_alert())


def crowd(people: Cast, number: int) -> list[UUID]:
    workers = [people.make(people.worker.role, f"职工{each}", unit=people.township) for each in range(number)]
    return [people.subject_of(worker) for worker in workers]


def opened(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many results each visit to the results opened, from now on."""
    seen: list[int] = []
    whole = screening.results_by_id

    def count(ids: object) -> object:
        found = whole(ids)  # type: ignore[arg-type]
        seen.append(len(found))
        return found

    monkeypatch.setattr(screening, "results_by_id", count)
    return seen


def test_shows_a_new_result_before_any_job_has_run(app: Flask, subject: UUID) -> None:
    measured(app, subject, HEAVY)
    assert [UUID(hex=line.subject) for line in listed(app).people] == [subject]


def test_opens_no_result_again_that_is_sorted_in(app: Flask, subject: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    measured(app, subject, HEAVY)
    settled(app)
    seen = opened(monkeypatch)
    assert [line.tier for line in listed(app).people] == [3]
    assert sum(seen) == 0


def test_counts_who_is_not_sorted_in_yet(app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_list, "AT_ONCE", 2)
    for subject_id in crowd(people, 5):
        measured(app, subject_id, MODERATE)
    before = listed(app)
    settled(app)
    after = listed(app)
    assert (len(before.people), before.unsorted) == (2, 3)
    assert (len(after.people), after.unsorted) == (5, 0)


def test_sorts_in_first_who_has_an_alert(app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_list, "AT_ONCE", 1)
    subjects = crowd(people, 3)
    for subject_id in subjects:
        measured(app, subject_id, LOW)
    raised(app, subjects[2])
    assert [(UUID(hex=line.subject), line.tier) for line in listed(app).people] == [(subjects[2], 4)]


def test_judges_anew_who_answered_again(app: Flask, subject: UUID) -> None:
    measured(app, subject, LOW)
    settled(app)
    measured(app, subject, HEAVY, days_ago=0)
    assert [line.tier for line in listed(app).people] == [3]


def test_lets_go_who_was_taken(app: Flask, people: Cast, subject: UUID) -> None:
    measured(app, subject)
    settled(app)
    taken(app, subject, people.counsellor)
    assert listed(app).people == []
    settled(app)
    with at(app):
        kept = session().execute(select(TriageBucket.id, TriageBucket.lines)).all()
        assert all(open_for(TriageBucket.lines, row.lines, row=row.id) == [] for row in kept)


def damage(app: Flask, result: UUID) -> None:
    with at(app):
        blob = session().scalars(select(Result.scores).where(Result.id == result)).one()
        session().execute(update(Result).where(Result.id == result).values(scores=blob[:-1] + bytes([blob[-1] ^ 1])))


def test_a_damaged_part_hides_nobody(app: Flask, people: Cast) -> None:
    subjects = crowd(people, 4)
    for subject_id in subjects:
        measured(app, subject_id, MODERATE)
    settled(app)
    with at(app):
        blob = session().scalars(select(TriageBucket.lines)).first()
        assert blob
        session().execute(update(TriageBucket).values(lines=blob[:-1] + bytes([blob[-1] ^ 1])))
    assert {UUID(hex=line.subject) for line in listed(app).people} == set(subjects)
    settled(app)
    assert {UUID(hex=line.subject) for line in listed(app).people} == set(subjects)


def test_a_result_that_does_not_open_is_counted_and_never_settled(app: Flask, subject: UUID) -> None:
    result = measured(app, subject, HEAVY)
    damage(app, result)
    assert settled(app) == 0
    assert (listed(app).people, listed(app).unreadable) == ([], 1)


def test_a_result_that_does_not_open_hides_no_other_of_the_same_person(app: Flask, subject: UUID) -> None:
    steady = measured(app, subject, STEADY)
    broken = measured(app, subject, HEAVY)
    damage(app, broken)
    assert settled(app) == 0
    assert [(UUID(hex=line.subject), line.tier) for line in listed(app).people] == [(subject, 1)]
    with at(app):
        assert steady in screening.split_ids(screening.open_result_ids()[subject.hex])


def test_finds_within_the_hour_who_agrees_to_be_contacted_later(app: Flask, people: Cast, subject: UUID) -> None:
    measured(app, subject)
    start = clock.now() - NOW
    decide(app, people.worker, start + timedelta(minutes=1), given=False)
    settled(app, later=start + timedelta(minutes=2))
    assert listed(app, later=start + timedelta(minutes=3)).silent == {2: 1}
    decide(app, people.worker, start + timedelta(minutes=4), given=True)
    settled(app, later=start + timedelta(minutes=63))
    assert [UUID(hex=line.subject) for line in listed(app, later=start + timedelta(minutes=64)).people] == [subject]


def decide(app: Flask, worker: Account, later: timedelta, *, given: bool) -> None:
    with at(app, NOW + later):
        consents.decide(session().get_one(Account, worker.id), consents.CONTACT, given=given)


def test_no_line_outlives_the_rules_it_was_made_by(app: Flask, subject: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    measured(app, subject, LOW)
    settled(app)
    changed = replace(load_table(), version="next")
    monkeypatch.setattr(waiting_list, "load_table", lambda: changed)
    seen = opened(monkeypatch)
    assert len(listed(app).people) == 1
    assert sum(seen) == 1


STEPS = st.tuples(st.integers(0, 5), st.sampled_from(["low", "heavy", "steady", "take", "settle"]))


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, max_size=14))
def test_everybody_who_needs_somebody_is_listed_or_counted(
    sqlite_installation: Installation, steps: list[tuple[int, str]]
) -> None:
    sqlite_installation.reset()
    app, people = sqlite_installation.app, Cast(sqlite_installation.app)
    assert people.counsellor
    subjects = crowd(people, 6)
    needing = dict.fromkeys(subjects, False)
    for moment, (number, step) in enumerate(steps):
        subject_id = subjects[number]
        if step == "settle":
            settled(app)
        elif step == "take" and needing[subject_id]:
            taken(app, subject_id, people.counsellor)
            needing[subject_id] = False
        elif step != "take" and not in_care(app, subject_id):
            answers = {"low": LOW, "heavy": HEAVY, "steady": STEADY}[step]
            measured(app, subject_id, answers, days_ago=20 - moment)
            needing[subject_id] = step != "steady"
        found = listed(app)
        assert {each for each in subjects if needing[each]} == {UUID(hex=line.subject) for line in found.people}
        assert (found.unsorted, found.unreadable) == (0, 0)


def in_care(app: Flask, subject_id: UUID) -> bool:
    with app.app_context(), transaction(writes=False):
        return subject_id in services.subjects_in_care()
