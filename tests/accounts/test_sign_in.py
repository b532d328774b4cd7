"""Signing in and out: what opens, what does not, and who learns what."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from app.accounts.current import DEVICE_COOKIE, SESSION_COOKIE
from app.accounts.models import Account, Status
from app.accounts.services import passwords, sessions
from app.core import clock
from app.core.database import session, transaction
from app.core.permissions import Role
from tests.accounts.phone import NEW_PHONE, codes_sent, phone_of
from tests.cast import PASSWORD
from tests.client import Client

if TYPE_CHECKING:
    from flask import Flask

    from tests.cast import Cast


@pytest.fixture
def known_browser(app: Flask, client: Client, people: Cast) -> Client:
    """The worker signed in here with a code, and out again."""
    sign_in_with_code(app, client, people)
    client.get("/me")
    client.submit("sign-out")
    return client


def sign_in_with_code(app: Flask, client: Client, people: Cast) -> None:
    phone = phone_of(app, people.worker)
    client.get("/sign-in?next=/me")
    client.submit(phone=phone, password=PASSWORD)
    fields = {"csrf_token": client.csrf, "code": codes_sent(app, phone)[-1]}
    client.http.post(client.page.response.request.full_path, data=fields)


def try_password(client: Client, phone: str, password: str) -> tuple[int, str]:
    client.get("/sign-in")
    answer = client.http.post("/sign-in", data={"csrf_token": client.csrf, "phone": phone, "password": password})
    body = answer.get_data(as_text=True)
    return answer.status_code, re.sub(r'value="[^"]*"|content="[^"]*"', "", body)


def change(app: Flask, account: Account, **values: object) -> None:
    with app.app_context(), transaction():
        found = session().get_one(Account, account.id)
        for name, value in values.items():
            setattr(found, name, value)


def test_a_new_browser_needs_the_code_as_well(app: Flask, client: Client, people: Cast) -> None:
    client.get("/sign-in")
    client.submit(phone=phone_of(app, people.worker), password=PASSWORD)

    assert "/sign-in/code/" in client.page.response.request.path
    assert client.http.get_cookie(SESSION_COOKIE) is None


def test_the_code_opens_the_session_and_makes_the_browser_known(app: Flask, client: Client, people: Cast) -> None:
    sign_in_with_code(app, client, people)

    cookie = client.http.get_cookie(DEVICE_COOKIE)
    assert cookie is not None
    assert cookie.http_only
    assert client.get("/me").status == 200


def test_a_known_browser_skips_the_code(app: Flask, known_browser: Client, people: Cast) -> None:
    known_browser.get("/sign-in")
    answer = known_browser.http.post(
        "/sign-in?next=/me",
        data={"csrf_token": known_browser.csrf, "phone": phone_of(app, people.worker), "password": PASSWORD},
    )

    assert (answer.status_code, answer.location) == (303, "/me")


def test_strangers_tries_do_not_lock_out_a_known_browser(app: Flask, known_browser: Client, people: Cast) -> None:
    phone, stranger = phone_of(app, people.worker), Client(app)
    refused = [try_password(stranger, phone, "a guess of a stranger")[0] for _ in range(11)]

    assert refused == [422] * 10 + [429]
    assert try_password(known_browser, phone, PASSWORD)[0] == 303


def test_the_limit_says_when_to_try_again(app: Flask, client: Client, people: Cast) -> None:
    phone = phone_of(app, people.worker)
    answers = [try_password(client, phone, "a guess of a stranger") for _ in range(11)]

    assert re.search(r"请在 \d\d:\d\d 后再试", answers[-1][1])


@pytest.mark.parametrize("tries", [1, 11], ids=["a wrong password", "too many tries"])
def test_known_and_unknown_phones_get_the_same_answer(app: Flask, client: Client, people: Cast, tries: int) -> None:
    known, unknown = phone_of(app, people.worker), NEW_PHONE
    with clock.at(clock.now()):  # the answer says when to come back
        answers = [
            [try_password(client, phone, "not the password") for _ in range(tries)][-1] for phone in (known, unknown)
        ]

    assert answers[0] == answers[1]


def test_a_signed_out_cookie_opens_nothing(app: Flask, client: Client, people: Cast) -> None:
    sign_in_with_code(app, client, people)
    stolen = client.http.get_cookie(SESSION_COOKIE)
    assert stolen is not None
    client.get("/me")
    client.submit("sign-out")
    thief = Client(app)
    thief.http.set_cookie(SESSION_COOKIE, stolen.value)

    assert thief.get("/me").response.request.path == "/sign-in"


def test_each_sign_in_makes_new_tokens(app: Flask, known_browser: Client, people: Cast) -> None:
    phone = phone_of(app, people.worker)
    try_password(known_browser, phone, PASSWORD)
    first = known_browser.http.get_cookie(SESSION_COOKIE)
    known_browser.get("/me")
    before = known_browser.csrf
    try_password(known_browser, phone, PASSWORD)
    second = known_browser.http.get_cookie(SESSION_COOKIE)
    known_browser.get("/me")

    assert first is not None
    assert second is not None
    assert first.value != second.value
    assert known_browser.csrf != before
    with app.app_context(), transaction(writes=False):
        assert sessions.find_account(first.value) is None


def test_a_closed_account_is_out_on_its_next_request(app: Flask, people: Cast) -> None:
    browser = Client(app).signed_in_as(people.worker)
    change(app, people.worker, status=Status.CLOSED)

    assert browser.get("/me").response.request.path == "/sign-in"


def test_a_new_role_acts_on_the_next_request(app: Flask, people: Cast) -> None:
    browser = Client(app).signed_in_as(people.admin)
    browser.get("/staff")
    change(app, people.admin, role=Role.AUDITOR)

    browser.get("/staff", status=404)


@pytest.mark.parametrize(("idle", "path"), [(14, "/me"), (16, "/sign-in")])
def test_a_session_ends_after_fifteen_idle_minutes(app: Flask, people: Cast, idle: int, path: str) -> None:
    browser = Client(app).signed_in_as(people.worker)
    with clock.at(clock.now() + timedelta(minutes=idle)):
        assert browser.get("/me").response.request.path == path


def test_nobody_waits_while_a_password_is_hashed(
    app: Flask, client: Client, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write() -> str:
        with app.app_context(), transaction():
            return sessions.open_session(session().get_one(Account, worker_id), second_factor=True)

    def hash_while_another_writes(_stored: str | None, _password: str) -> bool:
        with ThreadPoolExecutor(1) as pool:
            return bool(pool.submit(write).result(timeout=5))

    worker_id, phone = people.worker.id, phone_of(app, people.worker)
    monkeypatch.setattr(passwords, "matches", hash_while_another_writes)

    assert try_password(client, phone, "any")[0] == 303


def test_full_width_letters_are_the_same_password(app: Flask, known_browser: Client, people: Cast) -> None:
    typed = PASSWORD.translate({ord(letter): ord(letter) + 0xFEE0 for letter in "abcdefghijklmnopqrstuvwxyz0123456789"})

    assert try_password(known_browser, phone_of(app, people.worker), typed)[0] == 303


def test_a_foreign_address_is_not_followed_after_signing_in(app: Flask, known_browser: Client, people: Cast) -> None:
    known_browser.get("/sign-in")
    fields = {"csrf_token": known_browser.csrf, "phone": phone_of(app, people.worker), "password": PASSWORD}
    answer = known_browser.http.post("/sign-in?next=//evil.example/", data=fields)

    assert answer.location == "/"


def test_a_forged_sign_out_is_refused(app: Flask, people: Cast) -> None:
    browser = Client(app).signed_in_as(people.worker)

    assert browser.http.post("/sign-out").status_code == 400
    assert browser.get("/me").response.request.path == "/me"
