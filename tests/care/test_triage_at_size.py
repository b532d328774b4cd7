"""Triage after a campaign: thirty thousand open results, and nobody is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert

from app.care import services
from app.care.services import waiting_list
from app.core import clock
from app.core.database import session, transaction
from app.core.ids import random_id
from app.safety import services as safety
from app.screening import instruments
from app.screening.models import Result
from app.screening.scoring import score
from app.screening.services.results import sealed_scores
from app.vault import owner_keys
from tests.care.scenes import HEAVY, LOW, MODERATE, at

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from flask import Flask

    from app.screening.scoring import Scored
    from tests.installation import Installation

MANY = 30_000


def campaign(app: Flask, number: int) -> None:
    """So many subjects, each with one open result: a third each of tier 1, 2 and 3."""
    scored = [score(instruments.get("phq9"), answers) for answers in (LOW, MODERATE, HEAVY)]
    subjects, now = [random_id() for _ in range(number)], clock.now()
    with app.app_context():
        owner_keys.create("subject", subjects)
        for start in range(0, number, 6_000):
            with transaction():
                part = subjects[start : start + 6_000]
                owner_keys.prefetch(part)
                session().execute(
                    insert(Result), [_row(each, scored[place % 3], now) for place, each in enumerate(part)]
                )


def _row(subject_id: UUID, scored: Scored, now: datetime) -> dict[str, object]:
    row, week = random_id(), clock.iso_week()
    blob = sealed_scores(scored, at=now, row=row, owner=subject_id, week=week)
    place = {"id": row, "subject_id": subject_id, "sitting_id": random_id(), "week": week}
    # Nobody opens the answers here: any sealed value stands for them.
    return {**place, "open": True, "answers": blob, "scores": blob}


def figures(app: Flask) -> tuple[int, int]:
    """How many are sorted in, and how many are counted besides."""
    with at(app, clock.now()):
        found = waiting_list.read(safety.subjects_in_alert())
        return len(found.people) + sum(found.silent.values()), found.unsorted + found.unreadable


def test_thirty_thousand_people_are_all_listed_or_counted(sqlite_installation: Installation) -> None:
    sqlite_installation.reset()
    app = sqlite_installation.app
    campaign(app, MANY)
    assert figures(app) == (waiting_list.AT_ONCE, MANY - waiting_list.AT_ONCE)
    with app.app_context():
        services.settle_results()
    assert figures(app) == (MANY, 0)
    with at(app, clock.now()):
        assert services.waiting_counts(set()) == dict.fromkeys((3, 2, 1), MANY // 3)
