"""Seats and the waiting list."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.core.database import session
from app.core.errors import NotFound, Refused
from app.core.permissions import Role
from app.courses import services
from app.courses.models import Lecture
from app.notices.models import OutboxRow
from tests.courses.conftest import NOW, STARTS

if TYPE_CHECKING:
    from datetime import datetime

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.courses.conftest import Programme


@pytest.fixture
def third(people: Cast) -> Account:
    return people.make(Role.WORKER, "张三", unit=people.township, occupation="courier")


def kinds(programme: Programme) -> list[str]:
    with programme.at():
        return sorted(row.payload["kind"] for row in session().scalars(select(OutboxRow)))


def test_a_worker_gets_a_seat(programme: Programme, people: Cast) -> None:
    lecture = programme.lecture()

    booking = programme.book(lecture, people.worker)

    assert (booking.state, programme.taken(lecture)) == ("booked", 1)


def test_two_clicks_are_one_booking(programme: Programme, people: Cast) -> None:
    lecture = programme.lecture()

    first, second = programme.book(lecture, people.worker), programme.book(lecture, people.worker)

    assert (first.id, programme.taken(lecture)) == (second.id, 1)
    assert kinds(programme) == ["lecture.booked"]


def test_a_full_lecture_gives_a_place_on_the_waiting_list(programme: Programme, people: Cast, third: Account) -> None:
    lecture = programme.lecture(capacity=1)
    programme.book(lecture, people.worker)

    waiting = [programme.book(lecture, people.other_worker), programme.book(lecture, third)]

    assert [booking.state for booking in waiting] == ["waiting", "waiting"]
    with programme.at():
        assert services.places_of(third.id) == {lecture: 2}


def test_a_freed_seat_goes_to_the_first_in_line(programme: Programme, people: Cast, third: Account) -> None:
    lecture = programme.lecture(capacity=1)
    seat, first, second = (programme.book(lecture, person) for person in (people.worker, people.other_worker, third))

    programme.cancel(seat)

    assert [programme.state_of(booking) for booking in (seat, first, second)] == ["cancelled", "booked", "waiting"]
    assert programme.taken(lecture) == 1
    assert kinds(programme).count("lecture.promoted") == 1


def test_who_comes_back_queues_at_the_end(programme: Programme, people: Cast, third: Account) -> None:
    lecture = programme.lecture(capacity=1)
    seat, first = programme.book(lecture, people.worker), programme.book(lecture, people.other_worker)
    programme.cancel(first)
    programme.book(lecture, third)
    programme.book(lecture, people.other_worker)

    programme.cancel(seat)

    assert programme.state_of(first) == "waiting"


def test_cancelling_twice_frees_one_seat(programme: Programme, people: Cast) -> None:
    lecture = programme.lecture()
    seat = programme.book(lecture, people.worker)
    programme.book(lecture, people.other_worker)

    programme.cancel(seat)
    programme.cancel(seat)

    assert programme.taken(lecture) == 1


def test_a_cancelled_booking_may_be_made_again(programme: Programme, people: Cast) -> None:
    lecture = programme.lecture()
    programme.cancel(programme.book(lecture, people.worker))

    again = programme.book(lecture, people.worker)

    assert (again.state, programme.taken(lecture)) == ("booked", 1)


@pytest.mark.parametrize(
    "moment",
    [STARTS - timedelta(days=15), STARTS - timedelta(minutes=59), STARTS, STARTS + timedelta(days=1)],
    ids=["before it opens", "after it closed", "at the start", "long after"],
)
def test_nobody_books_outside_the_window(programme: Programme, people: Cast, moment: datetime) -> None:
    lecture = programme.lecture()

    with pytest.raises(Refused):
        programme.book(lecture, people.worker, moment=moment)

    assert programme.taken(lecture) == 0


def test_nobody_cancels_or_is_promoted_after_the_start(programme: Programme, people: Cast) -> None:
    lecture = programme.lecture(capacity=1)
    seat, waiting = programme.book(lecture, people.worker), programme.book(lecture, people.other_worker)

    with pytest.raises(Refused):
        programme.cancel(seat, moment=STARTS)

    assert [programme.state_of(booking) for booking in (seat, waiting)] == ["booked", "waiting"]


def test_a_freed_seat_is_passed_on_until_the_start(programme: Programme, people: Cast) -> None:
    lecture = programme.lecture(capacity=1)
    seat, waiting = programme.book(lecture, people.worker), programme.book(lecture, people.other_worker)

    programme.cancel(seat, moment=STARTS - timedelta(minutes=1))

    assert programme.state_of(waiting) == "booked"


def test_a_booking_moves_to_another_lecture(programme: Programme, people: Cast) -> None:
    old, new = programme.lecture(), programme.lecture(starts_at=STARTS + timedelta(days=7))
    booking = programme.book(old, people.worker)

    with programme.at():
        mine = services.fetch_booking(booking.id, people.worker.id)
        moved = services.move_booking(mine, to=session().get_one(Lecture, new))
        assert moved.lecture_id == new

    assert (programme.taken(old), programme.taken(new)) == (0, 1)


def test_a_booking_does_not_move_to_a_full_lecture(programme: Programme, people: Cast) -> None:
    old, new = programme.lecture(), programme.lecture(starts_at=STARTS + timedelta(days=7), capacity=1)
    programme.book(new, people.other_worker)
    booking = programme.book(old, people.worker)

    with pytest.raises(Refused), programme.at():
        mine = services.fetch_booking(booking.id, people.worker.id)
        services.move_booking(mine, to=session().get_one(Lecture, new))

    assert programme.state_of(booking) == "booked"


def test_a_worker_finds_what_her_unit_and_group_may_join(programme: Programme, people: Cast) -> None:
    units = frozenset({people.township.id.hex})
    mine = programme.lecture(for_units=units, for_occupations=frozenset({"delivery_rider"}))
    worker, stranger = people.worker, people.other_worker

    with programme.at():
        assert [lecture.id for lecture in services.bookable_lectures(worker).rows] == [mine]
        assert services.bookable_lectures(stranger).rows == []


def test_a_worker_does_not_open_a_lecture_for_others(programme: Programme, people: Cast) -> None:
    foreign, worker = programme.lecture(for_units=frozenset({people.other_township.id.hex})), people.worker

    with programme.at(), pytest.raises(NotFound):
        services.fetch_lecture_for_worker(foreign, worker)


def test_the_next_page_goes_on_where_the_first_ended(programme: Programme, people: Cast) -> None:
    ids = [programme.lecture(starts_at=STARTS + timedelta(days=day)) for day in range(3)]
    worker = people.worker

    with programme.at():
        first = services.bookable_lectures(worker, limit=2).rows
        rest = services.bookable_lectures(worker, after=first[-1].id, limit=2).rows
        assert [lecture.id for lecture in [*first, *rest]] == ids


def test_lectures_are_suggested_by_dimension(programme: Programme, people: Cast) -> None:
    sleep, worker = programme.lecture(), people.worker
    programme.lecture(starts_at=STARTS + timedelta(days=1), dimensions=frozenset({"stress"}))

    with programme.at():
        assert [lecture.id for lecture in services.suiting({"sleep", "mood"}, worker)] == [sleep]
        assert services.suiting(set(), worker) == []


def test_a_worker_sees_her_bookings_and_nobody_elses(programme: Programme, people: Cast) -> None:
    lecture, other = programme.lecture(), people.other_worker
    programme.book(lecture, other)
    booking = programme.book(lecture, people.worker)

    with programme.at():
        found = services.bookings_of(people.worker.id)
        assert [(row.id, row.lecture.venue.name) for row in found] == [(booking.id, "区工人文化宫三楼")]
        with pytest.raises(NotFound):
            services.fetch_booking(booking.id, other.id)


def test_many_book_together_in_the_order_in_which_they_came(programme: Programme, people: Cast, third: Account) -> None:
    lecture = programme.lecture(capacity=2)
    programme.book(lecture, people.worker)
    before = kinds(programme)
    other = people.other_worker.id
    with programme.at():
        comers = [(other, NOW), (third.id, NOW - timedelta(minutes=5))]
        services.book_together(session().get_one(Lecture, lecture), comers)

    assert programme.taken(lecture) == 2
    with programme.at():
        assert [row.state for row in services.bookings_of(third.id)] == ["booked"]
        assert services.places_of(other) == {lecture: 1}
    assert kinds(programme) == before


def test_nobody_books_together_outside_the_window(programme: Programme, people: Cast) -> None:
    lecture = programme.lecture()
    late = [(people.other_worker.id, STARTS + timedelta(minutes=1))]

    with pytest.raises(Refused), programme.at():
        services.book_together(session().get_one(Lecture, lecture), late)

    assert programme.taken(lecture) == 0
