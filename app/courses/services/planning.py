"""Planning: lectures that clash with no other, their changes and cancelling, and what must be told to whom."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select, update

from app import audit
from app.core import clock
from app.core.database import changed, lock_for_writing, session, transaction
from app.core.errors import Malformed, Refused
from app.courses.models import LIVE, Booking, BookingState, Lecture, LectureKind, Lecturer, Series, Venue
from app.courses.services.audience import usable
from app.courses.services.bookings import lock_lecture, promote_waiting
from app.notices.services import sealed_rows, store
from app.organisations.models import Unit

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from app.accounts.models import Account


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an admin plans. ``for_units`` (ids in hex) and ``for_occupations`` (codes) are empty where all may join."""

    series_id: UUID
    venue_id: UUID
    lecturer_id: UUID
    kind: LectureKind
    topic: str
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    capacity: int
    summary: str = ""
    for_units: frozenset[str] = frozenset()
    for_occupations: frozenset[str] = frozenset()
    dimensions: frozenset[str] = frozenset()


def create_lecture(plan: Plan, *, by: Account) -> Lecture:
    """Put a lecture into the calendar of an admin's branch.

    Raises ``Malformed`` for what no shown form could send, ``Refused`` where lecturer or venue is taken at that time.
    """
    _check(plan, by)
    _refuse_clash(plan, own=None)
    unit = session().get_one(Unit, by.unit_id)
    values = asdict(plan) | {"for_units": _audience(plan, unit)}
    lecture = Lecture(unit_id=unit.id, **values)
    session().add(lecture)
    session().flush()
    audit.record("lecture.created", lecture.id)
    return lecture


def change_lecture(lecture: Lecture, plan: Plan, *, by: Account) -> None:
    """Change a lecture; a new time or place is told to all who booked, new seats go to those who wait.

    Raises ``Malformed`` and ``Refused`` as ``create_lecture``, and ``Refused`` for fewer seats than are taken.
    """
    _check(plan, by)
    _refuse_clash(plan, own=lecture.id)
    locked = lock_lecture(lecture.id)
    if locked.cancelled_at is not None:
        raise Refused(_("This lecture was cancelled."))
    if plan.capacity < locked.taken:
        raise Refused(_("%(taken)s seats are taken already; please allow at least as many.", taken=locked.taken))
    moved = (locked.starts_at, lecture.venue_id) != (plan.starts_at, plan.venue_id)
    for name, value in (
        asdict(plan) | {"for_units": _audience(plan, session().get_one(Unit, lecture.unit_id))}
    ).items():
        setattr(lecture, name, value)
    session().flush()
    session().expire(lecture)
    promote_waiting(lecture.id)
    if moved:
        _tell("lecture.changed", lecture.id)
    audit.record("lecture.changed", lecture.id)


def cancel_lecture(lecture: Lecture) -> None:
    """Call a lecture off: every booking ends and everybody is told. Raises ``Refused`` once it has started."""
    locked = lock_lecture(lecture.id)
    if locked.cancelled_at is not None:
        return
    if locked.starts_at <= clock.now():
        raise Refused(_("This lecture has already started."))
    _tell("lecture.cancelled", lecture.id)
    live = (Booking.lecture_id == lecture.id) & Booking.state.in_(LIVE)
    changed(update(Booking).where(live).values(state=BookingState.CANCELLED, turn=None))
    changed(update(Lecture).where(Lecture.id == lecture.id).values(taken=0, cancelled_at=clock.now()))
    session().expire(lecture)
    audit.record("lecture.cancelled", lecture.id)


def remind_of_lectures(*, hours: int = 24) -> int:
    """Remind all who booked a lecture that starts within these hours, once; returns how many lectures that were.

    Runs its own transactions, one for each lecture.
    """
    now = clock.now()
    soon = (Lecture.starts_at > now) & (Lecture.starts_at <= now + timedelta(hours=hours))
    due = select(Lecture.id).where(soon, Lecture.cancelled_at.is_(None), Lecture.reminded_at.is_(None))
    with transaction(writes=False):
        waiting = session().scalars(due).all()
    return sum(_remind(lecture_id) for lecture_id in waiting)


def _remind(lecture_id: UUID) -> bool:
    mine = (Lecture.id == lecture_id) & Lecture.reminded_at.is_(None)
    with transaction():
        rows = _promises("lecture.reminder", lecture_id, states=(BookingState.BOOKED,))
        if reminded := bool(changed(update(Lecture).where(mine).values(reminded_at=clock.now()))):
            store(rows)
    return reminded


def _check(plan: Plan, by: Account) -> None:
    """Refuse times in the wrong order and records outside the branch."""
    if not plan.opens_at < plan.closes_at <= plan.starts_at < plan.ends_at or plan.capacity < 1:
        raise Malformed(_("Please check the times: booking opens, booking closes, start, end."))
    for model, row_id in ((Series, plan.series_id), (Venue, plan.venue_id), (Lecturer, plan.lecturer_id)):
        if session().scalar(select(model.id).where(model.id == row_id, usable(model.unit_id, by))) is None:
            raise Malformed


def _refuse_clash(plan: Plan, *, own: UUID | None) -> None:
    """Refuse a second lecture for a venue or lecturer at one time; their rows are locked, so that two admins queue."""
    lock_for_writing()
    for model, row_id in ((Venue, plan.venue_id), (Lecturer, plan.lecturer_id)):
        session().execute(select(model.id).where(model.id == row_id).with_for_update(key_share=True))
    same = (Lecture.venue_id == plan.venue_id) | (Lecture.lecturer_id == plan.lecturer_id)
    overlapping = (Lecture.starts_at < plan.ends_at) & (Lecture.ends_at > plan.starts_at)
    others = select(Lecture).where(same, overlapping, Lecture.cancelled_at.is_(None), Lecture.id != own)
    other = session().scalars(others.order_by(Lecture.starts_at).limit(1)).first()
    if other is not None:
        raise Refused(_clash_with(other, plan))


def _clash_with(other: Lecture, plan: Plan) -> object:
    start, end = clock.local(other.starts_at), clock.local(other.ends_at)
    words = {"topic": other.topic, "when": f"{start:%Y-%m-%d %H:%M}–{end:%H:%M}"}
    if other.venue_id == plan.venue_id:
        return _("The venue %(name)s is taken: “%(topic)s”, %(when)s.", name=other.venue.name, **words)
    return _("%(name)s already gives a lecture then: “%(topic)s”, %(when)s.", name=other.lecturer.name, **words)


def _audience(plan: Plan, unit: Unit) -> frozenset[str]:
    """The units a plan names, or the admin's own branch; only the top of the tree may invite everybody."""
    if plan.for_units or unit.parent_id is None:
        return plan.for_units
    return frozenset({unit.id.hex})


def _tell(kind: str, lecture_id: UUID) -> None:
    store(_promises(kind, lecture_id, LIVE))


def _promises(kind: str, lecture_id: UUID, states: tuple[BookingState, ...]) -> list[dict[str, Any]]:
    """A notice for each who booked, sealed."""
    told = select(Booking.account_id).where(Booking.lecture_id == lecture_id, Booking.state.in_(states))
    accounts = session().scalars(told).all()
    return sealed_rows({"kind": kind, "lecture": lecture_id.hex, "account": account.hex} for account in accounts)
