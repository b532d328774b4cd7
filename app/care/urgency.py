"""Who needs a counsellor first, and why, in words: pure rules over a case's state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import lazy_gettext as _l

from app.care.progress import Measurement, benefit, compare, thresholds
from app.care.state import Happening
from app.care.tiers import load_table
from app.core import clock
from app.screening import instruments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.care.progress import Progress
    from app.care.state import CaseState, Score

SOON = timedelta(hours=24)
DRAWN = 12
"""How many totals a list draws."""


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
    """First, latest and last few totals of one instrument; ``change`` is better, worse, same, or empty after one."""

    instrument: str
    first: int
    last: int
    totals: tuple[int, ...]
    change: str


class Brief(NamedTuple):
    """What lists need to know of a case, short enough to keep beside it; ``waits_since`` is of a proposed tier."""

    tier: int
    is_confirmed: bool
    waiting: int | None
    suggested: int | None
    opened_at: datetime
    contact_due: datetime | None
    last_contact: datetime | None
    next_review: date | None
    trend: Trend | None
    is_better: bool
    is_worse: bool
    proposer: str
    waits_since: datetime | None

    def to_json(self) -> list[Any]:
        """As JSON values, for sealing."""
        return [value.isoformat() if isinstance(value, date) else value for value in self]

    @classmethod
    def from_json(cls, values: Sequence[Any]) -> Brief:
        """From what ``to_json`` gave."""
        tier, is_confirmed, waiting, suggested, opened, due, contact, review, trend, *rest = values
        better, worse, proposer, since = rest
        return cls(
            tier,
            is_confirmed,
            waiting,
            suggested,
            datetime.fromisoformat(opened),
            _moment(due),
            _moment(contact),
            date.fromisoformat(review) if review else None,
            Trend(trend[0], trend[1], trend[2], tuple(trend[3]), trend[4]) if trend else None,
            better,
            worse,
            proposer,
            _moment(since),
        )

    def weeks_in_care(self, today: date) -> int:
        """Full weeks since the case was opened."""
        return (today - self.opened_at.date()).days // 7


@dataclass(frozen=True, slots=True)
class Reading:
    """What a look at a case says today."""

    flags: tuple[Flag, ...]
    trend: Trend | None
    rank: tuple[int, int, float]


def read(state: CaseState, *, now: datetime, has_alert: bool = False, is_new: bool = False) -> Reading:
    """Judge a case now: its flags, its trend, and its rank (the smallest first)."""
    return judge(brief_of(state), now=now, has_alert=has_alert, is_new=is_new)


def brief_of(state: CaseState) -> Brief:
    """What lists need of a case's state."""
    progress = progress_of(state)
    proposal = state.last(Happening.TIER_PROPOSED) if state.waiting is not None else None
    return Brief(
        tier=state.tier,
        is_confirmed=state.is_confirmed,
        waiting=state.waiting,
        suggested=state.suggested,
        opened_at=state.opened_at,
        contact_due=state.contact_due,
        last_contact=state.last_contact,
        next_review=state.next_review,
        trend=trend_of(state),
        is_better=bool(progress and progress.reliable_improvement),
        is_worse=bool(progress and progress.reliable_deterioration),
        proposer=proposal.by if proposal else "",
        waits_since=proposal.at if proposal else None,
    )


def judge(case: Brief, *, now: datetime, has_alert: bool = False, is_new: bool = False) -> Reading:
    """Judge a case now, as ``read`` does, without its file."""
    weights = [*_now(case, now, has_alert), *_soon(case, now), *_contact(case, now)]
    if is_new:
        weights.append(Flag(35, "mild", "new"))
    flags = tuple(sorted(weights, key=lambda flag: -flag.weight))
    waited = (case.last_contact or case.opened_at).timestamp()
    return Reading(flags, case.trend, (-flags[0].weight if flags else 0, -case.tier, waited))


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
    return Trend(code, totals[0], totals[-1], totals[-DRAWN:], _change(code, totals))


def _change(code: str, totals: tuple[int, ...]) -> str:
    if len(totals) < 2:
        return ""
    gain = benefit(totals[0], totals[-1], direction=instruments.get(code).direction)
    limit = thresholds().get(code, {}).get("reliable")
    if limit is None or abs(gain) < limit:
        return "same"
    return "better" if gain > 0 else "worse"


def _now(case: Brief, now: datetime, has_alert: bool) -> list[Flag]:
    flags = []
    if has_alert:
        flags.append(Flag(100, "severe", "alert"))
    if case.contact_due and case.last_contact is None:
        left = case.contact_due - now
        if left <= timedelta(0):
            flags.append(Flag(90, "severe", "contact_late"))
        elif left <= SOON:
            flags.append(Flag(70, "warn", "contact_soon"))
        else:
            flags.append(Flag(30, "quiet", "contact_open"))
    return flags


def _soon(case: Brief, now: datetime) -> list[Flag]:
    flags, today = [], clock.local(now).date()
    if case.suggested is not None and case.suggested > case.tier:
        flags.append(Flag(85, "high", "step_up", case.suggested))
    elif case.suggested is not None and case.suggested < case.tier:
        flags.append(Flag(25, "quiet", "step_down", case.suggested))
    if case.is_worse:
        flags.append(Flag(80, "high", "worse"))
    if case.next_review and case.next_review < today:
        days = (today - case.next_review).days
        flags.append(Flag(60, "warn", "review_late", days))
    elif case.next_review == today:
        flags.append(Flag(50, "mild", "review_today"))
    weeks, limit = case.weeks_in_care(today), load_table().flags.no_improvement_week
    if case.tier >= 2 and weeks >= limit and not case.is_better:
        flags.append(Flag(45, "warn", "no_gain", weeks))
    return flags


def _contact(case: Brief, now: datetime) -> list[Flag]:
    if case.last_contact is None:
        return []
    days, limits = (now - case.last_contact).days, load_table().flags
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


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
