"""Who needs a counsellor first, and why, in words: pure rules over a case's state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from flask_babel import lazy_gettext as _l

from app.care.progress import Measurement, benefit, compare, thresholds
from app.care.tiers import load_table
from app.core import clock
from app.screening import instruments

if TYPE_CHECKING:
    from app.care.progress import Progress
    from app.care.state import CaseState, Score

SOON = timedelta(hours=24)


FLAG_NAMES = {
    "alert": _l("Open alert"),
    "contact_late": _l("First contact overdue"),
    "contact_soon": _l("First contact due within a day"),
    "contact_open": _l("First contact open"),
    "worse": _l("Reliably worse"),
    "step_up": _l("Results suggest tier %(number)s"),
    "step_down": _l("Tier %(number)s may be enough now"),
    "review_late": _l("Review overdue by %(number)s days"),
    "review_today": _l("Review today"),
    "no_gain": _l("Week %(number)s without reliable improvement"),
    "silence": _l("No contact for %(number)s days"),
    "new": _l("New result, not yet looked at"),
}


class Flag(NamedTuple):
    """One reason to look at a case: the higher the weight, the sooner. ``code`` is a key of ``FLAG_NAMES``."""

    weight: int
    tone: str
    code: str
    number: int = 0

    @property
    def words(self) -> str:
        """The reason in words."""
        return str(FLAG_NAMES[self.code]) % {"number": self.number}


class Trend(NamedTuple):
    """First and latest total of the leading instrument; ``change`` is better, worse, same, or empty after one only."""

    instrument: str
    first: int
    last: int
    totals: tuple[int, ...]
    change: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a look at a case says today."""

    flags: tuple[Flag, ...]
    trend: Trend | None
    rank: tuple[int, int, float]


def read(state: CaseState, *, now: datetime, has_alert: bool = False, is_new: bool = False) -> Reading:
    """Judge a case now: its flags, its trend, and its rank (the smallest first)."""
    progress = progress_of(state)
    weights = [*_now(state, now, has_alert), *_soon(state, now, progress), *_contact(state, now)]
    if is_new:
        weights.append(Flag(35, "mild", "new"))
    flags = tuple(sorted(weights, key=lambda flag: -flag.weight))
    waited = (state.last_contact or state.opened_at).timestamp()
    return Reading(flags, trend_of(state), (-flags[0].weight if flags else 0, -state.tier, waited))


def progress_of(state: CaseState) -> Progress | None:
    """First against latest, by PHQ-9 and GAD-7; None after one measurement."""
    mood, worry = state.measured("phq9"), state.measured("gad7")
    if len(mood) < 2 and len(worry) < 2:
        return None
    return compare(
        Measurement(_at(mood, 0), _at(worry, 0)),
        Measurement(_at(mood, -1) if len(mood) > 1 else None, _at(worry, -1) if len(worry) > 1 else None),
    )


def trend_of(state: CaseState) -> Trend | None:
    """First and latest total of the instrument that speaks for this case; None before any that is still known."""
    known = instruments.load_all()
    measured = {score.instrument for score in state.scores} & known.keys()
    if not measured:
        return None
    code = min(measured, key=lambda code: (known[code].lead, code))
    totals = tuple(score.total for score in state.measured(code))
    return Trend(code, totals[0], totals[-1], totals, _change(code, totals))


def _change(code: str, totals: tuple[int, ...]) -> str:
    if len(totals) < 2:
        return ""
    gain = benefit(totals[0], totals[-1], direction=instruments.get(code).direction)
    limit = thresholds().get(code, {}).get("reliable")
    if limit is None or abs(gain) < limit:
        return "same"
    return "better" if gain > 0 else "worse"


def _now(state: CaseState, now: datetime, has_alert: bool) -> list[Flag]:
    flags = []
    if has_alert:
        flags.append(Flag(100, "severe", "alert"))
    if state.contact_due and state.last_contact is None:
        left = state.contact_due - now
        if left <= timedelta(0):
            flags.append(Flag(90, "severe", "contact_late"))
        elif left <= SOON:
            flags.append(Flag(70, "warn", "contact_soon"))
        else:
            flags.append(Flag(30, "quiet", "contact_open"))
    return flags


def _soon(state: CaseState, now: datetime, progress: Progress | None) -> list[Flag]:
    flags, today = [], clock.local(now).date()
    if state.suggested is not None and state.suggested > state.tier:
        flags.append(Flag(85, "high", "step_up", state.suggested))
    elif state.suggested is not None and state.suggested < state.tier:
        flags.append(Flag(25, "quiet", "step_down", state.suggested))
    if progress and progress.reliable_deterioration:
        flags.append(Flag(80, "high", "worse"))
    if state.next_review and state.next_review < today:
        days = (today - state.next_review).days
        flags.append(Flag(60, "warn", "review_late", days))
    elif state.next_review == today:
        flags.append(Flag(50, "mild", "review_today"))
    weeks, limit = state.weeks_in_care(today), load_table().flags.no_improvement_week
    if state.tier >= 2 and weeks >= limit and not (progress and progress.reliable_improvement):
        flags.append(Flag(45, "warn", "no_gain", weeks))
    return flags


def _contact(state: CaseState, now: datetime) -> list[Flag]:
    if state.last_contact is None:
        return []
    days, limits = (now - state.last_contact).days, load_table().flags
    if days >= limits.no_contact_red_days:
        return [Flag(65, "severe", "silence", days)]
    if days >= limits.no_contact_amber_days:
        return [Flag(40, "warn", "silence", days)]
    return []


def _at(scores: tuple[Score, ...], index: int) -> int | None:
    return scores[index].total if scores else None


def days_since(moment: datetime | None, today: date) -> int | None:
    """Days since a moment, on the district's calendar; None where there was none."""
    return None if moment is None else (today - clock.local(moment).date()).days
