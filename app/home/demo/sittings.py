"""Questionnaires that the fictional workers have filled in: invented here, stored by the program's own service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.home.demo.moods import answer
from app.screening.branching import load_batteries, next_instruments
from app.screening.services import Sheet, Whole

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random
    from uuid import UUID

    from app.screening.scoring import Scored


@dataclass(frozen=True)
class Answering:
    """How somebody answers; ``settled`` says that triage is done with the results."""

    strain: float
    unsafe: bool = False
    settled: bool = False


def invent(rng: Random, subject: UUID, battery: str, at: datetime, how: Answering) -> Whole:
    """Let a subject answer a battery; the branching decides which instruments follow."""
    chosen = load_batteries()[battery]
    results: list[Scored] = []
    sheets: list[Sheet] = []
    while left := next_instruments(chosen, results):
        scored, given = answer(rng, left[0], how.strain, unsafe=how.unsafe)
        results.append(scored)
        sheets.append(Sheet(left[0], given))
    return Whole(subject, battery, at, sheets, settled=how.settled)
