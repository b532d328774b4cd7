"""Who may see what: lectures whose audience holds a worker, and records within an admin's branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Text, or_, select, type_coerce

from app.core import clock
from app.core.database import session
from app.core.errors import NotFound
from app.core.paging import page_of
from app.courses.models import Booking, Lecture, Lecturer, Series, Venue
from app.organisations.models import Unit
from app.organisations.services import ancestor_ids, branch_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import InstrumentedAttribute

    from app.accounts.models import Account
    from app.core.paging import Page

    Resource = TypeVar("Resource", Series, Venue, Lecturer)

PAGE = 20
IN_TIME = (Lecture.starts_at, Lecture.id)
"""The key by which lists of lectures are paged."""


def may_join(account: Account) -> ColumnElement[bool]:
    """The lectures whose audience holds this worker: by her unit or one above it, and by her occupational group."""
    units = [unit.hex for unit in ancestor_ids(account.unit_id)]
    occupations = [account.occupation] if account.occupation else []
    return _names_one_of(Lecture.for_units, units) & _names_one_of(Lecture.for_occupations, occupations)


def bookable_lectures(
    account: Account, *, after: UUID | None = None, limit: int = PAGE, dimensions: Iterable[str] = ()
) -> Page[Lecture]:
    """The lectures to come that a worker may join, the next first; ``after`` is the last one of the page before."""
    query = select(Lecture).where(Lecture.starts_at > clock.now(), Lecture.cancelled_at.is_(None), may_join(account))
    if wanted := sorted(dimensions):
        query = query.where(or_(*(_names(Lecture.dimensions, code) for code in wanted)))
    return page_of(query, IN_TIME, limit, after=place_of(after))


def suiting(dimensions: set[str], account: Account) -> Sequence[Lecture]:
    """The next lectures for a worker that help with one of these dimensions; six at most."""
    return bookable_lectures(account, limit=6, dimensions=dimensions).rows if dimensions else []


def lectures_between(account: Account, start: datetime, end: datetime) -> Sequence[Lecture]:
    """The lectures of a stretch of time that a worker may join, past ones too: for the calendar."""
    span = (Lecture.starts_at >= start) & (Lecture.starts_at < end) & Lecture.cancelled_at.is_(None)
    query = select(Lecture).where(span, may_join(account)).order_by(Lecture.starts_at, Lecture.id)
    return session().scalars(query.limit(300)).all()


def fetch_lecture_for_worker(lecture_id: UUID, account: Account) -> Lecture:
    """A lecture that a worker may join or holds a booking for. Raises ``NotFound``, also for a foreign one."""
    mine = select(Booking.id).where(Booking.lecture_id == lecture_id, Booking.account_id == account.id).exists()
    open_to_me = Lecture.cancelled_at.is_(None) & may_join(account)
    lecture = session().scalar(select(Lecture).where(Lecture.id == lecture_id, or_(open_to_me, mine)))
    if lecture is None:
        raise NotFound
    return lecture


def within(unit_id: InstrumentedAttribute[UUID], account: Account) -> ColumnElement[bool]:
    """Whether a record's unit lies in the branch of an admin."""
    return unit_id.in_(branch_ids(account.unit_id))


def usable(unit_id: InstrumentedAttribute[UUID], account: Account) -> ColumnElement[bool]:
    """Whether an admin may hold lectures with a record: it is of her branch, or of a unit above it."""
    return within(unit_id, account) | unit_id.in_(ancestor_ids(account.unit_id))


def fetch_lecture(lecture_id: UUID, account: Account) -> Lecture:
    """A lecture in an admin's branch. Raises ``NotFound``, also for a foreign one."""
    lecture = session().scalar(select(Lecture).where(Lecture.id == lecture_id, within(Lecture.unit_id, account)))
    if lecture is None:
        raise NotFound
    return lecture


def fetch_own(model: type[Resource], row_id: UUID, account: Account) -> Resource:
    """A series, venue or lecturer that an admin may change. Raises ``NotFound``."""
    row = session().scalar(select(model).where(model.id == row_id, within(model.unit_id, account)))
    if row is None:
        raise NotFound
    return row


def choices_of(model: type[Resource], account: Account) -> Sequence[Resource]:
    """The series (the newest first), venues or lecturers (by name) that an admin may plan lectures with."""
    order = Series.id.desc() if model is Series else model.name
    return session().scalars(select(model).where(usable(model.unit_id, account)).order_by(order)).all()


def units_below(account: Account, lecture: Lecture | None = None) -> Sequence[Unit]:
    """The units an admin may invite: those right below hers, and those a lecture already names."""
    named = [UUID(code) for code in lecture.for_units - {lecture.unit_id.hex}] if lecture else []
    wanted = (Unit.parent_id == account.unit_id) | Unit.id.in_(named)
    found = session().scalars(select(Unit).where(wanted).order_by(Unit.id).limit(400))
    return [unit for unit in found if unit.is_placed]


def own_units(account: Account) -> frozenset[UUID]:
    """The ids of an admin's branch: what is theirs may be changed."""
    return branch_ids(account.unit_id)


def audience_names(lecture: Lecture) -> Sequence[str]:
    """The names of the units a lecture is for; empty where it is for all."""
    named = [UUID(code) for code in lecture.for_units]
    return session().scalars(select(Unit.name).where(Unit.id.in_(named)).order_by(Unit.id)).all() if named else []


def _names_one_of(column: InstrumentedAttribute[frozenset[str]], codes: list[str]) -> ColumnElement[bool]:
    return or_(type_coerce(column, Text) == "", *(_names(column, code) for code in codes))


def _names(column: InstrumentedAttribute[frozenset[str]], code: str) -> ColumnElement[bool]:
    return type_coerce(column, Text).contains(f"|{code}|", autoescape=True)


def place_of(lecture_id: UUID | None) -> tuple[datetime, UUID] | None:
    """Where a page goes on behind a lecture, None for the first page. Raises ``NotFound``."""
    shown = session().get(Lecture, lecture_id) if lecture_id else None
    if lecture_id and shown is None:
        raise NotFound
    return (shown.starts_at, shown.id) if shown else None
