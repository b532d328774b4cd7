"""Programmes: series with their targets, venues, lecturers, and the lists and figures an admin plans by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import func, select

from app.core import clock
from app.core.database import session
from app.core.errors import NotFound
from app.core.paging import page_of
from app.courses.models import Booking, BookingState, Lecture, Lecturer, Series, Venue
from app.courses.services.audience import IN_TIME, PAGE, place_of, usable, within

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from app.accounts.models import Account
    from app.core.paging import Page

Resource = TypeVar("Resource", Series, Venue, Lecturer)


@dataclass(frozen=True)
class Progress:
    """A series against its target: lectures held and planned, people who came and seats booked for what is to come."""

    lectures_held: int
    lectures_planned: int
    participants: int
    seats_booked: int


def add(model: type[Resource], *, by: Account, **values: Any) -> Resource:
    """Add a series, venue or lecturer to an admin's branch."""
    row = model(unit_id=by.unit_id, **values)
    session().add(row)
    session().flush()
    return row


def fetch_series(series_id: UUID, account: Account) -> Series:
    """A series an admin may plan for. Raises ``NotFound``."""
    series = session().scalar(select(Series).where(Series.id == series_id, usable(Series.unit_id, account)))
    if series is None:
        raise NotFound
    return series


def progress_of(series: Series) -> Progress:
    """How far a series is on its way to its target, counted in two statements."""
    now = clock.now()
    held = Lecture.starts_at <= now
    mine = (Lecture.series_id == series.id) & Lecture.cancelled_at.is_(None)
    lectures = select(func.count().filter(held), func.count(), func.sum(Lecture.taken).filter(~held)).where(mine)
    row = session().execute(lectures).one()
    came = select(func.count()).select_from(Booking).join(Lecture, Lecture.id == Booking.lecture_id)
    participants = session().scalar(came.where(mine, Booking.state == BookingState.ATTENDED)) or 0
    return Progress(row[0], row[1] - row[0], participants, row[2] or 0)


def lectures_of(account: Account, *, series: Series, past: bool = False, after: UUID | None = None) -> Page[Lecture]:
    """A page of a series in an admin's branch: what comes, the next first, or what was, the latest first."""
    asked = Lecture.starts_at <= clock.now() if past else Lecture.starts_at > clock.now()
    query = select(Lecture).where(Lecture.series_id == series.id, within(Lecture.unit_id, account), asked)
    return page_of(query, IN_TIME, PAGE, after=place_of(after), newest=past)


def lectures_in_branch(account: Account, start: datetime, end: datetime) -> Sequence[Lecture]:
    """All lectures of an admin's branch in a stretch of time: for the calendar."""
    span = (Lecture.starts_at >= start) & (Lecture.starts_at < end)
    query = select(Lecture).where(span, within(Lecture.unit_id, account)).order_by(Lecture.starts_at, Lecture.id)
    return session().scalars(query.limit(300)).all()
