"""Seats: booking, cancelling, moving, and the waiting list.

A conditional UPDATE of ``lecture.taken`` decides who gets a seat. Only when it finds none is the lecture's row locked,
so that a seat given back meanwhile cannot slip between "full" and the place on the waiting list. Everything is recorded
in the worker's own name: the lecture's side never learns whether somebody booked for her.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import aliased, contains_eager

from app import audit
from app.core import clock
from app.core.database import changed, insert_if_absent, lock_for_writing, session
from app.core.errors import NotFound, Refused
from app.core.ids import ordered_id
from app.courses.models import LIVE, Booking, BookingState, Lecture
from app.courses.standing import Standing, standing
from app.notices.services import enqueue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from app.courses.standing import Dated

REFUSALS = {
    Standing.CANCELLED: _("This lecture was cancelled."),
    Standing.STARTED: _("This lecture has already started."),
    Standing.NOT_YET: _("Booking has not opened yet."),
    Standing.CLOSED: _("Booking is closed."),
}


def book_seat(lecture: Lecture, *, worker: UUID) -> Booking:
    """Give a worker a seat, or a place on the waiting list when the lecture is full. Booking twice is booking once.

    The caller fetched the lecture *for that worker*. Raises ``Refused`` outside the booking window.
    """
    _refuse_unless_open(lecture)
    if (live := _live_booking(lecture.id, worker)) is not None:
        return live
    seated = _take_seat(lecture.id)
    turn = None
    if not seated:
        _refuse_unless_open(lock_lecture(lecture.id))
        if (live := _live_booking(lecture.id, worker)) is not None:
            return live
        seated = _take_seat(lecture.id)
        turn = None if seated else _next_turn(lecture.id)
    if not _store(lecture.id, worker, turn=turn):
        if seated:
            _give_back(lecture.id)
        return _require(_live_booking(lecture.id, worker))
    session().expire(lecture, ["taken", "turns"])
    _record("lecture.booked", lecture.id, worker)
    enqueue("lecture.booked" if seated else "lecture.waiting", lecture=lecture.id.hex, account=worker.hex)
    return _require(_live_booking(lecture.id, worker))


def book_together(lecture: Lecture, comers: Iterable[tuple[UUID, datetime]]) -> None:
    """Book a lecture for workers without any booking of it, each at her own moment, and tell nobody.

    Who came first has a seat as long as there are seats, then a place on the waiting list. Raises ``Refused`` for a
    moment outside the booking window.
    """
    locked = lock_lecture(lecture.id)
    session().refresh(lecture, ["turns"])
    taken, turns, found = locked.taken, lecture.turns, []
    for worker, moment in sorted(comers, key=lambda each: each[1]):
        with clock.at(moment):
            _refuse_unless_open(locked)
            seated = taken < locked.capacity
            taken, turns = taken + seated, turns + (not seated)
            state, turn = (BookingState.BOOKED, None) if seated else (BookingState.WAITING, turns)
            place = {"id": ordered_id(), "lecture_id": lecture.id, "account_id": worker}
            found.append({**place, "state": state, "turn": turn, "booked_at": moment})
            _record("lecture.booked", lecture.id, worker)
    session().execute(insert(Booking), found)
    changed(update(Lecture).where(Lecture.id == lecture.id).values(taken=taken, turns=turns))
    session().expire(lecture, ["taken", "turns"])


def cancel_booking(booking: Booking) -> None:
    """Give a seat or a place in the queue back; the next who waits gets the seat. Cancelling twice is cancelling once.

    Raises ``Refused`` once the lecture has started.
    """
    if lock_lecture(booking.lecture_id).starts_at <= clock.now():
        raise Refused(REFUSALS[Standing.STARTED])
    for state in LIVE:
        mine = (Booking.id == booking.id) & (Booking.state == state)
        if changed(update(Booking).where(mine).values(state=BookingState.CANCELLED, turn=None)):
            _record("lecture.booking_cancelled", booking.lecture_id, booking.account_id)
            if state is BookingState.BOOKED:
                _give_back(booking.lecture_id)
                promote_waiting(booking.lecture_id)
            break
    session().expire(booking)


def move_booking(booking: Booking, to: Lecture) -> Booking:
    """Exchange a seat for one at another lecture; the old one is kept where the other has none to give.

    The caller fetched ``to`` for the booking's worker. Raises ``Refused``.
    """
    locked = {lecture_id: lock_lecture(lecture_id) for lecture_id in sorted({booking.lecture_id, to.id})}
    worker = booking.account_id
    _refuse_unless_open(locked[to.id])
    if standing(locked[to.id], clock.now()) is Standing.FULL:
        raise Refused(_("The other lecture is full; the present seat is kept."))
    if to.id == booking.lecture_id:
        return booking
    cancel_booking(booking)
    return book_seat(to, worker=worker)


def promote_waiting(lecture_id: UUID) -> None:
    """Fill free seats from the waiting list, in its order; never after the start. The lecture's row is locked."""
    locked = lock_lecture(lecture_id)
    free = locked.capacity - locked.taken
    if free <= 0 or locked.cancelled_at is not None or locked.starts_at <= clock.now():
        return
    waiting = (Booking.lecture_id == lecture_id) & (Booking.state == BookingState.WAITING)
    queue = select(Booking.id, Booking.account_id).where(waiting).order_by(Booking.turn).limit(free)
    for row in session().execute(queue).all():
        changed(update(Booking).where(Booking.id == row.id).values(state=BookingState.BOOKED, turn=None))
        changed(update(Lecture).where(Lecture.id == lecture_id).values(taken=Lecture.taken + 1))
        _record("lecture.promoted", lecture_id, row.account_id)
        enqueue("lecture.promoted", lecture=lecture_id.hex, account=row.account_id.hex)


