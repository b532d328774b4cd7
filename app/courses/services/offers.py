"""Offers: lectures as one worker sees them, with her own booking and what she may do now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.core import clock
from app.courses.models import Booking, BookingState, Lecture
from app.courses.services.bookings import bookings_at, places_of
from app.courses.standing import Standing, standing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


@dataclass(frozen=True)
class Offer:
    """A lecture, how it stands, and a worker's booking and place in line where she has them."""

    lecture: Lecture
    standing: Standing
    booking: Booking | None
    place: int | None

    @property
    def state(self) -> BookingState | None:
        """Where her booking stands; None where she has none, or gave it back."""
        return self.booking.state if self.booking and self.booking.state is not BookingState.CANCELLED else None

    @property
    def can_book(self) -> bool:
        """Whether one tap gives a seat or a place on the waiting list."""
        return self.state is None and self.standing in {Standing.OPEN, Standing.FULL}

    @property
    def can_cancel(self) -> bool:
        """Whether a seat or place may still be given back."""
        live = self.booking is not None and self.booking.is_live
        return live and self.standing not in {Standing.STARTED, Standing.CANCELLED}


def offers_of(lectures: Sequence[Lecture], account_id: UUID) -> list[Offer]:
    """These lectures as a worker sees them, in two statements however many."""
    return _offers(lectures, bookings_at(lectures, account_id), account_id)


def booked_offers(bookings: Sequence[Booking]) -> list[Offer]:
    """A worker's bookings, each with its lecture as she sees it."""
    mine = {booking.lecture_id: booking for booking in bookings}
    account_id = bookings[0].account_id if bookings else None
    return _offers([booking.lecture for booking in bookings], mine, account_id)


def _offers(lectures: Sequence[Lecture], mine: dict[UUID, Booking], account_id: UUID | None) -> list[Offer]:
    now = clock.now()
    waits = account_id and any(booking.state is BookingState.WAITING for booking in mine.values())
    places = places_of(account_id) if account_id and waits else {}
    return [
        Offer(lecture, standing(lecture, now), mine.get(lecture.id), places.get(lecture.id)) for lecture in lectures
    ]
