"""Series, venues, lecturers, lectures and bookings: all of it in the identity half."""

from __future__ import annotations

import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Dialect, Enum, ForeignKey, Index, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import Half, Model
from app.core.ids import ordered_id


class Codes(TypeDecorator[frozenset[str]]):
    """A small set of codes in one column, ``|a|b|``, so that a page of lectures brings its audience along."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: frozenset[str] | None, dialect: Dialect) -> str:  # noqa: ARG002
        """The set in one spelling, sorted."""
        return f"|{'|'.join(sorted(value))}|" if value else ""

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[str]:  # noqa: ARG002
        """The set again."""
        return frozenset((value or "").strip("|").split("|")) - {""}


class LectureKind(enum.StrEnum):
    """The form a meeting takes."""

    LECTURE = "lecture"
    WORKSHOP = "workshop"
    GROUP = "group"


class BookingState(enum.StrEnum):
    """Where a booking stands; ``attended`` and ``absent`` are marked by the organisers."""

    BOOKED = "booked"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    ABSENT = "absent"


LIVE = (BookingState.BOOKED, BookingState.WAITING)
SEATED = (BookingState.BOOKED, BookingState.ATTENDED, BookingState.ABSENT)


class Series(Model):
    """A programme of lectures with its yearly target."""

    __tablename__ = "series"
    __table_args__ = ({"info": {"half": Half.IDENTITY}},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ordered_id)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    starts_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date] = mapped_column()
    target_lectures: Mapped[int] = mapped_column(default=30)
    target_participants: Mapped[int] = mapped_column(default=2000)


class Venue(Model):
    """A place where lectures are held."""

    __tablename__ = "venue"
    __table_args__ = ({"info": {"half": Half.IDENTITY}},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ordered_id)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(160), default="")
    seats: Mapped[int] = mapped_column(default=60)


class Lecturer(Model):
    """A person who gives lectures; her name stands on posters."""

    __tablename__ = "lecturer"
    __table_args__ = ({"info": {"half": Half.IDENTITY}},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ordered_id)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(80), default="")


class Lecture(Model):
    """One dated session. ``taken`` counts its seats; who may join is empty where everybody may.

    ``turns`` numbers the waiting list: the next person to wait gets the next number, for good.
    """

    __tablename__ = "lecture"
    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= capacity", name="taken_within_capacity"),
        CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),
        CheckConstraint("opens_at < closes_at AND closes_at <= starts_at", name="window_before_start"),
        Index("ix_lecture_starts_at_id", "starts_at", "id"),
        Index("ix_lecture_series_id_starts_at", "series_id", "starts_at"),
        Index("ix_lecture_venue_id_starts_at", "venue_id", "starts_at"),
        Index("ix_lecture_lecturer_id_starts_at", "lecturer_id", "starts_at"),
        {"info": {"half": Half.IDENTITY}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ordered_id)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    series_id: Mapped[UUID] = mapped_column(ForeignKey("series.id"))
    venue_id: Mapped[UUID] = mapped_column(ForeignKey("venue.id"))
    lecturer_id: Mapped[UUID] = mapped_column(ForeignKey("lecturer.id"))
    kind: Mapped[LectureKind] = mapped_column(Enum(LectureKind, native_enum=False, length=12))
    topic: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime] = mapped_column()
    ends_at: Mapped[datetime] = mapped_column()
    opens_at: Mapped[datetime] = mapped_column()
    closes_at: Mapped[datetime] = mapped_column()
    capacity: Mapped[int] = mapped_column()
    taken: Mapped[int] = mapped_column(default=0)
    turns: Mapped[int] = mapped_column(default=0)
    for_units: Mapped[frozenset[str]] = mapped_column(Codes, default=frozenset)
    for_occupations: Mapped[frozenset[str]] = mapped_column(Codes, default=frozenset)
    dimensions: Mapped[frozenset[str]] = mapped_column(Codes, default=frozenset)
    cancelled_at: Mapped[datetime | None] = mapped_column()
    reminded_at: Mapped[datetime | None] = mapped_column()

    series: Mapped[Series] = relationship(lazy="joined", innerjoin=True)
    venue: Mapped[Venue] = relationship(lazy="joined", innerjoin=True)
    lecturer: Mapped[Lecturer] = relationship(lazy="joined", innerjoin=True)

    @property
    def seats_left(self) -> int:
        """How many may still book."""
        return self.capacity - self.taken

    @property
    def is_cancelled(self) -> bool:
        """Whether it was called off."""
        return self.cancelled_at is not None


class Booking(Model):
    """A worker's seat, or place on the waiting list; who pressed the button is not kept here."""

    __tablename__ = "booking"
    __table_args__ = (
        UniqueConstraint("lecture_id", "account_id"),
        CheckConstraint("(state = 'WAITING') = (turn IS NOT NULL)", name="only_the_waiting_have_a_turn"),
        Index("ix_booking_lecture_id_state_turn", "lecture_id", "state", "turn"),
        {"info": {"half": Half.IDENTITY}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ordered_id)
    lecture_id: Mapped[UUID] = mapped_column(ForeignKey("lecture.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    state: Mapped[BookingState] = mapped_column(Enum(BookingState, native_enum=False, length=12))
    turn: Mapped[int | None] = mapped_column()
    booked_at: Mapped[datetime] = mapped_column(default=clock.now)

    lecture: Mapped[Lecture] = relationship(lazy="raise")

    @property
    def is_live(self) -> bool:
        """Whether it still holds a seat or a place in the queue of a lecture to come."""
        return self.state in LIVE
