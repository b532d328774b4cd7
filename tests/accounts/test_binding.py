"""A challenge belongs to the browser that began it: its id alone opens nothing anywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.subjects import services as subjects
from tests.accounts.phone import NEW_NUMBER, NEW_PHONE, authenticator_code, codes_sent, phone_of
from tests.cast import PASSWORD
from tests.client import Client

if TYPE_CHECKING:
    from flask import Flask

    from tests.cast import Cast


@pytest.fixture
def thief(app: Flask) -> Client:
    """Another browser, which saw the address of the victim's page and even her code."""
    return Client(app)


def begin_joining(client: Client, people: Cast) -> str:
    client.get(f"/join/{people.township.join_code}/phone")
    client.submit(phone=NEW_PHONE)
    return client.page.response.request.path


def test_a_code_is_of_no_use_in_another_browser(app: Flask, client: Client, thief: Client, people: Cast) -> None:
    path = begin_joining(client, people)
    thief.get("/sign-in")
    fields = {"csrf_token": thief.csrf, "code": codes_sent(app, NEW_NUMBER)[-1]}
    answer = thief.http.post(path, data=fields)

    assert (answer.status_code, answer.location) == (303, "/join")
    client.submit(code=codes_sent(app, NEW_NUMBER)[-1])
    assert client.page.response.request.path.startswith("/join/account/")


def test_another_browser_uses_up_no_tries(app: Flask, client: Client, thief: Client, people: Cast) -> None:
    path = begin_joining(client, people)
    thief.get("/sign-in")
    for _ in range(6):
        thief.http.post(path, data={"csrf_token": thief.csrf, "code": "000000"})
    client.submit(code=codes_sent(app, NEW_NUMBER)[-1])

    assert client.page.response.request.path.startswith("/join/account/")


def test_a_thief_who_began_a_challenge_of_her_own_gets_no_further(
    app: Flask, client: Client, thief: Client, people: Cast
) -> None:
    path = begin_joining(client, people)
    thief.get("/forgotten")
    thief.submit(phone="13999999999")
    answer = thief.http.post(path, data={"csrf_token": thief.csrf, "code": codes_sent(app, NEW_NUMBER)[-1]})

    assert answer.location == "/join"


def test_a_proof_is_of_no_use_in_another_browser(app: Flask, client: Client, thief: Client, people: Cast) -> None:
    with app.app_context():
        subjects.refill(1)
    begin_joining(client, people)
    client.submit(code=codes_sent(app, NEW_NUMBER)[-1])
    path = client.page.response.request.path

    assert thief.http.get(path).location == "/join"


def test_a_second_factor_is_asked_in_the_browser_of_the_password_alone(
    app: Flask, client: Client, thief: Client, people: Cast
) -> None:
    client.get("/sign-in")
    client.submit(phone=phone_of(app, people.counsellor), password=PASSWORD)
    path = client.page.response.request.path
    thief.get("/sign-in")
    fields = {"csrf_token": thief.csrf, "code": authenticator_code(app, people.counsellor)}

    assert "/sign-in/second-factor/" in path
    assert thief.http.post(path, data=fields).location == "/sign-in"
    assert thief.http.get(f"{path}/qr.svg").status_code == 303


def test_nobody_asks_for_a_new_code_from_another_browser(
    app: Flask, client: Client, thief: Client, people: Cast
) -> None:
    path = begin_joining(client, people).replace("/join/code", "/codes") + "/again"
    thief.get("/sign-in")
    thief.http.post(path, data={"csrf_token": thief.csrf})

    assert len(codes_sent(app, NEW_NUMBER)) == 1
