"""Questionnaires that the fictional workers have filled in: rows as the program itself would have stored them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.core import clock
from app.core.ids import random_id
from app.home.demo.moods import answer
from app.home.demo.timeline import Fact
from app.screening.branching import load_batteries, next_instruments
from app.screening.drafts import Draft
from app.screening.models import Response, Result, Sitting
from app.screening.services.results import sealed_scores
from app.vault import seal_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random
    from uuid import UUID

    from app.core.database import Base
    from app.screening.scoring import Scored


@dataclass(frozen=True)
class Taken:
    """A sitting that was taken: its facts for the timeline, and its results."""

    id: UUID
    at: datetime
    facts: tuple[Fact, ...]
    results: tuple[Scored, ...]

    @property
    def positive(self) -> bool:
        """Whether any result is above its cut-off."""
        return any(scored.positive for scored in self.results)

    @property
    def safety(self) -> tuple[str, str] | None:
        """The instrument and item of a safety answer."""
        return next(((scored.instrument, scored.safety[0]) for scored in self.results if scored.safety), None)


@dataclass(frozen=True)
class Answering:
    """How somebody answers; ``settled`` says that triage is done with the results."""

    strain: float
    unsafe: bool = False
    settled: bool = False


def take(rng: Random, subject: UUID, battery: str, at: datetime, how: Answering) -> Taken:
    """Let a subject take a battery; the branching decides which instruments follow."""
    chosen, sitting = load_batteries()[battery], random_id()
    results: list[Scored] = []
    facts: list[Fact] = []
    left = list(next_instruments(chosen, []))
    while left:
        scored, given = answer(rng, left[0], how.strain, unsafe=how.unsafe)
        moment = at + timedelta(minutes=len(results))
        results.append(scored)
        facts.append(_fact(subject, sitting, moment, scored, given, is_open=not how.settled))
        left = list(next_instruments(chosen, results))
    draft = Draft(battery, at, (), tuple(scored.instrument for scored in results))
    facts[0] = _with_sitting(facts[0], _sitting_row(subject, sitting, at, draft))
    return Taken(sitting, at, tuple(facts), tuple(results))


def moments(facts: Taken) -> Iterator[tuple[datetime, Fact]]:
    """The facts of a sitting with their moments."""
    for number, fact in enumerate(facts.facts):
        yield facts.at + timedelta(minutes=number), fact


def _fact(subject: UUID, sitting: UUID, at: datetime, scored: Scored, given: dict[str, int], *, is_open: bool) -> Fact:
    row, week = random_id(), clock.iso_week(at)
    place = {"id": row, "subject_id": subject, "sitting_id": sitting, "week": week}
    sheet = {"instrument": scored.instrument, "version": scored.version, "given": given, "seconds": {}}
    answers = seal_for(Response.answers, row=row, owner=subject, value=sheet, bound={"week": week})
    scores = sealed_scores(scored, at=at, row=row, owner=subject, week=week)
    rows = ((Response, {**place, "answers": answers}), (Result, {**place, "open": is_open, "scores": scores}))
    return Fact(subject, "screening.submitted", subject, rows, {"result": row.hex})


def _sitting_row(subject: UUID, sitting: UUID, at: datetime, draft: Draft) -> tuple[type[Base], dict[str, Any]]:
    week = clock.iso_week(at)
    blob = seal_for(Sitting.draft, row=sitting, owner=subject, value=draft.to_json(), bound={"week": week})
    return Sitting, {
        "id": sitting,
        "subject_id": subject,
        "week": week,
        "open": False,
        "version": 2,
        "draft": blob,
    }


def _with_sitting(fact: Fact, row: tuple[type[Base], dict[str, Any]]) -> Fact:
    return Fact(fact.actor, fact.action, fact.target, (row, *fact.rows), fact.detail)
