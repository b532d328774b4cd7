"""The words of notices, from ``texts.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

NEUTRAL = "service.message"


class Text(NamedTuple):
    """One text by language; ``door`` is the page it leads to, ``outside`` says whether it may leave the program."""

    zh: str
    en: str
    door: str = ""
    outside: bool = False


@cache
def known() -> dict[str, Text]:
    """All texts by key, ``room.event``."""
    rooms = tomllib.loads((Path(__file__).parent / "texts.toml").read_text("utf-8"))
    return {f"{room}.{event}": Text(**text) for room, events in rooms.items() for event, text in events.items()}


def words(key: str, values: dict[str, Any], language: str) -> str:
    """A text with its values, in ``zh`` or ``en``; raises ``KeyError`` for an unknown text or a missing value."""
    text = known()[key]
    return (text.en if language == "en" else text.zh).format_map(values)


def words_outside(key: str, values: dict[str, Any], language: str) -> str:
    """The same for a phone or mailbox that others may look at: the neutral text unless this one may leave."""
    return words(key if known()[key].outside else NEUTRAL, values, language)
