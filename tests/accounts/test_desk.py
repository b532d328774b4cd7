"""The desk: two members of staff let a person in again, and neither of them alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from app.accounts.models import Challenge
from app.accounts.services import challenges, desk
from app.core import clock
from app.core.database import session, transaction
from tests.accounts.phone import NEW_NUMBER, NEW_PASSWORD, confirm, digits_shown, phone_of, stored
from tests.client import Client

if TYPE_CHECKING:
    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast


def begin(app: Flask, people: Cast, by: Account) -> Client:
    """The first of the two."""
    browser = Client(app).signed_in_as(by)
    browser.get("/recoveries")
    browser.submit("/recoveries", phone=phone_of(app, people.worker))
    browser.submit("/start")
    return browser


@pytest.fixture
def code(app: Flask, people: Cast) -> str:
    """The eight digits that two members of staff gave the worker."""
    begin(app, people, people.admin)
    browser = Client(app).signed_in_as(people.supervisor)
    browser.get("/recoveries")
    browser.submit("/confirm")
    return digits_shown(browser)


def test_two_members_of_staff_let_a_person_in_again(app: Flask, client: Client, people: Cast, code: str) -> None:
    confirm(app, client, NEW_NUMBER)
    client.submit("/forgotten/who", secret=code, former=phone_of(app, people.worker))
    client.submit(password=NEW_PASSWORD)

    assert client.get("/me").says("王小骑")
    assert stored(app, people.worker).phone == NEW_NUMBER


def test_nobody_confirms_what_she_started_herself(app: Flask, people: Cast) -> None:
    browser = begin(app, people, people.admin)
    assert not [form for form in browser.page.forms if form.action.endswith("/confirm")]
    with app.app_context(), transaction(writes=False):
        waiting = desk.waiting_for(session().merge(people.admin, load=True))[0].id
    answer = browser.http.post(f"/recoveries/{waiting}/confirm", data={"csrf_token": browser.csrf})

    assert answer.status_code == 409
    assert not digits_shown(browser)


def test_a_code_of_the_desk_works_once(app: Flask, client: Client, people: Cast, code: str) -> None:
    phone = phone_of(app, people.worker)
    confirm(app, client, phone)
    client.submit("/forgotten/who", secret=code)
    other = Client(app)
    confirm(app, other, phone)
    other.submit("/forgotten/who", secret=code, status=422)

    assert other.page.response.request.path.startswith("/forgotten/who/")


def test_five_guesses_end_a_code_of_the_desk(app: Flask, client: Client, people: Cast, code: str) -> None:
    phone = phone_of(app, people.worker)
    confirm(app, client, phone)
    path = client.page.response.request.path
    guess = f"{(int(code) + 1) % 10**8:08d}"
    for _ in range(challenges.TRIES):
        client.http.post(path, data={"csrf_token": client.csrf, "secret": guess})
    confirm(app, client, phone)
    client.submit("/forgotten/who", secret=code, status=422)

    assert client.page.says("对不上")


def test_a_code_of_the_desk_is_over_after_half_an_hour(app: Flask, client: Client, people: Cast, code: str) -> None:
    with app.app_context(), transaction():
        session().execute(update(Challenge).values(ends_at=clock.now() - timedelta(seconds=1)))
    confirm(app, client, phone_of(app, people.worker))
    client.submit("/forgotten/who", secret=code, status=422)

    assert client.page.says("对不上")


def test_the_desk_of_another_branch_finds_nobody(app: Flask, people: Cast) -> None:
    browser = Client(app).signed_in_as(people.township_admin)
    browser.get("/recoveries")
    page = browser.submit("/recoveries", phone=phone_of(app, people.other_worker))
    answer = browser.http.post(f"/recoveries/{people.other_worker.id}/start", data={"csrf_token": browser.csrf})

    assert not page.says("李大件")
    assert answer.status_code == 404


def test_the_desk_of_another_branch_confirms_nothing(app: Flask, people: Cast) -> None:
    phone = phone_of(app, people.other_worker)
    first = Client(app).signed_in_as(people.admin)
    first.get("/recoveries")
    first.submit("/recoveries", phone=phone)
    first.submit("/start")
    with app.app_context(), transaction(writes=False):
        waiting = desk.waiting_for(session().merge(people.admin, load=True))[0].id
    browser = Client(app).signed_in_as(people.township_admin)
    browser.get("/recoveries")
    answer = browser.http.post(f"/recoveries/{waiting}/confirm", data={"csrf_token": browser.csrf})

    assert answer.status_code == 404


def test_staff_are_not_recovered_at_the_desk(app: Flask, people: Cast) -> None:
    browser = Client(app).signed_in_as(people.admin)
    browser.get("/recoveries")
    page = browser.submit("/recoveries", phone=phone_of(app, people.counsellor))

    assert not page.says("陈静")


def test_the_desk_is_no_directory(app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "LOOK_UPS_A_DAY", 1)
    browser = Client(app).signed_in_as(people.admin)
    browser.get("/recoveries")
    phone = phone_of(app, people.worker)
    browser.submit("/recoveries", phone=phone)
    page = browser.submit("/recoveries", phone=phone, status=422)

    assert not page.says("王小骑")
