"""States of care, made through the services: people with results, cases, entries."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.care import services
from app.care.models import Case
from app.core import clock
from app.core.database import session, transaction
from tests.screening.rows import store_result

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from flask import Flask

    from app.accounts.models import Account

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=clock.LOCAL)
STEADY, LOW, MODERATE, HEAVY = [0] * 9, [1] * 5 + [0] * 4, [2] * 5 + [1] + [0] * 3, [2] * 8 + [0]
"""Answers to PHQ-9 with totals 0, 5, 11 and 16, none of them to the ninth question."""
ONCE = "a-form-that-was-shown-once"


@contextmanager
def at(app: Flask, moment: datetime = NOW) -> Iterator[None]:
    """One use case at a moment."""
    with ExitStack() as stack:
        for part in (app.app_context(), clock.at(moment), transaction()):
            stack.enter_context(part)
        yield


def measured(
    app: Flask, subject_id: UUID, answers: list[int] = MODERATE, *, days_ago: int = 1, code: str = "phq9"
) -> UUID:
    """A result, some days ago."""
    with at(app, NOW - timedelta(days=days_ago)):
        return store_result(subject_id, code, answers)


def taken(app: Flask, subject_id: UUID, by: Account, *, moment: datetime = NOW) -> UUID:
    """A case for somebody who waits in triage."""
    with at(app, moment):
        return services.take_case(subject_id, by=by)


def in_care(app: Flask, subject_id: UUID, by: Account, *, answers: list[int] = MODERATE, days: int = 1) -> UUID:
    """Somebody measured and taken in care some days ago."""
    measured(app, subject_id, answers, days_ago=days)
    return taken(app, subject_id, by, moment=NOW - timedelta(days=days))


def contacted(app: Flask, case_id: UUID, by: Account, *, days_ago: int = 0, once: str = ONCE, **more: Any) -> bool:
    """A call that reached the person."""
    moment = NOW - timedelta(days=days_ago)
    contact = {"channel": "phone", "outcome": "reached", "at": moment, "text": "聊了二十分钟", **more}
    with at(app, max(moment, NOW)):
        return services.record_contact(session().get_one(Case, case_id), contact, by=by, once=once)
