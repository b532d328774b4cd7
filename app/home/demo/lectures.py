"""The lecture series of the fictional district: thirty lectures, most of them held, with bookings and attendance."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from app import audit
from app.accounts.models import Account
from app.core import clock
from app.core.database import session, transaction
from app.courses import services as courses
from app.courses.models import Booking, BookingState, Lecture, LectureKind, Lecturer, Series, Venue
from app.home.demo.timeline import Apart
from app.home.demo.words import words

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random
    from uuid import UUID

    from app.home.demo.people import People, Person
    from app.home.demo.timeline import Timeline

DAY = timedelta(days=1)
PAST = range(190, 0, -10)
FUTURE = (1, 3, 6, 9, 13, 18, 24, 31, 40, 52, 70)
HOURS = (time(19, 0), time(14, 0), time(9, 30), time(19, 30))
WINDOW = timedelta(days=21)
FULL = 2  # which of the coming lectures is full, with people waiting
WAITING = 7  # how many
ABSENT, CANCELLED = 0.08, 0.04  # shares of those who booked a lecture that was held


class Programme(NamedTuple):
    """Where the lectures belong: a series, venues and lecturers."""

    series: UUID
    venues: list[tuple[UUID, int]]
    lecturers: list[UUID]


class Lectures:
    """Writes the series into the timeline; ``coming`` are the ids of the coming lectures once they are planned."""

    def __init__(self, rng: Random, people: People, timeline: Timeline) -> None:
        self.rng, self.people, self.timeline = rng, people, timeline
        self.admin = people.cast["admin"].id
        self.coming: dict[int, UUID] = {}

    def write(self) -> None:
        """Plan and hold the series. Runs a transaction of its own for the places."""
        with transaction():
            programme = self._programme()
        days = [clock.today() - timedelta(days=ago) for ago in PAST]
        days += [clock.today() + timedelta(days=ahead) for ahead in FUTURE]
        for number, day in enumerate(days):
            self._hold(number, _plan(number, day, programme))

    def _programme(self) -> Programme:
        today, admin = clock.today(), session().get_one(Account, self.admin)
        with audit.acting_as(self.admin):
            span = {"starts_on": today - timedelta(days=200), "ends_on": today + timedelta(days=110)}
            series = courses.add(Series, by=admin, name=words()["series"]["name"], **span)
            venues = [courses.add(Venue, by=admin, **row) for row in words()["venues"]]
            lecturers = [courses.add(Lecturer, by=admin, **row) for row in words()["lecturers"]]
            return Programme(series.id, [(each.id, each.seats) for each in venues], [each.id for each in lecturers])

    def _hold(self, number: int, plan: courses.Plan) -> None:
        """Let a lecture be planned, booked and held, as far as that is over."""
        made: list[UUID] = []

        def create() -> None:
            made.append(courses.create_lecture(plan, by=session().get_one(Account, self.admin)).id)
            if number >= len(PAST):
                self.coming[number - len(PAST)] = made[0]

        def on_lecture(act: Callable[[Lecture], object]) -> None:
            act(session().get_one(Lecture, made[0]))

        now = clock.now()
        self._act(min(plan.opens_at, now - 5 * DAY), create)
        comers = self._comers(plan, is_full=number == len(PAST) + FULL)
        for last, some in _by_day(comers):
            self._tell(last, partial(on_lecture, partial(courses.book_together, comers=some)))
        if plan.ends_at < now:
            fates = [(worker, self.rng.random()) for worker, _ in comers]
            gone = [worker for worker, luck in fates if luck < CANCELLED]
            absent = [worker for worker, luck in fates if CANCELLED <= luck < CANCELLED + ABSENT]
            self._tell(plan.closes_at, lambda: on_lecture(lambda lecture: _cancel(lecture, gone)))
            self._act(plan.ends_at, lambda: on_lecture(lambda lecture: _mark(lecture, absent)))

    def _act(self, moment: datetime, act: Callable[[], object]) -> None:
        def run() -> None:
            with audit.acting_as(self.admin):
                act()

        self._tell(moment, run)

    def _tell(self, moment: datetime, act: Callable[[], object]) -> None:
        self.timeline.add(moment, Apart(act, in_transaction=True))

    def _comers(self, plan: courses.Plan, *, is_full: bool) -> list[tuple[UUID, datetime]]:
        """Who books, and when."""
        now = clock.now()
        if plan.opens_at >= now:
            return []
        told = self.people.cast["worker"] if plan.starts_at > now else None
        suited = [worker for worker in self.people.workers if worker is not told and _suits(worker, plan)]
        age = (now - plan.opens_at) / WINDOW
        share = self.rng.uniform(0.8, 1.0) if plan.starts_at < now else min(0.85, age * 0.8)
        wanted = plan.capacity + WAITING if is_full else round(plan.capacity * share)
        coming = self.rng.sample(suited, min(len(suited), wanted))
        return [(worker.id, self._moment(plan, worker, now)) for worker in coming]

    def _moment(self, plan: courses.Plan, worker: Person, now: datetime) -> datetime:
        first, last = max(plan.opens_at, worker.joined), min(plan.closes_at, now)
        return first + (last - first) * self.rng.random()


def _plan(number: int, day: date, programme: Programme) -> courses.Plan:
    topic = words()["topics"][number % len(words()["topics"])]
    starts = datetime.combine(day, HOURS[number % len(HOURS)], clock.LOCAL)
    venue, seats = programme.venues[number % len(programme.venues)]
    return courses.Plan(
        series_id=programme.series,
        venue_id=venue,
        lecturer_id=programme.lecturers[number % len(programme.lecturers)],
        kind=LectureKind(topic["kind"]),
        topic=topic["topic"],
        summary=topic["summary"],
        starts_at=starts,
        ends_at=starts + timedelta(minutes=90),
        opens_at=starts - WINDOW,
        closes_at=starts - timedelta(hours=2),
        capacity=12 if topic["kind"] == "group" else seats,
        for_occupations=frozenset(topic.get("occupations", ())),
        dimensions=frozenset(topic["dimensions"]),
    )


def _suits(worker: Person, plan: courses.Plan) -> bool:
    if worker.joined > plan.starts_at - DAY:
        return False
    return not plan.for_occupations or worker.occupation in plan.for_occupations


def _by_day(comers: list[tuple[UUID, datetime]]) -> list[tuple[datetime, list[tuple[UUID, datetime]]]]:
    """Who books on each day, and when the last of them does."""
    days: dict[date, list[tuple[UUID, datetime]]] = defaultdict(list)
    for each in comers:
        days[clock.local(each[1]).date()].append(each)
    return [(max(moment for _, moment in some), some) for some in days.values()]


def _cancel(lecture: Lecture, workers: list[UUID]) -> None:
    mine = select(Booking).where(Booking.lecture_id == lecture.id, Booking.account_id.in_(workers))
    for booking in session().scalars(mine):
        with audit.acting_as(booking.account_id):
            courses.cancel_booking(booking)


def _mark(lecture: Lecture, absent: list[UUID]) -> None:
    """Mark who did not come, and everybody else as having come."""
    seated = (Booking.lecture_id == lecture.id) & (Booking.state == BookingState.BOOKED)
    missed = session().scalars(select(Booking.id).where(seated, Booking.account_id.in_(absent))).all()
    courses.mark_attendance(lecture, state=BookingState.ABSENT, booking_ids=missed)
    courses.mark_attendance(lecture, state=BookingState.ATTENDED)
