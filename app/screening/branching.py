"""Batteries, and which instrument comes next in a sitting: a function of what has been scored so far."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.words import Words, read_words
from app.screening import instruments
from app.screening.conditions import Condition, read_condition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.screening.conditions import Measured


@dataclass(frozen=True, slots=True)
class Branch:
    """Further instruments, given when any of the conditions holds."""

    then: tuple[str, ...]
    when_any: tuple[Condition, ...]

    def is_taken(self, scored: Sequence[Measured]) -> bool:
        """Whether one result meets one condition."""
        return any(condition.value_in(result) is not None for condition in self.when_any for result in scored)


@dataclass(frozen=True, slots=True)
class Battery:
    """Ordered instruments given together."""

    code: str
    name: Words
    about: Words
    first: tuple[str, ...]
    branches: tuple[Branch, ...]


@cache
def load_batteries() -> dict[str, Battery]:
    """Every battery by code. Raises KeyError or ValueError where the file is wrong."""
    return {table["code"]: _battery(table) for table in _file()["batteries"]}


def begun_an_hour() -> int:
    """How many sittings a person may begin within an hour."""
    return int(_file()["begun_an_hour"])


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("batteries.toml").read_text("utf-8"))


def next_instruments(battery: Battery, scored_so_far: Sequence[Measured]) -> list[str]:
    """The codes still to be given, in order; empty when the sitting is complete."""
    wanted = list(battery.first)
    for branch in battery.branches:
        if branch.is_taken(scored_so_far):
            wanted += [code for code in branch.then if code not in wanted]
    done = {result.instrument for result in scored_so_far}
    return [code for code in wanted if code not in done]


def _battery(table: dict[str, Any]) -> Battery:
    branches = tuple(_branch(branch) for branch in table.get("branches", ()))
    for code in [*table["first"], *(code for branch in branches for code in branch.then)]:
        instruments.get(code)
    return Battery(
        table["code"], read_words(table["name"]), read_words(table["about"]), tuple(table["first"]), branches
    )


def _branch(table: dict[str, Any]) -> Branch:
    return Branch(tuple(table["then"]), tuple(read_condition(condition) for condition in table["when_any"]))
