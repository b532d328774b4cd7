"""Many people join at once: each is what she would be, had she come by herself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.accounts.models import Account
from app.accounts.services import consents, links, numbers, passwords
from app.accounts.services.joining_together import Joining, join_together
from app.audit.verification import verify
from app.core import clock
from app.core.database import session, transaction
from app.core.errors import Conflict, Unavailable
from app.core.permissions import Role
from app.subjects import services as subjects
from app.vault import rows
from tests.cast import PASSWORD

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

    from tests.cast import Cast

JOINED = datetime(2026, 3, 2, 9, tzinfo=UTC)
AGREES = {"screening": True, "contact": False}


def crew(unit: UUID, number: int = 5) -> list[Joining]:
    moments = [JOINED + timedelta(days=each) for each in range(number)]
    return [
        Joining(f"+8613900000{each:03d}", f"王{each}", Role.WORKER, unit, moment, "courier", AGREES)
        for each, moment in enumerate(moments)
    ]


def join(app: Flask, people: list[Joining], *, tickets: int = 300) -> list[UUID]:
    with app.app_context():
        subjects.refill(tickets)
        with transaction():
            return [account.id for account in join_together(people, passwords.hash_password(PASSWORD))]


def test_each_can_sign_in_and_is_somebody_of_her_own(app: Flask, people: Cast) -> None:
    ids = join(app, crew(people.township.id))

    with app.app_context(), transaction(writes=False):
        found = [numbers.find_by_phone(f"+8613900000{each:03d}") for each in range(5)]
        assert [account and account.id for account in found] == ids
        assert all(account and rows.holds(Account, account) and account.recovery for account in found)
        assert {passwords.matches(account.credential, PASSWORD) for account in found if account} == {True}
        assert len({links.subject_of(account) for account in found if account}) == 5
        assert {links.account_of(links.subject_of(account)).id for account in found if account} == set(ids)


def test_each_joins_and_decides_at_her_own_moment(app: Flask, people: Cast) -> None:
    ids = join(app, crew(people.township.id))

    with app.app_context(), transaction(writes=False):
        days = session().scalars(select(Account.created_on).where(Account.id.in_(ids)).order_by(Account.created_on))
        assert days.all() == [clock.local(JOINED + timedelta(days=each)).date() for each in range(5)]
        assert [consents.decisions(each) for each in ids] == [AGREES] * 5
        assert consents.who_agrees(ids, "screening") == set(ids)
        assert verify().first_bad is None


def test_nobody_joins_where_one_has_an_account_already(app: Flask, people: Cast) -> None:
    join(app, crew(people.township.id, 1))
    before = count(app)

    with pytest.raises(Conflict):
        join(app, crew(people.township.id, 3))

    assert count(app) == before


def test_nobody_joins_where_the_pool_holds_too_few(app: Flask, people: Cast) -> None:
    unit = people.township.id
    before = count(app)

    with pytest.raises(Unavailable):
        join(app, crew(unit, 600), tickets=1)

    assert count(app) == before


def count(app: Flask) -> int | None:
    with app.app_context(), transaction(writes=False):
        return session().scalar(select(func.count()).select_from(Account))
