"""The lines of the caseload as plain strings, so that two hundred of them cost the template next to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flask_babel import gettext as _

from app.care.tiers import load_table
from app.care.urgency import FLAG_NAMES
from app.core.words import instrument_name
from app.web.languages import format_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from app.care.services.caseload import Row

TONES = ("quiet", "mild", "warn", "high", "severe")
SHOWN = 2


class Line(NamedTuple):
    """One line; ``flags`` are pairs of tone and words."""

    id: str
    name: str
    who: str
    flags: Sequence[tuple[str, str]]
    tone: str
    tier: str
    waits: str
    change: str
    score: str
    points: str
    weeks: str
    contact: str
    review: str


def lines(rows: Sequence[Row], names: Mapping[UUID, str], language: str) -> list[Line]:
    """Every row in words of one language, each sentence looked up once."""
    flags = {code: str(words) for code, words in FLAG_NAMES.items()}
    tiers = [f"{tier.level} {tier.name(language)}" for tier in load_table().tiers]
    reviews: dict[date | None, str] = {None: ""}
    for row in rows:
        if row.brief.next_review not in reviews:
            reviews[row.brief.next_review] = format_day(row.brief.next_review)
    words = _Words()
    return [
        Line(
            id=row.id,
            name=row.name or words.nameless,
            who=names.get(row.assignee, ""),
            flags=[(flag.tone, flags[flag.code] % {"number": flag.number}) for flag in row.reading.flags[:SHOWN]],
            tone=TONES[row.brief.tier],
            tier=tiers[row.brief.tier] + ("" if row.brief.is_confirmed else " ?"),
            waits="" if row.brief.waiting is None else words.waits.replace("#", str(row.brief.waiting)),
            change=row.reading.trend.change if row.reading.trend else "",
            score=_score(row),
            points=row.points,
            weeks=words.weeks.replace("#", str(row.weeks)),
            contact=words.never if row.contact_days is None else words.days.replace("#", str(row.contact_days)),
            review=reviews[row.brief.next_review],
        )
        for row in rows
    ]


class _Words:
    """The sentences of a page, each translated once."""

    def __init__(self) -> None:
        self.nameless = _("Name not given")
        self.waits = _("tier %(tier)s waits for signature", tier="#")
        self.weeks = _("%(weeks)s wk", weeks="#")
        self.days = _("%(days)s d ago", days="#")
        self.never = _("not yet")


def _score(row: Row) -> str:
    trend = row.reading.trend
    if trend is None:
        return ""
    return f"{instrument_name(trend.instrument)} {trend.first}" + (f" → {trend.last}" if trend.change else "")
