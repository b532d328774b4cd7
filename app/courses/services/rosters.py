"""Rosters: who booked, by name, for the organisers alone; and who came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select, update

from app import audit
from app.accounts.models import Account
from app.core import clock
from app.core.database import changed, session
from app.core.errors import Refused
from app.courses.models import SEATED, Booking, BookingState, Lecture
from app.organisations.models import Unit
from app.vault import owner_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

DOORS_OPEN = timedelta(hours=1)
MARKS = {BookingState.BOOKED, BookingState.ATTENDED, BookingState.ABSENT}


@dataclass(frozen=True)
class Participant:
    """A line of the roster: a name, where she belongs, and whether she came; never anything of her health."""

    booking_id: UUID
    name: str
    unit: str
    occupation: str | None
    state: BookingState
    turn: int | None


def roster_of(lecture: Lecture) -> list[Participant]:
    """All who hold a seat, by unit and name, then all who wait, in their order. The reading is recorded."""
    query = (
        select(Booking, Account, Unit.name)
        .join(Account, Account.id == Booking.account_id)
        .outerjoin(Unit, Unit.id == Account.unit_id)
        .where(Booking.lecture_id == lecture.id, Booking.state != BookingState.CANCELLED)
    )
    rows = session().execute(query).all()
    owner_keys.prefetch([account.id for _, account, _ in rows])
    audit.record("lecture.roster_read", lecture.id, shown=[account.id for _, account, _ in rows])
    found = [
        Participant(booking.id, account.name, unit or "", account.occupation, booking.state, booking.turn)
        for booking, account, unit in rows
    ]
    return sorted(found, key=lambda person: (person.turn or 0, person.unit, person.name, person.booking_id))


def can_mark(lecture: Lecture) -> bool:
    """Whether the doors are open: attendance is marked from an hour before the start."""
    return not lecture.is_cancelled and clock.now() >= lecture.starts_at - DOORS_OPEN


def mark_attendance(lecture: Lecture, *, state: BookingState, booking_ids: Iterable[UUID] | None = None) -> int:
    """Mark these bookings (all that nobody marked yet, where none are named) and say how many were.

    ``BOOKED`` takes a mark back. Raises ``Refused`` more than an hour before the start.
    """
    if state not in MARKS or not can_mark(lecture):
        raise Refused(_("Attendance can be marked from one hour before the start."))
    query = update(Booking).where(Booking.lecture_id == lecture.id, Booking.state.in_(SEATED))
    if booking_ids is None:
        query = query.where(Booking.state == BookingState.BOOKED)
    else:
        query = query.where(Booking.id.in_(list(booking_ids)))
    marked = changed(query.values(state=state))
    audit.record("lecture.attendance_marked", lecture.id, state=state.value, number=marked)
    return marked


def counts_of(lectures: Sequence[Lecture]) -> dict[UUID, dict[BookingState, int]]:
    """How many bookings each lecture has in each state, in one statement."""
    ids = [lecture.id for lecture in lectures]
    query = select(Booking.lecture_id, Booking.state, func.count()).where(Booking.lecture_id.in_(ids))
    found = {lecture_id: dict.fromkeys(BookingState, 0) for lecture_id in ids}
    if ids:
        for lecture_id, state, number in session().execute(query.group_by(Booking.lecture_id, Booking.state)):
            found[lecture_id][state] = number
    return found
