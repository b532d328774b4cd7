"""What happened to an alert, and what is still missing before it may close: pure rules over its log."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

REACHED = "reached"
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
class State:
    """An alert's log: where it came from, when, and its steps in order."""

    source: str
    instrument: str
    item: str
    raised_at: datetime
    steps: tuple[Step, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As JSON values, for sealing."""
        return {
            "source": self.source,
            "instrument": self.instrument,
            "item": self.item,
            "raised_at": self.raised_at.isoformat(),
            "steps": [step.to_json() for step in self.steps],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> State:
        """From what ``to_json`` gave."""
        steps = tuple(Step.from_json(step) for step in values["steps"])
        raised_at = datetime.fromisoformat(values["raised_at"])
        return cls(values["source"], values["instrument"], values["item"], raised_at, steps)

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
        """The proposal to close that waits for a signature."""
        closing = [step for step in self.steps if step.kind in {Kind.PROPOSED, Kind.RETURNED, Kind.SIGNED}]
        return closing[-1] if closing and closing[-1].kind is Kind.PROPOSED else None

    def _stands(self, kind: Kind) -> bool:
        if kind is not Kind.CONTACT:
            return self.has(kind)
        contacts = self.of(Kind.CONTACT)
        tried_enough = len(contacts) >= ATTEMPTS and len({step.channel for step in contacts}) >= CHANNELS
        return tried_enough or any(step.choice == REACHED for step in contacts)
