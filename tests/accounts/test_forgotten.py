"""A forgotten password: a code to the phone, a new one, every session ended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.accounts.current import SESSION_COOKIE
from tests.accounts.phone import (
    NEW_NUMBER,
    NEW_PASSWORD,
    NEW_PHONE,
    authenticator_code,
    codes_sent,
    confirm,
    enrolled,
    make_known,
    phone_of,
)
from tests.client import Client

if TYPE_CHECKING:
    from flask import Flask

    from tests.cast import Cast


def ask(client: Client, phone: str) -> tuple[int, str]:
    client.get("/forgotten")
    client.submit(phone=phone)
    return client.page.status, re.sub(
        r"[0-9a-f-]{36}|\d{3}\*{4}\d{4}|content=\"[^\"]*\"|value=\"[^\"]*\"", "", client.page.text
    )


def test_on_a_known_browser_a_code_leads_to_a_new_password(app: Flask, client: Client, people: Cast) -> None:
    phone = phone_of(app, people.worker)
    make_known(app, client, people.worker)
    ask(client, phone)
    client.submit(code=codes_sent(app, phone)[-1])
    client.submit(password=NEW_PASSWORD)

    assert client.page.says("我记好了")
    assert client.get("/me").response.request.path == "/me"


def test_a_new_password_ends_every_session(app: Flask, client: Client, people: Cast) -> None:
    elsewhere = Client(app).signed_in_as(people.worker)
    make_known(app, client, people.worker)
    phone = phone_of(app, people.worker)
    ask(client, phone)
    client.submit(code=codes_sent(app, phone)[-1])
    client.http.post(client.page.response.request.path, data={"csrf_token": client.csrf, "password": NEW_PASSWORD})

    assert elsewhere.get("/me").response.request.path == "/sign-in"


def test_staff_still_give_their_second_factor(app: Flask, client: Client, people: Cast) -> None:
    phone = enrolled(app, people.counsellor)
    ask(client, phone)
    client.submit(code=codes_sent(app, phone)[-1])
    client.submit("/forgotten/who", secret=authenticator_code(app, people.counsellor))
    client.submit(password="four words of a counsellor")

    assert client.page.response.request.path == "/sign-in"
    assert client.http.get_cookie(SESSION_COOKIE) is None


def test_a_proof_is_used_up(app: Flask, client: Client, people: Cast) -> None:
    phone = phone_of(app, people.worker)
    make_known(app, client, people.worker)
    ask(client, phone)
    client.submit(code=codes_sent(app, phone)[-1])
    path, fields = client.page.response.request.path, {"csrf_token": client.csrf, "password": NEW_PASSWORD}
    client.http.post(path, data=fields)
    client.get("/me")
    again = client.http.post(path, data={**fields, "csrf_token": client.csrf})

    assert (again.status_code, again.location) == (303, "/forgotten")


def test_known_and_unknown_phones_get_the_same_page(app: Flask, client: Client, people: Cast) -> None:
    assert ask(client, phone_of(app, people.worker)) == ask(client, NEW_PHONE)


def test_an_unknown_phone_is_invited_to_join_once_it_is_proven(app: Flask, client: Client, people: Cast) -> None:
    assert people.township
    ask(client, NEW_PHONE)
    client.submit(code=codes_sent(app, NEW_NUMBER)[-1])

    assert "/join" in client.page.links


def test_a_proven_phone_gets_the_same_page_with_and_without_an_account(
    app: Flask, client: Client, people: Cast
) -> None:
    confirm(app, client, phone_of(app, people.worker))
    known = len(client.page.text)
    confirm(app, client, NEW_NUMBER)

    assert len(client.page.text) == known
