"""The use cases of lectures; other rooms import them from here."""

from __future__ import annotations

from app.courses.services.audience import (
    bookable_lectures,
    fetch_lecture,
    fetch_lecture_for_worker,
    fetch_own,
    lectures_between,
    own_units,
    suiting,
)
from app.courses.services.bookings import (
    book_seat,
    book_together,
    bookings_of,
    cancel_booking,
    fetch_booking,
    move_booking,
    places_of,
    promote_waiting,
)
from app.courses.services.planning import Plan, cancel_lecture, change_lecture, create_lecture, remind_of_lectures
from app.courses.services.programmes import add, progress_of
from app.courses.services.rosters import can_mark, mark_attendance, roster_of

__all__ = [
    "Plan",
    "add",
    "book_seat",
    "book_together",
    "bookable_lectures",
    "bookings_of",
    "can_mark",
    "cancel_booking",
    "cancel_lecture",
    "change_lecture",
    "create_lecture",
    "fetch_booking",
    "fetch_lecture",
    "fetch_lecture_for_worker",
    "fetch_own",
    "lectures_between",
    "mark_attendance",
    "move_booking",
    "own_units",
    "places_of",
    "progress_of",
    "promote_waiting",
    "remind_of_lectures",
    "roster_of",
    "suiting",
]
