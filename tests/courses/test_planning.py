"""Planning lectures: clashes, changes, cancelling, attendance, figures."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import session
from app.core.errors import Malformed, NotFound, Refused
from app.courses import services
from app.courses.models import BookingState, Lecture, Lecturer, Series, Venue
from app.courses.notices import resolve
from app.notices.models import OutboxRow
from tests.courses.conftest import STARTS

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.courses.conftest import Programme


def told(programme: Programme, kind: str) -> int:
    with programme.at():
        return sum(row.payload["kind"] == kind for row in session().scalars(select(OutboxRow)))


def another(programme: Programme, model: Any) -> object:
    with programme.at():
        return services.add(model, by=programme.people.admin, name="另一个").id


def test_a_venue_holds_one_lecture_at_a_time(programme: Programme) -> None:
    programme.lecture(topic="和压力做朋友")
    lecturer = another(programme, Lecturer)

    with pytest.raises(Refused) as refusal:
        programme.lecture(lecturer_id=lecturer, starts_at=STARTS + timedelta(minutes=89))

    with programme.app.test_request_context():
        said = str(refusal.value.message)
    assert "和压力做朋友" in said
    assert "2026-11-26 19:00–20:30" in said


def test_a_lecturer_gives_one_lecture_at_a_time(programme: Programme) -> None:
    programme.lecture()
    venue = another(programme, Venue)

    with pytest.raises(Refused):
        programme.lecture(venue_id=venue, starts_at=STARTS - timedelta(minutes=89))


def test_lectures_may_touch(programme: Programme) -> None:
    programme.lecture()

    assert programme.lecture(starts_at=STARTS + timedelta(minutes=90))


def test_a_cancelled_lecture_leaves_room(programme: Programme) -> None:
    programme.call_off(programme.lecture())

    assert programme.lecture()


def test_two_admins_racing_for_a_venue_get_one_lecture(programme: Programme) -> None:
    outcomes: list[str] = []
    gate = threading.Barrier(8)

    def plan() -> None:
        gate.wait()
        try:
            programme.lecture()
        except Refused:
            outcomes.append("refused")
        else:
            outcomes.append("planned")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: plan(), range(8)))

    assert sorted(outcomes) == ["planned"] + ["refused"] * 7


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_at": STARTS},
        {"closes_at": STARTS + timedelta(minutes=1)},
        {"opens_at": STARTS},
        {"capacity": 0},
    ],
    ids=["ends before it starts", "booking closes after the start", "booking opens too late", "no seats"],
)
def test_a_plan_must_make_sense(programme: Programme, wrong: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        programme.lecture(**wrong)


def test_a_township_plans_with_its_own_and_the_districts(programme: Programme, people: Cast) -> None:
    admin = people.township_admin
    with programme.at():
        foreign = services.add(Venue, by=admin, name="街道会议室").id
    lecture = programme.lecture(by=people.township_admin)

    with programme.at():
        assert session().get_one(Lecture, lecture).for_units == {people.township.id.hex}
    elsewhere = people.make(people.admin.role, "崧厦管理员", unit=people.other_township)
    with pytest.raises(Malformed):
        programme.lecture(by=elsewhere, venue_id=foreign, starts_at=STARTS + timedelta(days=1))


def test_seats_do_not_fall_below_those_taken(programme: Programme, people: Cast) -> None:
    lecture = programme.lecture()
    programme.book(lecture, people.worker)
    programme.book(lecture, people.other_worker)

    with pytest.raises(Refused):
        programme.change(lecture, capacity=1)


def test_new_seats_go_to_those_who_wait(programme: Programme, people: Cast) -> None:
    lecture = programme.lecture(capacity=1)
    programme.book(lecture, people.worker)
    waiting = programme.book(lecture, people.other_worker)

    programme.change(lecture, capacity=2)

    assert (programme.state_of(waiting), programme.taken(lecture)) == ("booked", 2)


def test_a_new_time_is_told(programme: Programme, people: Cast) -> None:
    lecture = programme.lecture()
    programme.book(lecture, people.worker)

    programme.change(lecture, topic="另一个题目")
    programme.change(lecture, starts_at=STARTS + timedelta(days=1))

    assert told(programme, "lecture.changed") == 1


def test_cancelling_ends_every_booking_and_tells_everybody(programme: Programme, people: Cast) -> None:
    lecture = programme.lecture(capacity=1)
    seat, waiting = programme.book(lecture, people.worker), programme.book(lecture, people.other_worker)

    programme.call_off(lecture)

    assert [programme.state_of(booking) for booking in (seat, waiting)] == ["cancelled", "cancelled"]
    assert told(programme, "lecture.cancelled") == 2
    with pytest.raises(Refused):
        programme.book(lecture, people.worker)


def test_a_lecture_under_way_is_not_cancelled(programme: Programme) -> None:
    with pytest.raises(Refused):
        programme.call_off(programme.lecture(), moment=STARTS)


def test_who_booked_is_reminded_once(programme: Programme, people: Cast) -> None:
    lecture = programme.lecture(capacity=1)
    programme.book(lecture, people.worker)
    programme.book(lecture, people.other_worker)
    tomorrow = STARTS - timedelta(hours=23)

    with programme.app.app_context(), clock.at(tomorrow):
        assert services.remind_of_lectures() == 1
        assert services.remind_of_lectures() == 0

    assert told(programme, "lecture.reminder") == 1


def test_a_notice_names_the_lecture_while_the_booking_stands(programme: Programme, people: Cast) -> None:
    booking = programme.book(programme.lecture(), people.worker)
    payload = {"lecture": booking.lecture_id.hex, "account": booking.account_id.hex}

    with programme.at():
        assert resolve("lecture.reminder", payload)[0].values["title"] == "睡个好觉"
        assert resolve("lecture.waiting", payload) == []


def test_attendance_waits_for_the_doors_to_open(programme: Programme, people: Cast) -> None:
    lecture = programme.lecture()
    programme.book(lecture, people.worker)

    with programme.at(), pytest.raises(Refused):
        services.mark_attendance(session().get_one(Lecture, lecture), state=BookingState.ATTENDED)


def test_attendance_is_marked_one_by_one_then_all_at_once(programme: Programme, people: Cast) -> None:
    lecture = programme.lecture()
    one, other = programme.book(lecture, people.worker), programme.book(lecture, people.other_worker)

    with programme.at(STARTS):
        row = session().get_one(Lecture, lecture)
        assert services.mark_attendance(row, state=BookingState.ABSENT, booking_ids=[one.id]) == 1
        assert services.mark_attendance(row, state=BookingState.ATTENDED) == 1

    assert [programme.state_of(booking) for booking in (one, other)] == ["absent", "attended"]


def test_a_series_knows_how_far_it_is(programme: Programme, people: Cast) -> None:
    held, _planned = programme.lecture(), programme.lecture(starts_at=STARTS + timedelta(days=30))
    programme.book(held, people.worker)
    programme.book(held, people.other_worker)

    with programme.at(STARTS + timedelta(hours=1)):
        services.mark_attendance(session().get_one(Lecture, held), state=BookingState.ATTENDED)
        progress = services.progress_of(session().get_one(Series, programme.series))

    assert (progress.lectures_held, progress.lectures_planned, progress.participants) == (1, 1, 2)


def test_a_foreign_lecture_is_not_there(programme: Programme, people: Cast) -> None:
    lecture, foreign = programme.lecture(), people.township_admin

    with programme.at(), pytest.raises(NotFound):
        services.fetch_lecture(lecture, foreign)
