"""A result as a person reads it: plain words, a picture with zones, the way it has gone, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from app.core import clock
from app.screening import instruments
from app.screening.instruments import Direction, NextStep
from app.screening.self_help import tips_for
from app.web.charts import Point, Zone, gauge, trend

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from markupsafe import Markup  # noqa: TID251 -- named as a type, never made

    from app.screening.instruments import Instrument
    from app.screening.scoring import Scored
    from app.screening.self_help import Tip
    from app.screening.services import ResultView

TONES = ("good", "mild", "warn", "high", "severe")
LATEST = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """One instrument's result in one language."""

    title: str
    band: str
    tone: str
    level: int
    headline: str
    explanation: str
    steps: tuple[NextStep, ...]
    picture: Markup
    credit: str
    careless: bool
    safety: bool
    dimensions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Taken:
    """A sitting's results together; ``first`` is the one that matters most and speaks for all."""

    at: datetime | None
    readings: tuple[Reading, ...]

    @property
    def first(self) -> Reading:
        """The reading whose words come first."""
        return max(self.readings, key=lambda reading: (reading.safety, reading.level))

    @property
    def told_us(self) -> bool:
        """Whether an answer spoke of danger: then thanks come before everything a total could say."""
        return any(reading.safety for reading in self.readings)

    @property
    def needs_help_now(self) -> bool:
        """Whether the help card belongs on the page."""
        return any(reading.safety or NextStep.HELP_NOW in reading.steps for reading in self.readings)

    @property
    def careless(self) -> bool:
        """Whether to say that the answers came faster than anybody reads: never to somebody who spoke of danger."""
        return not self.told_us and any(reading.careless for reading in self.readings)

    @property
    def tips(self) -> list[Tip]:
        """What to try today."""
        return tips_for(self.first.dimensions)


def read(scored: Scored, language: str) -> Reading:
    """One complete result in words and as a picture."""
    instrument = instruments.get(scored.instrument)
    total, band = scored.total or 0, instrument.band(str(scored.band))
    dimensions = (instrument.dimension, *(scale.dimension for scale in instrument.subscales))
    return Reading(
        title=instrument.short(language),
        band=band.name(language),
        tone=TONES[band.level],
        level=band.level,
        headline=band.result.headline(language),
        explanation=band.result.explanation(language),
        steps=band.result.next_steps,
        picture=_picture(instrument, total, language),
        credit=f"{instrument.title(language)} · {instrument.licence.credit(language)}",
        careless=scored.careless,
        safety=bool(scored.safety),
        dimensions=frozenset(map(str, dimensions)),
    )


def take_together(views: Sequence[ResultView], language: str) -> Taken:
    """The results of one sitting, without short forms whose questions the longer ones have asked again."""
    shown = [view for view in views if not _is_asked_again(view, views)]
    return Taken(views[-1].at, tuple(read(view.scored, language) for view in shown))


def history(views: Sequence[ResultView], language: str) -> list[tuple[str, Markup]]:
    """For every instrument answered more than once, its name and the way it has gone."""
    by_code: dict[str, list[ResultView]] = {}
    for view in views:
        by_code.setdefault(view.scored.instrument, []).append(view)
    repeated = {code: taken[-LATEST:] for code, taken in by_code.items() if len(taken) > 1}
    return [(instruments.get(code).short(language), _trend(code, taken, language)) for code, taken in repeated.items()]


def _is_asked_again(view: ResultView, views: Sequence[ResultView]) -> bool:
    mine = _codes(view)
    others = set().union(*(_codes(other) for other in views if other is not view))
    return bool(mine) and mine < others


def _codes(view: ResultView) -> set[str]:
    return {item.loinc for item in instruments.get(view.scored.instrument).items if item.loinc}


def _zones(instrument: Instrument, language: str) -> list[Zone]:
    return [Zone(band.minimum, band.maximum, band.name(language), TONES[band.level]) for band in instrument.bands]


def _picture(instrument: Instrument, total: int, language: str) -> Markup:
    band = instrument.band_of(total).name(language)
    said = _("%(total)s of %(most)s, %(band)s.", total=total, most=instrument.maximum, band=band)
    return gauge(
        total,
        zones=_zones(instrument, language),
        title=instrument.short(language),
        description=f"{said} {_way(instrument)}",
    )


def _trend(code: str, taken: Sequence[ResultView], language: str) -> Markup:
    instrument = instruments.get(code)
    points = [Point(clock.local(view.at).date(), view.scored.total or 0) for view in taken]
    said = _("From the first to the last: %(values)s.", values=", ".join(f"{point.value:g}" for point in points))
    return trend(
        points,
        zones=_zones(instrument, language),
        title=instrument.short(language),
        description=f"{said} {_way(instrument)}",
    )


def _way(instrument: Instrument) -> str:
    if instrument.direction is Direction.HIGHER_IS_BETTER:
        return str(_("Higher is better."))
    return str(_("Lower is better."))
