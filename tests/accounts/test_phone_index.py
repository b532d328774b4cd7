"""Who reads the live database learns from an open page's rows neither whose a number is nor who has it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.accounts.models import Account, Challenge
from app.accounts.services import numbers
from app.core.database import session, transaction
from tests.accounts.phone import phone_of

if TYPE_CHECKING:
    from flask import Flask

    from tests.cast import Cast
    from tests.client import Client


@pytest.mark.parametrize("beginning", ["/forgotten", "/join/{}/phone"])
def test_a_challenge_leads_to_no_account(app: Flask, client: Client, people: Cast, beginning: str) -> None:
    phone = phone_of(app, people.worker)
    client.get(beginning.format(people.township.join_code))
    client.submit(phone=phone)

    with app.app_context(), transaction(writes=False):
        indexes = set(session().scalars(select(Account.phone_index)))
        assert not indexes & set(session().scalars(select(Challenge.phone_digest)))


def test_a_former_number_leads_to_no_account_that_has_it_now(app: Flask, people: Cast) -> None:
    phone, other = phone_of(app, people.worker), people.other_worker.id
    with app.app_context(), transaction():
        numbers.take(session().get_one(Account, other), phone)

    with app.app_context(), transaction(writes=False):
        indexes = set(session().scalars(select(Account.phone_index)))
        assert not indexes & set(session().scalars(select(Account.former_index)))
        assert len(numbers.who_had(phone)) == 2
