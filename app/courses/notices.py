"""Who is told what when a notice about a lecture falls due."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accounts.models import Account
from app.core import clock
from app.core.database import session
from app.courses.models import Booking, BookingState, Lecture
from app.notices.kinds import Channel, Delivery, register

# A notice is told only while the booking still stands as it says.
STATES = {
    "lecture.booked": BookingState.BOOKED,
    "lecture.waiting": BookingState.WAITING,
    "lecture.promoted": BookingState.BOOKED,
    "lecture.reminder": BookingState.BOOKED,
    "lecture.changed": None,
    "lecture.cancelled": None,
}
# The screen has just said these; a message to the phone would only repeat them.
QUIET = {"lecture.booked", "lecture.waiting"}


def register_kinds() -> None:
    """Let the outbox know every kind."""
    for kind in STATES:
        register(kind, partial(resolve, kind))


def resolve(kind: str, payload: dict[str, Any]) -> list[Delivery]:
    """The deliveries of one notice; none where the booking has changed since, or the lecture is over."""
    lecture = session().get(Lecture, UUID(payload["lecture"]))
    account_id = UUID(payload["account"])
    if lecture is None or lecture.ends_at < clock.now() or not _still_stands(kind, lecture.id, account_id):
        return []
    start = clock.local(lecture.starts_at)
    values = {"title": lecture.topic, "when": f"{start:%m-%d %H:%M}", "venue": lecture.venue.name}
    told = [Delivery(Channel.IN_APP, account_id, kind, values)]
    account = session().get(Account, account_id)
    if kind not in QUIET and account is not None and account.is_active and account.phone:
        told.append(Delivery(Channel.PHONE, account.phone, kind, values))
    return told


def _still_stands(kind: str, lecture_id: UUID, account_id: UUID) -> bool:
    wanted = STATES[kind]
    mine = (Booking.lecture_id == lecture_id) & (Booking.account_id == account_id)
    state = session().scalar(select(Booking.state).where(mine))
    return state is not None and (wanted is None or state is wanted)
