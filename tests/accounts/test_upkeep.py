"""Sweeping: what is over goes, what is in use stays."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.accounts.models import Allowance, Challenge, SignedInSession
from app.accounts.services import challenges, sessions, upkeep
from app.accounts.services.challenges import Asker, Purpose
from app.core import clock
from app.core.database import session, transaction
from tests.accounts.phone import NEW_NUMBER

if TYPE_CHECKING:
    from flask import Flask

    from tests.cast import Cast


def rows() -> list[int]:
    with transaction(writes=False):
        return [
            session().scalar(select(func.count()).select_from(model)) or 0
            for model in (Challenge, Allowance, SignedInSession)
        ]


def test_it_takes_away_what_is_over(app: Flask, people: Cast) -> None:
    worker = people.worker
    with app.app_context():
        with transaction():
            challenges.send_code(Purpose.JOIN, NEW_NUMBER, asker=Asker("b"))
            sessions.open_session(session().merge(worker), second_factor=True)
        before = rows()
        upkeep.sweep()
        kept = rows()
        with clock.at(clock.now() + timedelta(days=1)):
            upkeep.sweep()

        assert (before, kept, rows()) == ([1, 3, 1], [1, 3, 1], [0, 0, 0])
