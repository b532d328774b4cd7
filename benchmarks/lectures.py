"""One hot lecture: everybody wants a seat at it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from app.core import clock
from app.core.database import session, transaction
from app.core.permissions import Role
from app.courses import services as courses
from app.courses.models import LectureKind, Lecturer, Series, Venue
from benchmarks.districts import hire

if TYPE_CHECKING:
    from benchmarks.product import Product

SEATS = 5_000
TARGETS = {"sqlite": 2.0, "postgresql": 3.0}
HOUR = timedelta(hours=1)


def hot_lecture(product: Product) -> str:
    """The id of a lecture in two days whose seats can be booked now."""
    with product.app.app_context(), transaction():
        admin, now = hire(Role.ADMIN), clock.now()
        where = {"unit_id": admin.unit_id, "name": "测"}
        series = Series(starts_on=clock.today(), ends_on=clock.today(), **where)
        venue, lecturer = Venue(seats=SEATS, **where), Lecturer(**where)
        session().add_all([series, venue, lecturer])
        session().flush()
        plan = courses.Plan(
            series_id=series.id,
            venue_id=venue.id,
            lecturer_id=lecturer.id,
            kind=LectureKind.LECTURE,
            topic="睡个好觉",
            starts_at=now + 48 * HOUR,
            ends_at=now + 49 * HOUR,
            opens_at=now - HOUR,
            closes_at=now + 47 * HOUR,
            capacity=SEATS,
        )
        return str(courses.create_lecture(plan, by=admin).id)
