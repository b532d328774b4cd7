"""Lectures from a case: recommended, accepted, booked with the worker's word, moved, cancelled."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from app.care import services
from app.care.models import Case, Recommendation
from app.core import clock
from app.core.database import session
from app.courses.models import Booking, Lecture
from app.notices import kinds
from tests.acts import acts
from tests.care.scenes import NOW, at, in_care
from tests.courses.conftest import STARTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client
    from tests.courses.conftest import Programme

    SignedIn = Callable[[Account], Client]


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.at(NOW + timedelta(hours=4)):
        yield


@pytest.fixture
def case_id(app: Flask, people: Cast, subject: UUID) -> UUID:
    return in_care(app, subject, people.counsellor)


@pytest.fixture
def lecture(programme: Programme) -> UUID:
    return programme.lecture(topic="情绪急救箱", dimensions=frozenset({"mood"}))


@pytest.fixture
def other_lecture(programme: Programme) -> UUID:
    return programme.lecture(topic="睡个好觉", starts_at=STARTS + timedelta(days=1))


def bookings(app: Flask) -> list[tuple[UUID, str]]:
    with at(app):
        return [(row.lecture_id, row.state.value) for row in session().query(Booking).order_by(Booking.id)]


def recommended(app: Flask, people: Cast, case_id: UUID, lecture: UUID) -> UUID:
    with at(app):
        case, found = session().get_one(Case, case_id), session().get_one(Lecture, lecture)
        services.recommend(case, found, by=people.counsellor, why="您说过睡不好")
    with at(app):
        return session().query(Recommendation).one().id


def test_what_suits_the_person_stands_first(
    people: Cast, case_id: UUID, other_lecture: UUID, lecture: UUID, signed_in: SignedIn
) -> None:
    page = signed_in(people.counsellor).get(f"/cases/{case_id}/lectures")
    assert page.says("比较突出的方面：")
    assert page.text.index("情绪急救箱") < page.text.index("睡个好觉")


def test_a_recommendation_reaches_the_worker_without_saying_why_in_the_notice(
    app: Flask, people: Cast, subject: UUID, case_id: UUID, lecture: UUID, signed_in: SignedIn
) -> None:
    browser = signed_in(people.counsellor)
    browser.get(f"/cases/{case_id}/lectures")
    assert browser.submit(f"{lecture}/recommend", why="周四下班后正好").says("已推荐")
    with at(app):
        assert [each.why for each in services.recommendations_for(subject)] == ["周四下班后正好"]
        told = kinds.resolve({"kind": "case.suggestion", "subject": subject.hex})
    assert [(delivery.to, delivery.values) for delivery in told] == [(people.worker.id, {})]


def test_the_same_lecture_is_recommended_once(app: Flask, people: Cast, case_id: UUID, lecture: UUID) -> None:
    first = recommended(app, people, case_id, lecture)
    assert recommended(app, people, case_id, lecture) == first


def test_accepting_is_an_ordinary_booking_by_the_worker(
    app: Flask, people: Cast, subject: UUID, case_id: UUID, lecture: UUID, signed_in: SignedIn
) -> None:
    chosen = recommended(app, people, case_id, lecture)
    browser = signed_in(people.worker)
    browser.get("/help")
    browser.http.post(f"/recommendations/{chosen}/accept", data={"csrf_token": browser.csrf})
    assert bookings(app) == [(lecture, "booked")]
    with at(app):
        assert services.recommendations_for(subject) == []
    assert signed_in(people.counsellor).get(f"/cases/{case_id}/lectures").says("已接受")


def test_declining_is_final_and_free(
    app: Flask, people: Cast, subject: UUID, case_id: UUID, lecture: UUID, signed_in: SignedIn
) -> None:
    chosen = recommended(app, people, case_id, lecture)
    browser = signed_in(people.worker)
    browser.get("/help")
    browser.http.post(f"/recommendations/{chosen}/decline", data={"csrf_token": browser.csrf})
    with at(app):
        assert services.recommendations_for(subject) == []
        assert [act.actor for act in acts("case.suggestion_declined")] == [subject]
    assert bookings(app) == []
    assert signed_in(people.counsellor).get(f"/cases/{case_id}/lectures").says("已谢绝")


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_nobody_answers_for_another_worker(
    app: Flask, people: Cast, case_id: UUID, lecture: UUID, signed_in: SignedIn, answer: str
) -> None:
    chosen = recommended(app, people, case_id, lecture)
    browser = signed_in(people.other_worker)
    browser.get("/help")
    browser.post(f"/recommendations/{chosen}/{answer}", [("csrf_token", browser.csrf)], status=404)


def test_booking_for_a_worker_needs_her_word(
    app: Flask, people: Cast, case_id: UUID, lecture: UUID, signed_in: SignedIn
) -> None:
    browser = signed_in(people.counsellor)
    browser.get(f"/cases/{case_id}/lectures")
    assert browser.submit(f"{lecture}/book", status=422).says("请先征得职工同意")
    assert bookings(app) == []
    assert browser.submit(f"{lecture}/book", agreed="y").says("座位已留好")
    assert bookings(app) == [(lecture, "booked")]


def test_the_seat_is_moved_and_cancelled(
    app: Flask, people: Cast, case_id: UUID, lecture: UUID, other_lecture: UUID, signed_in: SignedIn
) -> None:
    browser = signed_in(people.counsellor)
    browser.get(f"/cases/{case_id}/lectures")
    browser.submit(f"{lecture}/book", agreed="y")
    browser.submit("/move", to=str(other_lecture))
    assert sorted(bookings(app), key=str) == sorted([(lecture, "cancelled"), (other_lecture, "booked")], key=str)
    browser.submit("/cancel")
    assert [state for _lecture, state in bookings(app)] == ["cancelled", "cancelled"]


def test_a_foreign_case_books_nothing(
    app: Flask, people: Cast, case_id: UUID, lecture: UUID, signed_in: SignedIn
) -> None:
    browser = signed_in(people.other_counsellor)
    browser.get("/cases")
    fields = [("csrf_token", browser.csrf), ("agreed", "y")]
    browser.post(f"/cases/{case_id}/lectures/{lecture}/book", fields, status=404)
    browser.post(f"/cases/{case_id}/lectures/{lecture}/recommend", fields, status=404)
    assert bookings(app) == []


def test_attendance_stands_on_the_life_line(
    app: Flask, people: Cast, case_id: UUID, lecture: UUID, signed_in: SignedIn
) -> None:
    browser = signed_in(people.counsellor)
    browser.get(f"/cases/{case_id}/lectures")
    browser.submit(f"{lecture}/book", agreed="y")
    assert browser.get(f"/cases/{case_id}").says("情绪急救箱")
