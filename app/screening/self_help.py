"""Small things a person can do today, by the side of life they help with."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.words import Words, read_words

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Tip:
    """One small exercise."""

    dimensions: frozenset[str]
    title: Words
    text: Words


def tips_for(dimensions: Iterable[str], most: int = 3) -> list[Tip]:
    """The first few tips that fit, in the order of the file."""
    wanted = set(dimensions)
    return [tip for tip in _tips() if tip.dimensions & wanted][:most]


@cache
def _tips() -> tuple[Tip, ...]:
    rows = tomllib.loads(Path(__file__).with_name("self_help.toml").read_text("utf-8"))["tip"]
    return tuple(Tip(frozenset(row["dimensions"]), read_words(row["title"]), read_words(row["text"])) for row in rows)
