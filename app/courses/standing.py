"""Whether a lecture can be booked at a moment, and why not."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Dated(Protocol):
    """What the rules ask of a lecture."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def opens_at(self) -> datetime: ...
    @property
    def closes_at(self) -> datetime: ...
    @property
    def cancelled_at(self) -> datetime | None: ...
    @property
    def capacity(self) -> int: ...
    @property
    def taken(self) -> int: ...


class Standing(enum.StrEnum):
    """What a worker who has no seat may do about a lecture."""

    OPEN = "open"
    FULL = "full"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    STARTED = "started"
    CANCELLED = "cancelled"


def standing(lecture: Dated, moment: datetime) -> Standing:
    """How the lecture stands at ``moment``; ``FULL`` still takes names for the waiting list."""
    if lecture.cancelled_at is not None:
        return Standing.CANCELLED
    if moment >= lecture.starts_at:
        return Standing.STARTED
    if moment < lecture.opens_at:
        return Standing.NOT_YET
    if moment >= lecture.closes_at:
        return Standing.CLOSED
    return Standing.FULL if lecture.taken >= lecture.capacity else Standing.OPEN


def overlaps(one: Dated, *, start: datetime, end: datetime) -> bool:
    """Whether a lecture and a span share a moment; touching ends do not."""
    return one.starts_at < end and start < one.ends_at
