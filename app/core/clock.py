"""The one clock: aware UTC instants, which tests and the demo's history may move."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCAL = ZoneInfo("Asia/Shanghai")

_moved: ContextVar[datetime | None] = ContextVar("moved", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _moved.get() or datetime.now(UTC)


def today() -> date:
    """The present day where the workers live."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same instant on the district's wall clock."""
    return moment.astimezone(LOCAL)


def iso_week(moment: datetime | None = None) -> str:
    """The ISO week of an instant, such as ``2026-W45``: the only time a clinical row shows in plain."""
    year, week, _ = local(moment or now()).isocalendar()
    return f"{year}-W{week:02d}"


def week_begins(week: str) -> datetime:
    """The first instant of an ISO week, such as ``2026-W45``."""
    return datetime.strptime(f"{week}-1", "%G-W%V-%u").replace(tzinfo=LOCAL)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Run a block as if it were ``moment`` (aware): for tests and for the demo district's history."""
    if moment.tzinfo is None:
        raise ValueError("the clock takes aware instants only")
    token = _moved.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _moved.reset(token)
