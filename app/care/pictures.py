"""What a case looks like: its trends on named zones, and the profile of dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from app.core.dimensions import DIMENSION_NAMES, Dimension
from app.screening import instruments
from app.web import charts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.care.services.life import Axis
    from app.care.state import CaseState, Score

TONES = ("good", "mild", "warn", "high", "severe")


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing and the same figures as rows."""

    title: str
    drawing: str
    rows: Sequence[tuple[str, object]]


def trends(state: CaseState, language: str) -> list[Picture]:
    """One trend for each instrument, that measured most often first."""
    codes = sorted({score.instrument for score in state.scores}, key=lambda code: (-len(state.measured(code)), code))
    return [_trend(code, state.measured(code), language) for code in codes]


def profile(axes: Sequence[Axis], language: str) -> str | None:
    """The radar of dimensions, outwards is harder; None below three dimensions, where a radar says nothing."""
    worst: dict[str, Axis] = {}
    for axis in axes:
        if axis.dimension not in worst or axis.share > worst[axis.dimension].share:
            worst[axis.dimension] = axis
    title, about = _("Profile"), _("Share of the scale for each dimension, outwards is harder")
    if len(worst) < 3:
        bars = [charts.Bar(dimension(code, language), axis.share, axis.total) for code, axis in worst.items()]
        return charts.bars(bars, title=title, description=about, most=1) if bars else None
    found = [charts.Axis(dimension(code, language), axis.share, axis.total) for code, axis in worst.items()]
    return charts.radar(found, title=title, description=about)


def dimension(code: str, language: str) -> str:
    """The name of a dimension."""
    return DIMENSION_NAMES[Dimension(code)](language)


def band(code: str, total: int | None, language: str) -> tuple[str, str]:
    """The counsellor's word for a total, and its tone."""
    if total is None:
        return _("incomplete"), "quiet"
    found = instruments.get(code).band_of(total)
    return found.clinical(language), TONES[min(found.level, len(TONES) - 1)]


def _trend(code: str, scores: Sequence[Score], language: str) -> Picture:
    instrument = instruments.get(code)
    zones = [
        charts.Zone(each.minimum, each.maximum, each.clinical(language), TONES[min(each.level, len(TONES) - 1)])
        for each in instrument.bands
    ]
    limit = instrument.cut_off_set().total
    title = instrument.title(language)
    drawing = charts.trend(
        [charts.Point(score.day, score.total) for score in scores],
        zones=zones,
        cutoffs=[charts.Cutoff(limit, limit)],
        title=title,
        description=_("Totals over time, with the cut-off as a dashed line"),
    )
    return Picture(title, drawing, [(score.day.isoformat(), score.total) for score in scores])
