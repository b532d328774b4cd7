"""A programme to test with: a series, a venue, a lecturer, and lectures made on demand."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.core import clock
from app.core.database import session, transaction
from app.courses import services
from app.courses.models import Booking, Lecture, LectureKind, Lecturer, Series, Venue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=clock.LOCAL)
STARTS = datetime(2026, 11, 26, 19, 0, tzinfo=clock.LOCAL)


class Programme:
    """The district's programme; every method is a use case of its own, at noon of 20 November 2026."""

    def __init__(self, app: Flask, people: Cast) -> None:
        self.app, self.people, admin = app, people, people.admin
        with self.at():
            year = {"starts_on": NOW.date().replace(month=1, day=1), "ends_on": NOW.date().replace(month=12, day=31)}
            self.series = services.add(Series, by=admin, name="幸福有约", **year).id
            self.venue = services.add(Venue, by=admin, name="区工人文化宫三楼", address="人民路 1 号").id
            self.lecturer = services.add(Lecturer, by=admin, name="沈老师", title="国家二级心理咨询师").id

    @contextmanager
    def at(self, moment: datetime = NOW) -> Iterator[None]:
        """One use case at a moment."""
        with ExitStack() as stack:
            for part in (self.app.app_context(), clock.at(moment), transaction()):
                stack.enter_context(part)
            yield

    def plan(self, **changes: Any) -> services.Plan:
        """A plan for Thursday evening, with changes; moving ``starts_at`` moves what hangs on it."""
        starts = changes.pop("starts_at", STARTS)
        plan = services.Plan(
            series_id=self.series,
            venue_id=self.venue,
            lecturer_id=self.lecturer,
            kind=LectureKind.LECTURE,
            topic="睡个好觉",
            summary="给夜班和早班的人。",
            starts_at=starts,
            ends_at=starts + timedelta(minutes=90),
            opens_at=starts - timedelta(days=14),
            closes_at=starts - timedelta(hours=1),
            capacity=2,
            dimensions=frozenset({"sleep"}),
        )
        return replace(plan, **changes)

    def lecture(self, *, by: Account | None = None, moment: datetime = NOW, **changes: Any) -> UUID:
        """A lecture in the calendar."""
        planner = by or self.people.admin
        with self.at(moment):
            return services.create_lecture(self.plan(**changes), by=planner).id

    def book(self, lecture_id: UUID, worker: Account, *, moment: datetime = NOW) -> Booking:
        """A worker books."""
        with self.at(moment):
            booking = services.book_seat(session().get_one(Lecture, lecture_id), worker=worker.id)
            session().expunge(booking)
            return booking

    def cancel(self, booking: Booking, *, moment: datetime = NOW) -> None:
        """She gives it back."""
        with self.at(moment):
            services.cancel_booking(services.fetch_booking(booking.id, booking.account_id))

    def change(self, lecture_id: UUID, *, by: Account | None = None, moment: datetime = NOW, **changes: Any) -> None:
        """An admin changes the plan."""
        planner = by or self.people.admin
        with self.at(moment):
            services.change_lecture(session().get_one(Lecture, lecture_id), self.plan(**changes), by=planner)

    def call_off(self, lecture_id: UUID, *, moment: datetime = NOW) -> None:
        """The lecture does not take place."""
        with self.at(moment):
            services.cancel_lecture(session().get_one(Lecture, lecture_id))

    def state_of(self, booking: Booking) -> str:
        """Where a booking stands."""
        with self.at():
            return session().get_one(Booking, booking.id).state.value

    def taken(self, lecture_id: UUID) -> int:
        """How many seats of a lecture are taken."""
        with self.at():
            return session().get_one(Lecture, lecture_id).taken


@pytest.fixture
def programme(app: Flask, people: Cast) -> Programme:
    """The district's programme, without a lecture yet."""
    return Programme(app, people)
