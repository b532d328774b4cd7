"""Pieces of pages that workers and admins share: the month."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from app.core import clock
from app.courses.months import month_after, month_before, weeks_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.courses.models import Lecture


@dataclass(frozen=True)
class Entry:
    """A lecture in the grid and where it leads."""

    lecture: Lecture
    url: str


@dataclass(frozen=True)
class Day:
    """A square of the grid."""

    date: date
    in_month: bool
    is_today: bool
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Month:
    """A month to show, and the way to its neighbours."""

    first: date
    weeks: list[list[Day]]
    before: str
    after: str
    today: str

    @property
    def busy_days(self) -> list[Day]:
        """The days of the month on which something happens."""
        return [day for week in self.weeks for day in week if day.entries and day.in_month]


def month_page(first: date, lectures: Sequence[Lecture], *, page: str, entry: str) -> Month:
    """The grid of a month; ``page`` is the endpoint of the calendar, ``entry`` that of a lecture."""
    by_day: defaultdict[date, list[Entry]] = defaultdict(list)
    for lecture in lectures:
        by_day[clock.local(lecture.starts_at).date()].append(Entry(lecture, url_for(entry, lecture_id=lecture.id)))
    today = clock.today()
    weeks = [
        [Day(day, day.month == first.month, day == today, by_day[day]) for day in week] for week in weeks_of(first)
    ]
    before, after = (url_for(page, month=f"{other:%Y-%m}") for other in (month_before(first), month_after(first)))
    return Month(first, weeks, before, after, url_for(page))
