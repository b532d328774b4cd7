"""The lecture series of the fictional district: thirty lectures, most of them held, with bookings and attendance."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from app.core import clock
from app.core.database import session, transaction
from app.core.ids import ordered_id
from app.courses.models import Booking, BookingState, Lecture, LectureKind, Lecturer, Series, Venue
from app.home.demo.timeline import Fact
from app.home.demo.words import words

if TYPE_CHECKING:
    from random import Random
    from uuid import UUID

    from app.home.demo.people import People, Person
    from app.home.demo.timeline import Timeline

PAST = range(190, 0, -10)
FUTURE = (1, 3, 6, 9, 13, 18, 24, 31, 40, 52, 70)
HOURS = (time(19, 0), time(14, 0), time(9, 30), time(19, 30))
WINDOW = timedelta(days=21)
FULL = 2  # which of the coming lectures is full, with people waiting


def hold_lectures(rng: Random, people: People, timeline: Timeline) -> list[UUID]:
    """Plan and hold the series; returns the coming lectures, the next first. Runs its own transaction."""
    with transaction():
        series, venues, lecturers = _programme(people)
        days = [clock.today() - timedelta(days=ago) for ago in PAST]
        days += [clock.today() + timedelta(days=ahead) for ahead in FUTURE]
        lectures = [
            _lecture(number, day, (series, venues[number % len(venues)], lecturers[number % len(lecturers)]), people)
            for number, day in enumerate(days)
        ]
        session().add_all(lectures)
        session().flush()
        rows: list[dict[str, Any]] = []
        for lecture in lectures:
            rows += _fill(rng, lecture, people, is_full=lecture is lectures[len(PAST) + FULL])
        session().flush()
        session().execute(insert(Booking), rows)
        _tell(timeline, lectures, rows, people)
        return [lecture.id for lecture in lectures[len(PAST) :]]


def _programme(people: People) -> tuple[Series, list[Venue], list[Lecturer]]:
    today = clock.today()
    first, last = today - timedelta(days=200), today + timedelta(days=110)
    series = Series(unit_id=people.district, name=words()["series"]["name"], starts_on=first, ends_on=last)
    venues = [Venue(unit_id=people.district, **row) for row in words()["venues"]]
    lecturers = [Lecturer(unit_id=people.district, **row) for row in words()["lecturers"]]
    session().add_all([series, *venues, *lecturers])
    session().flush()
    return series, venues, lecturers


def _lecture(number: int, day: date, parts: tuple[Series, Venue, Lecturer], people: People) -> Lecture:
    series, venue, lecturer = parts
    topic = words()["topics"][number % len(words()["topics"])]
    starts = datetime.combine(day, HOURS[number % len(HOURS)], clock.LOCAL)
    return Lecture(
        id=ordered_id(),
        unit_id=people.district,
        series_id=series.id,
        venue_id=venue.id,
        lecturer_id=lecturer.id,
        kind=LectureKind(topic["kind"]),
        topic=topic["topic"],
        summary=topic["summary"],
        starts_at=starts,
        ends_at=starts + timedelta(minutes=90),
        opens_at=starts - WINDOW,
        closes_at=starts - timedelta(hours=2),
        capacity=12 if topic["kind"] == "group" else venue.seats,
        for_occupations=frozenset(topic.get("occupations", ())),
        dimensions=frozenset(topic["dimensions"]),
    )


def _fill(rng: Random, lecture: Lecture, people: People, *, is_full: bool) -> list[dict[str, Any]]:
    now = clock.now()
    if lecture.opens_at >= now:
        return []
    told = people.cast["worker"] if lecture.starts_at > now else None
    suited = [worker for worker in people.workers if worker is not told and _suits(worker, lecture)]
    age = (now - lecture.opens_at) / WINDOW
    share = 1.0 if is_full else rng.uniform(0.8, 1.0) if lecture.starts_at < now else min(0.85, age * 0.8)
    seats = min(len(suited), round(lecture.capacity * share))
    coming = rng.sample(suited, seats)
    rows = [_booking(rng, lecture, worker, _state(rng, lecture)) for worker in coming]
    lecture.taken = len([row for row in rows if row["state"] is not BookingState.CANCELLED])
    if is_full and lecture.taken == lecture.capacity:
        waiting = [worker for worker in suited if worker not in coming][:7]
        rows += [_booking(rng, lecture, worker, BookingState.WAITING, turn) for turn, worker in enumerate(waiting, 1)]
        lecture.turns = len(waiting)
    return rows


def _suits(worker: Person, lecture: Lecture) -> bool:
    if worker.joined > lecture.starts_at - timedelta(days=1):
        return False
    return not lecture.for_occupations or worker.occupation in lecture.for_occupations


def _state(rng: Random, lecture: Lecture) -> BookingState:
    if lecture.starts_at > clock.now():
        return BookingState.BOOKED
    states = (BookingState.ATTENDED, BookingState.ABSENT, BookingState.CANCELLED)
    return rng.choices(states, (88, 8, 4))[0]


def _booking(
    rng: Random, lecture: Lecture, worker: Person, state: BookingState, turn: int | None = None
) -> dict[str, Any]:
    first = max(lecture.opens_at, worker.joined)
    last = min(lecture.closes_at, clock.now())
    return {
        "id": ordered_id(),
        "lecture_id": lecture.id,
        "account_id": worker.id,
        "state": state,
        "turn": turn,
        "booked_at": first + (last - first) * rng.random(),
    }


def _tell(timeline: Timeline, lectures: list[Lecture], rows: list[dict[str, Any]], people: People) -> None:
    admin = people.cast["admin"].id
    for lecture in lectures:
        planned = min(lecture.opens_at, clock.now() - timedelta(days=5))
        timeline.add(planned, Fact(admin, "lecture.created", lecture.id))
        if lecture.ends_at < clock.now():
            timeline.add(lecture.ends_at, Fact(admin, "lecture.attendance_marked", lecture.id))
    for row in rows:
        timeline.add(row["booked_at"], Fact(row["account_id"], "lecture.booked", row["lecture_id"]))
