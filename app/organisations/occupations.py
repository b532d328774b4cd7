"""The occupational groups: who a worker is at work, across the union tree; data in ``occupations.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.core.words import Words


@dataclass(frozen=True, slots=True)
class Occupation:
    """One group. ``is_new`` says whether it belongs to the new forms of employment."""

    code: str
    name: Words
    is_new: bool


@cache
def occupations() -> dict[str, Occupation]:
    """All groups by their code, in the order in which a form offers them."""
    tables = tomllib.loads((Path(__file__).parent / "occupations.toml").read_text("utf-8"))
    return {
        code: Occupation(code, Words(zh=table["zh"], en=table["en"]), table["new"]) for code, table in tables.items()
    }


def occupation_name(code: str | None, language: str) -> str:
    """The group's name in this language; empty for a person who named none."""
    found = occupations().get(code or "")
    return found.name(language) if found else ""
