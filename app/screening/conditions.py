"""A small safe language for rules in data: one condition is one measure of one result, or one fact, within bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

MEASURES = ("total", "positive", "safety", "any_subscale")


class Measured(Protocol):
    """What a condition needs of a result; ``scoring.Scored`` is one."""

    @property
    def instrument(self) -> str:
        """The instrument's code."""

    @property
    def total(self) -> int | None:
        """The total, None where an item is missing."""

    @property
    def positive(self) -> bool | None:
        """Whether the cut-off was reached."""

    @property
    def safety(self) -> tuple[str, ...]:
        """The safety items that fired."""

    @property
    def subscales(self) -> Mapping[str, int | None]:
        """Sub-scale totals by code."""


@dataclass(frozen=True, slots=True)
class Condition:
    """``measure`` of ``instrument`` (any instrument where None), or a ``fact``, between ``minimum`` and ``maximum``."""

    instrument: str | None
    measure: str | None
    fact: str | None
    minimum: int | None
    maximum: int | None

    def value_in(self, result: Measured) -> int | None:
        """The measured value in this result, None where it does not speak of it or lies out of bounds."""
        if self.measure is None or self.instrument not in {None, result.instrument}:
            return None
        return self._within(_measure(result, self.measure))

    def value_of(self, facts: Mapping[str, int | None]) -> int | None:
        """The value of the fact, None where it is not known or lies out of bounds."""
        return self._within(facts[self.fact]) if self.fact else None

    def _within(self, value: int | None) -> int | None:
        if value is None:
            return None
        low = self.minimum is None or value >= self.minimum
        high = self.maximum is None or value <= self.maximum
        return value if low and high else None


def read_condition(table: Mapping[str, Any]) -> Condition:
    """Read one condition. Raises ValueError for a word the language does not have."""
    if unknown := set(table) - {"instrument", "measure", "fact", "min", "max"}:
        raise ValueError(f"a condition does not know {sorted(unknown)}")
    if ("measure" in table) == ("fact" in table) or not {"min", "max"} & set(table):
        raise ValueError("a condition has a measure or a fact, and min or max")
    measure = table.get("measure")
    if measure is not None and measure not in MEASURES and not measure.startswith("subscales."):
        raise ValueError(f"there is no measure {measure}")
    return Condition(table.get("instrument"), measure, table.get("fact"), table.get("min"), table.get("max"))


def _measure(result: Measured, measure: str) -> int | None:
    if measure == "total":
        return result.total
    if measure == "positive":
        return None if result.positive is None else int(result.positive)
    if measure == "safety":
        return len(result.safety)
    if measure == "any_subscale":
        return max((value for value in result.subscales.values() if value is not None), default=None)
    return result.subscales.get(measure.removeprefix("subscales."))
