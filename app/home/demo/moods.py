"""How the fictional workers are doing, as numbers: pure functions of a random generator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.screening import instruments
from app.screening.scoring import Scored, is_asked, score

if TYPE_CHECKING:
    from random import Random

    from app.screening.instruments import Instrument

LEVELS = ((0.62, 0.02, 0.13), (0.2, 0.16, 0.3), (0.12, 0.36, 0.5), (0.06, 0.55, 0.7))
"""Shares of the workers, and the stretch in which the strain of each share lies (0 calm, 1 worst)."""


@dataclass(frozen=True)
class Mood:
    """A person's strain a year ago, and what a month of care or of time changes in it."""

    strain: float
    drift: float

    def at(self, months_ago: float) -> float:
        """The strain so many months ago, between 0 and 1."""
        return min(0.95, max(0.02, self.strain + self.drift * (12 - months_ago)))


def draw_mood(rng: Random) -> Mood:
    """Somebody's mood: most people are well."""
    shares = [share for share, _, _ in LEVELS]
    _, low, high = rng.choices(LEVELS, shares)[0]
    return Mood(rng.uniform(low, high), rng.gauss(-0.004, 0.01))


def answer(rng: Random, code: str, strain: float, *, unsafe: bool = False) -> tuple[Scored, dict[str, int]]:
    """Answers that fit the strain, and their result. Safety items are answered only by those who are ``unsafe``."""
    instrument = instruments.get(code)
    given = {item.id: _value(rng, instrument, item.values, strain) for item in instrument.scored_items}
    for item in instrument.scored_items:
        if item.safety is not None:
            given[item.id] = item.safety if unsafe else 0
    scored = score(instrument, given)
    for item in instrument.unscored_items:
        if is_asked(item, scored):
            given[item.id] = _value(rng, instrument, item.values, strain)
    return scored, given


def _value(rng: Random, instrument: Instrument, values: tuple[int, ...], strain: float) -> int:
    upwards = instrument.direction is instruments.Direction.HIGHER_IS_BETTER
    wanted = (1 - strain if upwards else strain) * max(values) + rng.gauss(0, 0.45)
    return min(values, key=lambda value: abs(value - wanted))
