"""Moving to a new number oneself, and a new recovery code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.accounts.models import Status
from tests.accounts.phone import NEW_NUMBER, codes_sent, digits_shown, phone_of, stored, wrong
from tests.cast import PASSWORD
from tests.client import Client

if TYPE_CHECKING:
    from flask import Flask

    from tests.cast import Cast


@pytest.fixture
def worker(app: Flask, people: Cast) -> Client:
    """The worker's browser, on the page on which she moves."""
    browser = Client(app).signed_in_as(people.worker)
    browser.get("/me/phone")
    return browser


def test_a_worker_moves_to_a_new_number(app: Flask, worker: Client, people: Cast) -> None:
    worker.submit(phone=NEW_NUMBER, password=PASSWORD)
    worker.submit(code=codes_sent(app, NEW_NUMBER)[-1])

    assert stored(app, people.worker).phone == NEW_NUMBER
    assert worker.page.response.request.path == "/me"


def test_a_wrong_password_sends_no_code(app: Flask, worker: Client) -> None:
    worker.submit(phone=NEW_NUMBER, password="not my password", status=422)

    assert codes_sent(app, NEW_NUMBER) == []


def test_a_wrong_code_moves_nobody(app: Flask, worker: Client, people: Cast) -> None:
    before = phone_of(app, people.worker)
    worker.submit(phone=NEW_NUMBER, password=PASSWORD)
    worker.submit(code=wrong(codes_sent(app, NEW_NUMBER)[-1]), status=422)

    assert stored(app, people.worker).phone == before


def test_an_account_that_had_the_number_is_frozen(app: Flask, worker: Client, people: Cast) -> None:
    phone = phone_of(app, people.other_worker)
    worker.submit(phone=phone, password=PASSWORD)
    worker.submit(code=codes_sent(app, phone)[-1])

    assert stored(app, people.other_worker).status is Status.FROZEN
    assert stored(app, people.worker).phone == phone


def test_a_number_of_staff_is_refused(app: Flask, worker: Client, people: Cast) -> None:
    phone = phone_of(app, people.counsellor)
    worker.submit(phone=phone, password=PASSWORD)
    worker.submit(code=codes_sent(app, phone)[-1], status=422)

    assert stored(app, people.counsellor).phone == phone


def test_the_code_of_another_person_moves_nobody(app: Flask, worker: Client, people: Cast) -> None:
    worker.submit(phone=NEW_NUMBER, password=PASSWORD)
    path = worker.page.response.request.path
    worker.signed_in_as(people.other_worker)
    worker.get("/me")
    fields = {"csrf_token": worker.csrf, "code": codes_sent(app, NEW_NUMBER)[-1]}

    assert worker.http.post(path, data=fields).location == "/me/phone"
    assert stored(app, people.other_worker).phone != NEW_NUMBER


def test_a_worker_makes_a_new_recovery_code_by_her_password(app: Flask, worker: Client, people: Cast) -> None:
    worker.get("/me/recovery-code")
    worker.submit(password="not my password", status=422)
    worker.submit(password=PASSWORD)

    assert len(digits_shown(worker)) == 12
    assert stored(app, people.worker).recovery is not None
