"""When a tier wants the first contact and the next review."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from app.care.tiers import load_table
from app.core.clock import LOCAL

if TYPE_CHECKING:
    from app.care.tiers import Clock

FRIDAY = 4
CAMPAIGN = timedelta(weeks=26)
"""A tier without reviews of its own is looked at again with the next campaign, twice a year (policy)."""


def contact_due(tier: int, start: datetime) -> datetime | None:
    """When the first contact is due for a case of this tier that starts now; None where none is due."""
    clock = load_table().tier(tier).first_contact
    return after(clock, start) if clock else None


def next_review(tier: int, start: datetime) -> date:
    """The day of the next review."""
    return after(load_table().tier(tier).review, start).astimezone(LOCAL).date()


def after(clock: Clock, start: datetime) -> datetime:
    """The instant at which this clock, started at ``start``, is up; working days are Monday to Friday."""
    if clock.unit == "working_days":
        return _after_working_days(clock.amount, start)
    if clock.unit == "campaigns":
        return start + clock.amount * CAMPAIGN
    return start + timedelta(**{clock.unit: clock.amount})


def _after_working_days(amount: int, start: datetime) -> datetime:
    moment = start
    while amount:
        moment += timedelta(days=1)
        amount -= moment.astimezone(LOCAL).weekday() <= FRIDAY
    return moment
