"""The help card: four numbers and warm words, in memory from the start, so that no failure can take it away."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.config import NO_DUTY_LINE
from app.core.words import Words, read_words

FILE = Path(__file__).parent / "help_card.toml"


@dataclass(frozen=True, slots=True)
class Line:
    """A number to tap: ``dial`` is what the phone dials, ``number`` what a person reads."""

    number: str
    dial: str
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class HelpCard:
    """The card in one language."""

    title: str
    text: str
    now: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Texts:
    title: Words
    text: Words
    now: Words
    lines: tuple[tuple[str, Words, Words], ...]


class _District:
    """What this installation's settings say; set once at the start."""

    duty_line: str = ""


def set_duty_line(number: str) -> None:
    """Tell the card the district's own number."""
    _District.duty_line = number


def card(language: str) -> HelpCard:
    """The card in this language (``zh`` or ``en``); needs no database."""
    texts = _texts()
    lines = tuple(
        _line(number, name(language), about(language))
        for number, name, about in texts.lines
        if _District.duty_line != NO_DUTY_LINE or "{duty_line}" not in number
    )
    return HelpCard(texts.title(language), texts.text(language), texts.now(language), lines)


def _line(number: str, name: str, about: str) -> Line:
    shown = number.replace("{duty_line}", _District.duty_line)
    return Line(shown, re.sub(r"[^\d+]", "", shown), name, about)


@cache
def _texts() -> _Texts:
    rows = tomllib.loads(FILE.read_text("utf-8"))
    lines = tuple((row["number"], read_words(row["name"]), read_words(row["about"])) for row in rows["line"])
    return _Texts(read_words(rows["title"]), read_words(rows["text"]), read_words(rows["now"]), lines)
