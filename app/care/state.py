"""What a case knows of itself: stage, tier, dates, scores and history; each change gives a new state."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from app.core.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SIGNED_FROM = 3
"""Tiers from here on are confirmed by a supervisor, and not by whoever proposed them (policy)."""


class Stage(enum.StrEnum):
    """Where a case stands in the workflow."""

    NEW = "new"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    IN_CARE = "in_care"
    CLOSED = "closed"


STAGE_NAMES = {
    Stage.NEW: _l("New"),
    Stage.ASSESSMENT: _l("Assessment"),
    Stage.PLAN: _l("Plan"),
    Stage.IN_CARE: _l("In care"),
    Stage.CLOSED: _l("Closed"),
}
NEXT = {Stage.NEW: Stage.ASSESSMENT, Stage.ASSESSMENT: Stage.PLAN, Stage.PLAN: Stage.IN_CARE}


class Happening(enum.StrEnum):
    """One kind of line in the history."""

    OPENED = "opened"
    STAGE = "stage"
    TIER_PROPOSED = "tier_proposed"
    TIER_CONFIRMED = "tier_confirmed"
    TIER_RETURNED = "tier_returned"
    REVIEW = "review"
    ASSIGNED = "assigned"
    CLOSED = "closed"
    REOPENED = "reopened"


HAPPENING_NAMES = {
    Happening.OPENED: _l("Case taken"),
    Happening.STAGE: _l("Next stage"),
    Happening.TIER_PROPOSED: _l("Tier proposed, waits for a signature"),
    Happening.TIER_CONFIRMED: _l("Tier confirmed"),
    Happening.TIER_RETURNED: _l("Proposed tier returned"),
    Happening.REVIEW: _l("Next review set"),
    Happening.ASSIGNED: _l("Case handed over"),
    Happening.CLOSED: _l("Case closed"),
    Happening.REOPENED: _l("Case opened again"),
}


@dataclass(frozen=True, slots=True)
class Score:
    """A total on a day."""

    day: date
    instrument: str
    total: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history: what happened, when, by whom (hex of a staff account), to what, and why."""

    what: Happening
    at: datetime
    by: str = ""
    to: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class CaseState:
    """The sealed content of a case. ``tier`` is the one in force; ``waiting`` one that needs a signature,
    ``suggested`` one that newer results propose and nobody has judged yet.
    """

    stage: Stage
    opened_at: datetime
    tier: int
    is_confirmed: bool = False
    waiting: int | None = None
    suggested: int | None = None
    reasons: tuple[tuple[str, int | None], ...] = ()
    contact_due: datetime | None = None
    last_contact: datetime | None = None
    next_review: date | None = None
    scores: tuple[Score, ...] = ()
    history: tuple[Line, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As JSON values, for sealing."""
        return {
            "stage": self.stage.value,
            "opened_at": self.opened_at.isoformat(timespec="seconds"),
            "tier": self.tier,
            "confirmed": self.is_confirmed,
            "waiting": self.waiting,
            "suggested": self.suggested,
            "reasons": [list(reason) for reason in self.reasons],
            "contact_due": _text(self.contact_due),
            "last_contact": _text(self.last_contact),
            "next_review": self.next_review.isoformat() if self.next_review else None,
            "scores": [[score.day.isoformat(), score.instrument, score.total] for score in self.scores],
            "history": [
                [line.what.value, line.at.isoformat(timespec="seconds"), line.by, line.to, line.why]
                for line in self.history
            ],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> CaseState:
        """From what ``to_json`` gave."""
        return cls(
            stage=Stage(values["stage"]),
            opened_at=datetime.fromisoformat(values["opened_at"]),
            tier=values["tier"],
            is_confirmed=values["confirmed"],
            waiting=values["waiting"],
            suggested=values.get("suggested"),
            reasons=tuple((code, value) for code, value in values["reasons"]),
            contact_due=_moment(values["contact_due"]),
            last_contact=_moment(values["last_contact"]),
            next_review=date.fromisoformat(values["next_review"]) if values["next_review"] else None,
            scores=tuple(Score(date.fromisoformat(day), code, total) for day, code, total in values["scores"]),
            history=tuple(
                Line(Happening(what), datetime.fromisoformat(at), by, to, why)
                for what, at, by, to, why in values["history"]
            ),
        )

    def proposer(self) -> str:
        """Who proposed the tier that waits (hex), empty where none waits."""
        return self.last(Happening.TIER_PROPOSED).by if self.waiting is not None else ""

    def last(self, what: Happening) -> Line:
        """The newest line of a kind. Raises ``LookupError`` where there is none."""
        return [line for line in self.history if line.what is what][-1]

    def measured(self, instrument: str) -> tuple[Score, ...]:
        """The totals of one instrument, oldest first."""
        return tuple(score for score in self.scores if score.instrument == instrument)

    def weeks_in_care(self, today: date) -> int:
        """Full weeks since the case was opened."""
        return (today - self.opened_at.date()).days // 7

    def with_line(self, line: Line, **changes: Any) -> CaseState:
        """Changed, with one more line of history."""
        return replace(self, history=(*self.history, line), **changes)

    def with_scores(self, more: Iterable[Score]) -> CaseState:
        """With more totals, in order of their days."""
        return replace(self, scores=tuple(sorted((*self.scores, *more), key=lambda score: score.day)))


def set_tier(state: CaseState, tier: int, *, at: datetime, by: str, why: str) -> CaseState:
    """Confirm or override the tier; from ``SIGNED_FROM`` on it waits for a signature. Raises ``Refused``."""
    require_open(state)
    differs = tier != (state.tier if state.suggested is None else state.suggested)
    if differs and not why.strip():
        raise Refused(_l("Please say why you choose another tier than the proposed one."))
    if tier >= SIGNED_FROM:
        return state.with_line(Line(Happening.TIER_PROPOSED, at, by, str(tier), why), waiting=tier, suggested=None)
    line = Line(Happening.TIER_CONFIRMED, at, by, str(tier), why)
    return state.with_line(line, tier=tier, is_confirmed=True, waiting=None, suggested=None)


def sign_tier(state: CaseState, *, at: datetime, by: str) -> CaseState:
    """Sign the tier that waits. Raises ``Refused`` for one's own proposal or where none waits."""
    tier = _require_signable(state, by)
    line = Line(Happening.TIER_CONFIRMED, at, by, str(tier))
    return state.with_line(line, tier=tier, is_confirmed=True, waiting=None)


def return_tier(state: CaseState, *, at: datetime, by: str, why: str) -> CaseState:
    """Give a proposed tier back with a reason. Raises ``Refused``."""
    tier = _require_signable(state, by)
    if not why.strip():
        raise Refused(_l("Please say why you return it."))
    return state.with_line(Line(Happening.TIER_RETURNED, at, by, str(tier), why), waiting=None)


def move_stage(state: CaseState, stage: Stage, *, at: datetime, by: str) -> CaseState:
    """Go on to the next stage of the workflow. Raises ``Refused`` for any other."""
    if NEXT.get(state.stage) is not stage:
        raise Refused(_l("A case goes from new to assessment, plan and care, one step at a time."))
    return state.with_line(Line(Happening.STAGE, at, by, stage.value), stage=stage)


def note_contact(state: CaseState, *, at: datetime, by: str, reached: bool) -> CaseState:
    """A contact: only one that reached the person counts as the last; the first one begins the assessment."""
    if not reached or (state.last_contact and state.last_contact >= at):
        return state
    begun = replace(state, last_contact=at)
    return move_stage(begun, Stage.ASSESSMENT, at=at, by=by) if begun.stage is Stage.NEW else begun


def close(state: CaseState, *, at: datetime, by: str, why: str) -> CaseState:
    """Close the case. Raises ``Refused`` without a reason or while a tier waits for its signature."""
    require_open(state)
    if not why.strip():
        raise Refused(_l("Please say why the case is closed."))
    if state.waiting is not None:
        raise Refused(_l("A tier still waits for a supervisor's signature."))
    return state.with_line(Line(Happening.CLOSED, at, by, why=why), stage=Stage.CLOSED, next_review=None)


def reopen(state: CaseState, *, at: datetime, by: str, why: str) -> CaseState:
    """Open a closed case again: it goes back to the assessment. Raises ``Refused``."""
    if state.stage is not Stage.CLOSED:
        raise Refused(_l("This case is open."))
    if not why.strip():
        raise Refused(_l("Please say why the case is opened again."))
    return state.with_line(Line(Happening.REOPENED, at, by, why=why), stage=Stage.ASSESSMENT)


def require_open(state: CaseState) -> None:
    """Raise ``Refused`` for a closed case."""
    if state.stage is Stage.CLOSED:
        raise Refused(_l("This case is closed."))


def _require_signable(state: CaseState, by: str) -> int:
    if state.waiting is None:
        raise Refused(_l("Nothing waits for a signature here any more."))
    if state.proposer() == by:
        raise Refused(_l("Nobody signs their own proposal: please ask another supervisor."))
    return state.waiting


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
