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
class Receipt:
    """What a handed-in instrument was answered: digests of its submit key and of its answers, and the help card."""

    key: str
    sheet: str
    help_card: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """The state of a sitting.

    ``alerted`` holds, by item (``phq9.q9``), the strongest safety answer that has raised or joined its alert;
    ``receipts`` what each instrument that was handed in was answered, so that the same sheet sent again is answered
    the same.
    """

    battery: str
    started: datetime
    left: tuple[str, ...]
    done: tuple[str, ...] = ()
    answers: Mapping[str, Given] = field(default_factory=dict)
    alerted: Mapping[str, int] = field(default_factory=dict)
    receipts: Mapping[str, Receipt] = field(default_factory=dict)

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

    def unalerted(self, instrument: str, answers: Mapping[str, int]) -> dict[str, int]:
        """Those of these safety answers that say more than what this sitting's alert holds already."""
        return {item: value for item, value in answers.items() if value > self.alerted.get(f"{instrument}.{item}", -1)}

    def answered(self, item: str, given: Given) -> Draft:
        """The draft with one more answer, or a changed one."""
        return replace(self, answers={**self.answers, item: given})

    def having_alerted(self, instrument: str, answers: Mapping[str, int]) -> Draft:
        """The draft that remembers these alerts."""
        new = {f"{instrument}.{item}": value for item, value in answers.items()}
        return replace(self, alerted={**self.alerted, **new})

    def finished(self, instrument: str, left: Sequence[str], receipt: Receipt) -> Draft:
        """The draft after ``instrument``; its answers live on in the result."""
        receipts = {**self.receipts, instrument: receipt}
        return replace(self, done=(*self.done, instrument), left=tuple(left), answers={}, receipts=receipts)

    def after(self, instrument: str) -> str | None:
        """What came after an instrument that is done, None where it was the last."""
        return [*self.done, *self.left[:1], None][self.done.index(instrument) + 1]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, short, for sealing."""
        return {
            "battery": self.battery,
            "started": self.started.isoformat(timespec="seconds"),
            "left": list(self.left),
            "done": list(self.done),
            "answers": {item: [given.value, given.tenths] for item, given in self.answers.items()},
            "alerted": dict(self.alerted),
            "receipts": {each: [kept.key, kept.sheet, int(kept.help_card)] for each, kept in self.receipts.items()},
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
            alerted=_alerted(values["alerted"]),
            receipts={
                each: Receipt(key, sheet, bool(help_card))
                for each, (key, sheet, help_card) in values.get("receipts", {}).items()
            },
        )


def _alerted(held: Mapping[str, int] | Sequence[str]) -> Mapping[str, int]:
    """Drafts of older versions name the items alone: whatever is answered there now says more."""
    return held if isinstance(held, dict) else dict.fromkeys(held, 0)