def lock_lecture(lecture_id: UUID) -> Dated:
    """The lecture's present dates and seats, which nobody else changes before this use case ends."""
    columns = (Lecture.starts_at, Lecture.ends_at, Lecture.opens_at, Lecture.closes_at, Lecture.cancelled_at)
    query = (
        select(*columns, Lecture.capacity, Lecture.taken)
        .where(Lecture.id == lecture_id)
        .with_for_update(key_share=True)
    )
    lock_for_writing()
    row: Any = session().execute(query).one()
    return row  # type: ignore[no-any-return]


def bookings_of(account_id: UUID, *, limit: int = 100) -> Sequence[Booking]:
    """A worker's bookings in every state with their lectures, the latest lecture first."""
    query = select(Booking).join(Booking.lecture).options(contains_eager(Booking.lecture))
    mine = query.where(Booking.account_id == account_id)
    return session().scalars(mine.order_by(Lecture.starts_at.desc(), Booking.id.desc()).limit(limit)).all()


def bookings_at(lectures: Iterable[Lecture], account_id: UUID) -> dict[UUID, Booking]:
    """A worker's bookings at these lectures, by lecture."""
    ids = [lecture.id for lecture in lectures]
    mine = select(Booking).where(Booking.account_id == account_id, Booking.lecture_id.in_(ids))
    return {booking.lecture_id: booking for booking in session().scalars(mine)} if ids else {}


def places_of(account_id: UUID) -> dict[UUID, int]:
    """A worker's places on waiting lists, by lecture: 1 is the next to get a seat."""
    mine, ahead = aliased(Booking), aliased(Booking)
    query = (
        select(mine.lecture_id, func.count())
        .join(ahead, (ahead.lecture_id == mine.lecture_id) & (ahead.turn <= mine.turn))
        .where(mine.account_id == account_id, mine.state == BookingState.WAITING)
        .where(ahead.state == BookingState.WAITING)
        .group_by(mine.lecture_id)
    )
    return {row[0]: row[1] for row in session().execute(query)}


def fetch_booking(booking_id: UUID, account_id: UUID) -> Booking:
    """A worker's own booking. Raises ``NotFound``, also for a foreign one."""
    mine = select(Booking).where(Booking.id == booking_id, Booking.account_id == account_id)
    booking = session().scalar(mine)
    if booking is None:
        raise NotFound
    return booking


def _refuse_unless_open(lecture: Dated) -> None:
    refusal = REFUSALS.get(standing(lecture, clock.now()))
    if refusal is not None:
        raise Refused(refusal)


def _take_seat(lecture_id: UUID) -> bool:
    now = clock.now()
    window = (Lecture.opens_at <= now) & (Lecture.closes_at > now) & Lecture.cancelled_at.is_(None)
    free = (Lecture.id == lecture_id) & (Lecture.taken < Lecture.capacity) & window
    return changed(update(Lecture).where(free).values(taken=Lecture.taken + 1)) == 1


def _give_back(lecture_id: UUID) -> None:
    changed(update(Lecture).where(Lecture.id == lecture_id).values(taken=Lecture.taken - 1))


def _next_turn(lecture_id: UUID) -> int:
    changed(update(Lecture).where(Lecture.id == lecture_id).values(turns=Lecture.turns + 1))
    return session().scalar(select(Lecture.turns).where(Lecture.id == lecture_id)) or 0


def _store(lecture_id: UUID, worker: UUID, *, turn: int | None) -> bool:
    """Write the booking, or revive a cancelled one; False where the other of two clicks was quicker."""
    state = BookingState.BOOKED if turn is None else BookingState.WAITING
    values = {"state": state, "turn": turn, "booked_at": clock.now()}
    if insert_if_absent(Booking, id=ordered_id(), lecture_id=lecture_id, account_id=worker, **values):
        return True
    mine = (Booking.lecture_id == lecture_id) & (Booking.account_id == worker)
    cancelled = Booking.state == BookingState.CANCELLED
    return changed(update(Booking).where(mine, cancelled).values(**values)) == 1


def _live_booking(lecture_id: UUID, worker: UUID) -> Booking | None:
    mine = (Booking.lecture_id == lecture_id) & (Booking.account_id == worker)
    query = select(Booking).where(mine, Booking.state != BookingState.CANCELLED)
    return session().scalar(query.execution_options(populate_existing=True))


def _require(booking: Booking | None) -> Booking:
    if booking is None:
        raise Refused(_("That did not work. Please try once more."))
    return booking


def _record(action: str, lecture_id: UUID, worker: UUID) -> None:
    with audit.acting_as(worker):
        audit.record(action, lecture_id, account=worker.hex)
