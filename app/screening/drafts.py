"""What a sitting holds while it is open: which instruments are done and left, and the answers to the present one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FRESH = timedelta(days=7)
"""Answers speak of the last two weeks: a sitting left alone for longer than this starts again (policy)."""


@dataclass(frozen=True, slots=True)
class Given:
    """One answer, and the tenths of a second it took where the browser counted them."""

    value: int
    tenths: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The state of a sitting. ``alerted`` names the safety answers that have raised their alert (``phq9.q9``)."""

    battery: str
    started: datetime
    left: tuple[str, ...]
    done: tuple[str, ...] = ()
    answers: Mapping[str, Given] = field(default_factory=dict)
    alerted: tuple[str, ...] = ()

    @property
    def present(self) -> str | None:
        """The instrument to be answered now, None when the sitting is complete."""
        return self.left[0] if self.left else None

    @property
    def values(self) -> dict[str, int]:
        """The answers so far by item."""
        return {item: given.value for item, given in self.answers.items()}

    @property
    def seconds(self) -> dict[str, float]:
        """The time each answer took, where it is known."""
        return {item: given.tenths / 10 for item, given in self.answers.items() if given.tenths is not None}

    def is_fresh(self, now: datetime) -> bool:
        """Whether its answers still belong together."""
        return now - self.started < FRESH

    def unalerted(self, instrument: str, items: Sequence[str]) -> tuple[str, ...]:
        """Those of these safety items that have not raised their alert in this sitting."""
        return tuple(item for item in items if f"{instrument}.{item}" not in self.alerted)

    def answered(self, item: str, given: Given) -> Draft:
        """The draft with one more answer, or a changed one."""
        return replace(self, answers={**self.answers, item: given})

    def having_alerted(self, instrument: str, items: Sequence[str]) -> Draft:
        """The draft that remembers these alerts."""
        return replace(self, alerted=(*self.alerted, *(f"{instrument}.{item}" for item in items)))

    def finished(self, instrument: str, left: Sequence[str]) -> Draft:
        """The draft after ``instrument``; its answers live on in the response."""
        return replace(self, done=(*self.done, instrument), left=tuple(left), answers={})

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, short, for sealing."""
        return {
            "battery": self.battery,
            "started": self.started.isoformat(timespec="seconds"),
            "left": list(self.left),
            "done": list(self.done),
            "answers": {item: [given.value, given.tenths] for item, given in self.answers.items()},
            "alerted": list(self.alerted),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Draft:
        """The draft from what ``to_json`` gave."""
        return cls(
            battery=values["battery"],
            started=datetime.fromisoformat(values["started"]),
            left=tuple(values["left"]),
            done=tuple(values["done"]),
            answers={item: Given(*given) for item, given in values["answers"].items()},
            alerted=tuple(values["alerted"]),
        )
