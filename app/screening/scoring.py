"""From answers to a result: a function of the instrument and the answers, and of nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from app.screening.instruments import CutOffSet, Instrument, Item, Subscale

Answers = Mapping[str, int | None] | Sequence[int | None]

HURRIED_SECONDS = 1.0
"""Under one second an item nobody has read the question (policy)."""


class AnswerError(ValueError):
    """An answer that the instrument does not offer; names the item, never the answer."""

    def __init__(self, item: str, why: str) -> None:
        super().__init__(f"{item}: {why}")
        self.item = item


@dataclass(frozen=True, slots=True)
class Pattern:
    """How many items count in the screening pattern; ``code`` is ``none``, ``partial`` or ``full``."""

    code: str
    count: int
    core: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """A result, pinned to the version and cut-off set it was made with.

    ``total``, ``band``, ``positive`` and ``pattern`` are None while a scored item is missing: nothing is prorated.
    ``safety`` lists the items whose answer calls for an alert, also when others are missing or answered carelessly.
    """

    instrument: str
    version: str
    cut_off_set: str
    complete: bool
    total: int | None
    band: str | None
    subscales: Mapping[str, int | None]
    positive: bool | None
    safety: tuple[str, ...]
    pattern: Pattern | None
    careless: bool
    missing: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The result as plain JSON values, for sealing."""
        values = {name: getattr(self, name) for name in self.__slots__}
        pattern = self.pattern and {"code": self.pattern.code, "count": self.pattern.count, "core": self.pattern.core}
        lists = {"safety": list(self.safety), "missing": list(self.missing)}
        return {**values, **lists, "subscales": dict(self.subscales), "pattern": pattern}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Scored:
        """The result from what ``to_json`` gave. Raises TypeError where a field is missing."""
        pattern = values["pattern"]
        made_of = {
            **values,
            "safety": tuple(values["safety"]),
            "missing": tuple(values["missing"]),
            "pattern": pattern and Pattern(**pattern),
        }
        return cls(**made_of)


def score(
    instrument: Instrument,
    answers: Answers,
    cut_off_set: str | None = None,
    *,
    seconds: Mapping[str, float] | None = None,
) -> Scored:
    """Score the answers, given by item id or in the order of the items; ``seconds`` is the time spent on each item.

    Raises AnswerError for an unknown item or a value its options do not have, KeyError for an unknown cut-off set.
    """
    cut_off = instrument.cut_off_set(cut_off_set)
    given = _checked(instrument, answers)
    missing = tuple(item.id for item in instrument.scored_items if given[item.id] is None)
    total = None if missing else instrument.multiplier * sum(_values(given, instrument.scored_items))
    subscales = {each.code: _subtotal(each, given) for each in instrument.subscales}
    return Scored(
        instrument=instrument.code,
        version=instrument.version,
        cut_off_set=cut_off.code,
        complete=not missing,
        total=total,
        band=None if total is None else instrument.band_of(total).code,
        subscales=subscales,
        positive=None if total is None else _positive(instrument, total, subscales, cut_off),
        safety=_fired(instrument, given),
        pattern=None if missing else _pattern(instrument, given),
        careless=_careless(instrument, given, seconds or {}),
        missing=missing,
    )


def safety_items(instrument: Instrument, answers: Answers) -> tuple[str, ...]:
    """The items whose answer calls for an alert now, finished questionnaire or not. Raises AnswerError."""
    return _fired(instrument, _checked(instrument, answers))


def _fired(instrument: Instrument, given: Mapping[str, int | None]) -> tuple[str, ...]:
    return tuple(item.id for item in instrument.items if _reaches(given[item.id], item.safety))


def is_asked(item: Item, scored: Scored) -> bool:
    """Whether an unscored item such as the difficulty of PHQ-9 is asked after this result."""
    return item.asked_above is None or (scored.total is not None and scored.total > item.asked_above)


def _checked(instrument: Instrument, answers: Answers) -> dict[str, int | None]:
    given = dict(answers) if isinstance(answers, Mapping) else _in_order(instrument, answers)
    known = {item.id: item for item in instrument.items}
    for item_id, value in given.items():
        if item_id not in known:
            raise AnswerError("answers", "an item the instrument does not have")
        if value is not None and (type(value) is not int or value not in known[item_id].values):
            raise AnswerError(item_id, "not one of its options")
    return {item_id: given.get(item_id) for item_id in known}


def _in_order(instrument: Instrument, answers: Sequence[int | None]) -> dict[str, int | None]:
    scored, everything = len(instrument.scored_items), len(instrument.items)
    if isinstance(answers, str | bytes) or len(answers) not in {scored, everything}:
        expected = str(scored) if scored == everything else f"{scored} or {everything}"
        raise AnswerError("answers", f"{expected} expected")
    return {item.id: value for item, value in zip(instrument.items, answers, strict=False)}


def _values(given: Mapping[str, int | None], items: Sequence[Item]) -> list[int]:
    return [value for item in items if (value := given[item.id]) is not None]


def _subtotal(subscale: Subscale, given: Mapping[str, int | None]) -> int | None:
    values = [given[item_id] for item_id in subscale.items]
    return None if None in values else sum(cast("list[int]", values))


def _positive(instrument: Instrument, total: int, subscales: Mapping[str, int | None], cut_off: CutOffSet) -> bool:
    return instrument.reaches(total, cut_off.total) or any(
        (value := subscales[code]) is not None and instrument.reaches(value, limit)
        for code, limit in cut_off.subscales.items()
    )


def _reaches(value: int | None, threshold: int | None) -> bool:
    return value is not None and threshold is not None and value >= threshold


def _pattern(instrument: Instrument, given: Mapping[str, int | None]) -> Pattern | None:
    rule = instrument.pattern
    if rule is None:
        return None
    counting = {item.id for item in instrument.items if _reaches(given[item.id], item.pattern)}
    core = not counting.isdisjoint(rule.core)
    code = "none"
    if core and len(counting) >= rule.partial:
        code = "full" if len(counting) >= rule.full else "partial"
    return Pattern(code=code, count=len(counting), core=core)


def _careless(instrument: Instrument, given: Mapping[str, int | None], seconds: Mapping[str, float]) -> bool:
    """The same option throughout, in less time than reading takes; either alone is quite ordinary."""
    answered = [item for item in instrument.scored_items if given[item.id] is not None]
    timed = [seconds[item.id] for item in answered if item.id in seconds]
    if len(answered) < 2 or len(timed) < len(answered):
        return False
    same = len(set(_values(given, answered))) == 1
    return same and math.fsum(timed) < HURRIED_SECONDS * len(timed)
