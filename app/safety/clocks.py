"""The clocks of an alert, its ladder and the shifts of a day, as ``clocks.toml`` has them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.clock import LOCAL
from app.core.words import Words, read_words
from app.safety.steps import Kind

if TYPE_CHECKING:
    from app.safety.steps import State

FILE = Path(__file__).parent / "clocks.toml"


@dataclass(frozen=True, slots=True)
class Clock:
    """How long may pass from raising an alert until a step of the kind ``until``."""

    code: str
    until: Kind
    limit: timedelta
    same_day: bool
    name: Words

    def due(self, raised_at: datetime) -> datetime:
        """When the time is up; a same-day clock ends at midnight where the workers live, or after its limit."""
        limit = raised_at + self.limit
        return max(limit, _midnight_after(raised_at)) if self.same_day else limit


@dataclass(frozen=True, slots=True)
class Rung:
    """After ``wait`` without an acknowledgement, ``to`` is told as well."""

    wait: timedelta
    to: str


@dataclass(frozen=True, slots=True)
class Shift:
    """A part of every day for which somebody is on duty."""

    code: str
    starts: time
    length: timedelta
    name: Words

    def on(self, day: date) -> tuple[datetime, datetime]:
        """The instants between which it runs on this day."""
        start = datetime.combine(day, self.starts, LOCAL)
        return start, start + self.length


@dataclass(frozen=True, slots=True)
class Due:
    """The next clock that runs, and when it is up."""

    clock: Clock
    at: datetime

    def share_used(self, raised_at: datetime, now: datetime) -> int:
        """How much of the time is gone, in percent from 0 to 100."""
        whole = (self.at - raised_at).total_seconds()
        return min(100, max(0, round(100 * (now - raised_at).total_seconds() / whole)))


@cache
def clocks() -> tuple[Clock, ...]:
    """All clocks, the shortest first."""
    return tuple(
        Clock(
            row["code"],
            Kind(row["until"]),
            timedelta(minutes=row["minutes"]),
            row.get("same_day", False),
            read_words(row["name"]),
        )
        for row in _file()["clock"]
    )


@cache
def ladder() -> tuple[Rung, ...]:
    """Who is told when nobody acknowledges, in order."""
    return tuple(Rung(timedelta(minutes=row["minutes"]), row["to"]) for row in _file()["rung"])


@cache
def shifts() -> tuple[Shift, ...]:
    """The shifts of a day."""
    return tuple(
        Shift(row["code"], row["starts"], timedelta(hours=row["hours"]), read_words(row["name"]))
        for row in _file()["shift"]
    )


def follow_ups(raised_at: datetime) -> tuple[datetime, ...]:
    """When the person is asked again how she is."""
    return tuple(raised_at + timedelta(days=days) for days in _file()["follow_up"]["days"])


def next_due(state: State) -> Due | None:
    """The clock that runs out next; None when only the signature is left."""
    running = [Due(each, each.due(state.raised_at)) for each in clocks() if not state.has(each.until)]
    return min(running, key=lambda due: due.at) if running else None


def _midnight_after(moment: datetime) -> datetime:
    day = moment.astimezone(LOCAL).date() + timedelta(days=1)
    return datetime.combine(day, time(), LOCAL)


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))
