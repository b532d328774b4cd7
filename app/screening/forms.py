"""The shape of what a questionnaire page sends: read from the instrument's items, without a form class for each.

Ten radio groups as form fields would take longer to build and draw than everything else in a submission.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from app.core.errors import Malformed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from werkzeug.datastructures import MultiDict

    from app.screening.instruments import Instrument, Item

BESIDE = frozenset({"csrf_token", "key"})
KEY_LENGTHS = range(16, 65)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was filled in: good values by item, and a sentence for each item where something is wrong."""

    values: Mapping[str, int]
    wrong: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class OneAnswer:
    """One answer saved in the background."""

    item: str
    value: int
    seconds: float | None


def read_sheet(instrument: Instrument, form: MultiDict[str, str]) -> Sheet:
    """Read a whole questionnaire. Raises ``Malformed`` for a question that the page never showed."""
    known = {item.id: item for item in instrument.items}
    if strangers := set(form) - set(known) - BESIDE:
        raise Malformed(_l("There are %(count)s answers to questions we did not ask.", count=len(strangers)))
    values: dict[str, int] = {}
    wrong: dict[str, object] = {}
    for item in known.values():
        given = form.getlist(item.id)
        if problem := _problem(item, given):
            wrong[item.id] = problem
        elif given:
            values[item.id] = int(given[0])
    return Sheet(values, wrong)


def read_key(form: MultiDict[str, str]) -> str:
    """The key under which a submission acts once. Raises ``Malformed``."""
    key = form.get("key", "")
    if len(key) not in KEY_LENGTHS:
        raise Malformed(_l("Please open the questions again."))
    return key


def read_answer(form: MultiDict[str, str]) -> OneAnswer:
    """Read one answer. Raises ``Malformed``."""
    value = _whole_number(form.get("value", ""))
    if value is None or "item" not in form:
        raise Malformed(_l("This answer does not belong to the question."))
    return OneAnswer(form["item"], value, _seconds(form.get("seconds", "")))


def read_safety(instrument: Instrument, form: MultiDict[str, str]) -> dict[str, int]:
    """The strongest safety answer by item in whatever was sent, a sheet or one answer; nothing can make this fail."""
    pairs = [(form.get("item", ""), form.get("value", "")), *form.items(multi=True)]
    found: dict[str, int] = {}
    for item in instrument.items:
        if strong := [int(text) for name, text in pairs if _fires(item, name, text)]:
            found[item.id] = max(strong)
    return found


def _fires(item: Item, name: str, text: str) -> bool:
    value = _whole_number(text)
    return name == item.id and item.safety is not None and value in item.values and value >= item.safety


def _problem(item: Item, given: Sequence[str]) -> object:
    if not given:
        return _l("This question has no answer yet.") if item.scored else None
    if len(given) > 1:
        return _l("This question was answered twice. Please choose one answer.")
    return None if _whole_number(given[0]) in item.values else _l("This answer does not belong to the question.")


def _whole_number(text: str) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None
    return number if str(number) == text else None  # "01" is on no page


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None
