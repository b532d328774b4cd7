"""The number of a person in care passes on: her counsellor is told, and her records stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.accounts.models import Account
from app.accounts.services import numbers
from app.core.database import session, transaction
from app.home.jobs import consumer
from tests.care.scenes import in_care
from tests.client import Client

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

    from tests.cast import Cast


def pass_on(app: Flask, account: Account) -> str:
    """Somebody else proves to have the number; returns it."""
    with app.app_context():
        with transaction():
            found = session().get_one(Account, account.id)
            phone = str(found.phone)
            numbers.clear(phone)
        assert consumer.run_once() == 0
    return phone.removeprefix("+86")


def test_the_counsellor_is_told(app: Flask, people: Cast, subject: UUID) -> None:
    in_care(app, subject, people.counsellor)
    pass_on(app, people.worker)

    assert Client(app).signed_in_as(people.counsellor).get("/notices").says("手机号已归他人")


def test_nobody_else_is_told(app: Flask, people: Cast, subject: UUID) -> None:
    in_care(app, subject, people.counsellor)
    pass_on(app, people.worker)

    assert not Client(app).signed_in_as(people.other_counsellor).get("/notices").says("手机号已归他人")


def test_the_case_stays_and_offers_no_number_to_call(app: Flask, people: Cast, subject: UUID) -> None:
    case_id = in_care(app, subject, people.counsellor)
    phone = pass_on(app, people.worker)
    page = Client(app).signed_in_as(people.counsellor).get(f"/cases/{case_id}")

    assert page.says("王小骑")
    assert phone not in page.text
