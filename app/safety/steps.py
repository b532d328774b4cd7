"""What happened to an alert, and what is still missing before it may close: pure rules over its log."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

REACHED = "reached"
REPORTS = 40
LOST = "lost"
"""The source of the report that stands for a log which cannot be read."""
ATTEMPTS, CHANNELS = 3, 2
"""Somebody who cannot be reached counts as contacted after three attempts by two channels (policy)."""


class Kind(enum.StrEnum):
    """One kind of step in the life of an alert."""

    ACKNOWLEDGED = "acknowledged"
    CONTACT = "contact"
    ASSESSMENT = "assessment"
    DECISION = "decision"
    PLAN = "plan"
    PROPOSED = "proposed"
    RETURNED = "returned"
    SIGNED = "signed"
    ESCALATED = "escalated"
    PUT_BACK = "put_back"


NEEDED = (Kind.ACKNOWLEDGED, Kind.CONTACT, Kind.ASSESSMENT, Kind.DECISION, Kind.PLAN)
"""What must stand before closing may be proposed; the signature comes last."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``choice`` is an outcome, a level of risk, a decision or a rung; ``channel`` a contact's way."""

    kind: Kind
    at: datetime
    by: UUID | None = None
    choice: str = ""
    channel: str = ""
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        """As JSON values, for sealing."""
        by = self.by.hex if self.by else None
        return {
            "kind": self.kind.value,
            "at": self.at.isoformat(),
            "by": by,
            "choice": self.choice,
            "channel": self.channel,
            "text": self.text,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Step:
        """From what ``to_json`` gave."""
        by = UUID(values["by"]) if values["by"] else None
        at = datetime.fromisoformat(values["at"])
        return cls(Kind(values["kind"]), at, by, values["choice"], values["channel"], values["text"])


@dataclass(frozen=True, slots=True)
class Report:
    """A safety answer: what was answered where and when. ``value`` is the option's, None where it is not known.

    ``told`` says that people are told of it: the first of an alert, and each that is worse than all before it.
    """

    source: str
    instrument: str
    item: str
    at: datetime
    value: int | None = None
    told: bool = True

    def to_json(self) -> list[Any]:
        """As JSON values, for sealing."""
        return [self.source, self.instrument, self.item, self.at.isoformat(), self.value, self.told]

    @classmethod
    def from_json(cls, values: Sequence[Any]) -> Report:
        """From what ``to_json`` gave."""
        source, instrument, item, at, value, told = values
        return cls(source, instrument, item, datetime.fromisoformat(at), value, told)

    def is_worse_than(self, earlier: Iterable[Report]) -> bool:
        """Whether it speaks of a danger of which none of these spoke, or more strongly than all of them."""
        same = [each.value or 0 for each in earlier if (each.instrument, each.item) == (self.instrument, self.item)]
        return not same or (self.value or 0) > max(same)


@dataclass(frozen=True, slots=True)
class State:
    """An alert's log: the safety answers that raised it and came after, and what was done, each in order."""

    reports: tuple[Report, ...]
    steps: tuple[Step, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As JSON values, for sealing."""
        return {
            "reports": [report.to_json() for report in self.reports],
            "steps": [step.to_json() for step in self.steps],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> State:
        """From what ``to_json`` gave, or gave before an alert could hold several answers."""
        steps = tuple(Step.from_json(step) for step in values["steps"])
        if "reports" not in values:
            raised_at = datetime.fromisoformat(values["raised_at"])
            return cls((Report(values["source"], values["instrument"], values["item"], raised_at),), steps)
        return cls(tuple(Report.from_json(report) for report in values["reports"]), steps)

    @classmethod
    def lost(cls, since: datetime) -> State:
        """The log of an alert whose own cannot be read: nothing was done that anybody knows of, and it is late."""
        return cls((Report(LOST, "", "", since),))

    @property
    def is_lost(self) -> bool:
        """Whether what was written first cannot be read."""
        return self.reports[0].source == LOST

    @property
    def raised_at(self) -> datetime:
        """When the first answer came: from here all clocks run, whatever came later."""
        return self.reports[0].at

    @property
    def told_at(self) -> datetime:
        """When the last answer came of which people were told."""
        return max(report.at for report in self.reports if report.told)

    @property
    def is_told_again(self) -> bool:
        """Whether a worse answer came and nobody has been in contact since."""
        return self.told_at > self.raised_at and not any(step.at >= self.told_at for step in self.of(Kind.CONTACT))

    def with_report(self, report: Report) -> State:
        """The log with one more answer. The same answer of the same source again changes nothing.

        At most ``REPORTS`` that are no worse are kept: a person who answers again and again stays one alert.
        """
        same = [each for each in self.reports if each.source == report.source]
        if same and not report.is_worse_than(same):
            return self
        worse = report.is_worse_than(self.reports)
        if not worse and len(self.reports) >= REPORTS:
            return self
        return replace(self, reports=(*self.reports, replace(report, told=worse)))

    def after(self, step: Step) -> State:
        """The log with one more step."""
        return replace(self, steps=(*self.steps, step))

    def of(self, kind: Kind) -> tuple[Step, ...]:
        """The steps of one kind, oldest first."""
        return tuple(step for step in self.steps if step.kind is kind)

    def has(self, kind: Kind) -> bool:
        """Whether there is such a step."""
        return any(step.kind is kind for step in self.steps)

    @property
    def missing(self) -> tuple[Kind, ...]:
        """What closing still needs, in the order in which it is done."""
        return tuple(kind for kind in NEEDED if not self._stands(kind))

    @property
    def proposal(self) -> Step | None:
        """The proposal to close that waits for a signature; a worse answer since then has overtaken it."""
        closing = [step for step in self.steps if step.kind in {Kind.PROPOSED, Kind.RETURNED, Kind.SIGNED}]
        waits = closing and closing[-1].kind is Kind.PROPOSED and closing[-1].at >= self.told_at
        return closing[-1] if waits else None

    def _stands(self, kind: Kind) -> bool:
        """Whether this is done; a worse answer asks for all of it anew, except who has taken the alert."""
        if kind is Kind.ACKNOWLEDGED:
            return self.has(kind)
        since = [step for step in self.of(kind) if step.at >= self.told_at]
        if kind is not Kind.CONTACT:
            return bool(since)
        contacts = since
        tried_enough = len(contacts) >= ATTEMPTS and len({step.channel for step in contacts}) >= CHANNELS
        return tried_enough or any(step.choice == REACHED for step in contacts)
