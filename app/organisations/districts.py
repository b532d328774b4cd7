"""Districts that ship as data: their names and their township-level unions."""

from __future__ import annotations

import enum
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.core.words import Words, read_words


class TownshipKind(enum.StrEnum):
    """What a township-level place is."""

    SUBDISTRICT = "subdistrict"
    TOWN = "town"
    TOWNSHIP = "township"
    ZONE = "zone"


@dataclass(frozen=True, slots=True)
class Township:
    """A place with a township-level union."""

    code: str
    kind: TownshipKind
    name: Words


@dataclass(frozen=True, slots=True)
class District:
    """A district union and the places below it."""

    code: str
    name: Words
    short: Words
    townships: tuple[Township, ...]


@cache
def load_shangyu() -> District:
    """The first district: Shangyu, with its 21 township-level unions."""
    source = tomllib.loads(Path(__file__).with_name("shangyu.toml").read_text("utf-8"))
    return District(
        code=source["code"],
        name=read_words(source["name"]),
        short=read_words(source["short"]),
        townships=tuple(
            Township(each["code"], TownshipKind(each["kind"]), read_words(each["name"])) for each in source["townships"]
        ),
    )
