"""What an instrument is: items, options, bands, cut-off sets and words, as read from its file."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.core.dimensions import Dimension
    from app.core.words import Words


class Direction(enum.StrEnum):
    """Which way a total points; trends, changes and tiers ask for it instead of assuming one."""

    HIGHER_IS_WORSE = "higher_is_worse"
    HIGHER_IS_BETTER = "higher_is_better"


class NextStep(enum.StrEnum):
    """What a result page may offer; the page knows the link behind each."""

    SELF_HELP = "self_help"
    LECTURE = "lecture"
    COURSE = "course"
    TALK = "talk"
    TALK_SOON = "talk_soon"
    HOSPITAL = "hospital"
    HELP_NOW = "help_now"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer a person may choose."""

    value: int
    text: Words
    loinc: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One question; an alert fires from the value ``safety``, the screening pattern counts it from ``pattern``."""

    id: str
    link_id: str
    text: Words
    options: tuple[Option, ...]
    loinc: str | None
    dimension: Dimension
    safety: int | None
    pattern: int | None
    scored: bool
    asked_above: int | None
    values: tuple[int, ...] = field(init=False, repr=False, compare=False)
    """The values of its options, ascending."""

    def __post_init__(self) -> None:
        """Gather once what every answer is checked against."""
        object.__setattr__(self, "values", tuple(option.value for option in self.options))


@dataclass(frozen=True, slots=True)
class Subscale:
    """Items summed apart from the total."""

    code: str
    name: Words
    items: tuple[str, ...]
    dimension: Dimension
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class ResultWords:
    """What the person reads: plain and warm, and never a judgement of illness."""

    headline: Words
    explanation: Words
    next_steps: tuple[NextStep, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of totals. ``name`` is for everybody, ``clinical`` only for counsellors; ``level`` 0 is the best.

    ``tier`` is the tier that it proposes where the tier table of care has no rule for these totals.
    """

    code: str
    minimum: int
    maximum: int
    level: int
    name: Words
    clinical: Words
    result: ResultWords
    tier: int | None


@dataclass(frozen=True, slots=True)
class CutOffSet:
    """One published opinion on where "positive" begins; a result keeps the one it was made with."""

    code: str
    name: Words
    total: int
    subscales: Mapping[str, int]
    source: str
    url: str


@dataclass(frozen=True, slots=True)
class Licence:
    """Why the words may ship, whom to credit and where they come from."""

    light: str
    name: str
    credit: Words
    source: str
    url: str
    notice: str
    loinc_notice: str | None
    wording: str


@dataclass(frozen=True, slots=True)
class PatternRule:
    """How many items, one of the core ones among them, make a partial and a full screening pattern."""

    core: tuple[str, ...]
    partial: int
    full: int


@dataclass(frozen=True, slots=True)
class Codes:
    """LOINC codes of the panel and of its total."""

    panel: str | None
    total: str | None


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire, complete in both languages.

    ``lead`` says which instrument speaks for a case in a list: the lowest number among those it was measured with.
    """

    code: str
    version: str
    title: Words
    short: Words
    instructions: Words
    time_frame: Words
    seconds: int
    lead: int
    dimension: Dimension
    direction: Direction
    multiplier: int
    items: tuple[Item, ...]
    subscales: tuple[Subscale, ...]
    bands: tuple[Band, ...]
    cut_off_sets: Mapping[str, CutOffSet]
    default_cut_off_set: str
    pattern: PatternRule | None
    loinc: Codes
    licence: Licence
    scored_items: tuple[Item, ...] = field(init=False, repr=False, compare=False)
    """The items that make the total."""
    unscored_items: tuple[Item, ...] = field(init=False, repr=False, compare=False)
    """Items asked besides, such as the difficulty item of PHQ-9."""

    def __post_init__(self) -> None:
        """Part the items once."""
        object.__setattr__(self, "scored_items", tuple(item for item in self.items if item.scored))
        object.__setattr__(self, "unscored_items", tuple(item for item in self.items if not item.scored))

    @property
    def minimum(self) -> int:
        """The lowest possible total."""
        return self.multiplier * sum(item.values[0] for item in self.scored_items)

    @property
    def maximum(self) -> int:
        """The highest possible total."""
        return self.multiplier * sum(item.values[-1] for item in self.scored_items)

    def item(self, item_id: str) -> Item:
        """The item with this id. Raises KeyError."""
        return {item.id: item for item in self.items}[item_id]

    def band(self, code: str) -> Band:
        """The band with this code. Raises KeyError."""
        return {band.code: band for band in self.bands}[code]

    def band_of(self, total: int) -> Band:
        """The band a total falls into. Raises ValueError outside the range."""
        for band in self.bands:
            if band.minimum <= total <= band.maximum:
                return band
        raise ValueError(f"{self.code}: no band for this total")

    def cut_off_set(self, code: str | None = None) -> CutOffSet:
        """The named cut-off set, else the default one. Raises KeyError."""
        return self.cut_off_sets[code or self.default_cut_off_set]

    def reaches(self, value: int, cut_off: int) -> bool:
        """Whether a value lies on the worrying side of a cut-off, the cut-off itself included."""
        return value >= cut_off if self.direction is Direction.HIGHER_IS_WORSE else value <= cut_off
