"""The grid of a month: weeks from Monday to Sunday, with the days around it that fill the first and the last week."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta

from app.core.clock import LOCAL

FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)


def read_month(text: str | None, *, today: date) -> date:
    """The first day of the month ``2026-11``; of the present month where the text is no month."""
    try:
        first = datetime.strptime(text or "", "%Y-%m").replace(tzinfo=LOCAL).date()
    except ValueError:
        return today.replace(day=1)
    return first if FIRST <= first < LAST else today.replace(day=1)


def weeks_of(first: date) -> list[list[date]]:
    """The weeks of the month that begins on ``first``."""
    return calendar.Calendar().monthdatescalendar(first.year, first.month)


def month_before(first: date) -> date:
    """The first day of the month before."""
    return (first - timedelta(days=1)).replace(day=1)


def month_after(first: date) -> date:
    """The first day of the month after."""
    return (first + timedelta(days=32)).replace(day=1)


def span_of(first: date) -> tuple[datetime, datetime]:
    """The moments between which everything on the month's grid lies."""
    weeks = weeks_of(first)
    return midnight(weeks[0][0]), midnight(weeks[-1][-1] + timedelta(days=1))


def midnight(day: date) -> datetime:
    """The first moment of a day where the workers live."""
    return datetime.combine(day, time(), LOCAL)
