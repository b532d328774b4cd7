"""Who has to wait is let in by herself, with what she typed, which nobody else can read or use."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from app.accounts import one_moment
from app.accounts.current import SESSION_COOKIE
from app.accounts.one_moment import COOKIE
from app.accounts.services import limits, turns
from app.accounts.services.turns import Line
from app.core import clock
from app.subjects import services as subjects
from tests.accounts.phone import NEW_NUMBER, NEW_PASSWORD, confirm, make_known, phone_of
from tests.cast import PASSWORD
from tests.client import Client

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.cast import Cast


@pytest.fixture(autouse=True)
def crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many people that whoever comes new has to wait."""
    monkeypatch.setattr(one_moment, "LINE", Line())
    monkeypatch.setattr(turns, "NEW", 0)


@pytest.fixture
def browser(app: Flask, people: Cast) -> Client:
    """The worker's own, which is known."""
    client = Client(app)
    make_known(app, client, people.worker)
    return client


def send(browser: Client, phone: str, password: str = PASSWORD, path: str = "/sign-in") -> TestResponse:
    browser.get(path)
    fields = {"csrf_token": browser.csrf, "phone": phone, "password": password}
    return browser.http.post(path, data=fields)


def come_back(browser: Client, path: str = "/sign-in", *, after: int = 5) -> TestResponse:
    with clock.at(clock.now() + timedelta(seconds=after)):
        return browser.http.get(path)


def kept(browser: Client) -> str | None:
    cookie = browser.http.get_cookie(COOKIE)
    return cookie.value if cookie else None


def test_shows_a_page_that_comes_back_by_itself(app: Flask, browser: Client, people: Cast) -> None:
    answer = send(browser, phone_of(app, people.worker), path="/sign-in?next=/me")

    assert answer.status_code == 202
    assert answer.headers["Refresh"] == "1; url=/sign-in?next=/me"
    assert "本页会自动让您进入" in answer.text


def test_is_let_in_at_her_moment(app: Flask, browser: Client, people: Cast) -> None:
    send(browser, phone_of(app, people.worker), path="/sign-in?next=/me")

    answer = come_back(browser, "/sign-in?next=/me")

    assert (answer.status_code, answer.location) == (303, "/me")
    assert browser.http.get_cookie(SESSION_COOKIE)
    assert kept(browser) is None


def test_goes_where_she_wanted_to_go_whatever_her_browser_asks_for(app: Flask, browser: Client, people: Cast) -> None:
    send(browser, phone_of(app, people.worker), path="/sign-in?next=/me")

    assert come_back(browser, "/sign-in").location == "/me"


def test_waits_on_who_comes_too_early(app: Flask, browser: Client, people: Cast) -> None:
    send(browser, phone_of(app, people.worker))

    assert browser.http.get("/sign-in").status_code == 202
    assert come_back(browser).status_code == 303


def test_a_wrong_password_is_told_once_and_kept_no_longer(app: Flask, browser: Client, people: Cast) -> None:
    send(browser, phone_of(app, people.worker), "not-the-password")

    answer = come_back(browser)

    assert answer.status_code == 422
    assert "手机号或密码不对" in answer.text
    assert browser.http.get("/sign-in").status_code == 200


def test_nothing_that_was_typed_is_readable(app: Flask, browser: Client, people: Cast) -> None:
    phone = phone_of(app, people.worker)
    answer = send(browser, phone)
    token = kept(browser)

    assert token is not None
    for secret in (PASSWORD, phone[-8:]):
        assert secret not in answer.text
        assert secret.encode() not in urlsafe_b64decode(token)
        assert secret not in str(answer.headers)


def test_what_was_kept_counts_in_its_own_browser_alone(app: Flask, browser: Client, people: Cast) -> None:
    send(browser, phone_of(app, people.worker))
    thief = Client(app)
    thief.get("/sign-in")
    thief.http.set_cookie(COOKIE, kept(browser) or "")

    assert come_back(thief).status_code == 400
    assert thief.http.get_cookie(SESSION_COOKIE) is None


@pytest.mark.parametrize("token", ["", "AAAA", "no token", "!"])
def test_a_forged_cookie_is_as_good_as_none(browser: Client, token: str) -> None:
    browser.http.set_cookie(COOKIE, token)

    assert browser.http.get("/sign-in").status_code == 200


def test_what_was_kept_is_over_after_two_minutes(app: Flask, browser: Client, people: Cast) -> None:
    send(browser, phone_of(app, people.worker))
    token = kept(browser) or ""

    with clock.at(clock.now() + timedelta(minutes=3)):
        browser.http.set_cookie(COOKIE, token)
        assert browser.http.get("/sign-in").status_code == 200


def test_waiting_uses_up_no_try(app: Flask, browser: Client, people: Cast) -> None:
    assert send(browser, phone_of(app, people.worker)).status_code == 202
    for _ in range(12):
        assert browser.http.get("/sign-in").status_code == 202

    assert come_back(browser).status_code == 303


def test_another_form_takes_the_place_of_the_kept_one(
    app: Flask, browser: Client, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(browser, phone_of(app, people.worker))
    monkeypatch.setattr(turns, "NEW", 2)
    monkeypatch.setattr(one_moment, "LINE", Line())
    fields = {"csrf_token": browser.csrf, "phone": "13912345678", "password": "not-the-password"}

    assert browser.http.post("/sign-in", data=fields).status_code == 422
    assert kept(browser) is None


def test_a_page_elsewhere_is_not_touched(app: Flask, browser: Client, people: Cast) -> None:
    send(browser, phone_of(app, people.worker))

    assert come_back(browser, "/join").status_code == 200
    assert kept(browser) is not None


def test_asks_the_database_for_nothing_while_somebody_waits(
    app: Flask, browser: Client, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = phone_of(app, people.worker)
    browser.get("/sign-in")
    fields = {"csrf_token": browser.csrf, "phone": phone, "password": PASSWORD}

    def refuse(*_arguments: object, **_options: object) -> None:
        raise AssertionError

    monkeypatch.setattr(limits, "take", refuse)
    monkeypatch.setattr("sqlalchemy.engine.Engine.connect", refuse)

    assert browser.http.post("/sign-in", data=fields).status_code == 202


def test_a_new_worker_waits_for_her_turn_and_joins_by_herself(app: Flask, people: Cast) -> None:
    with app.app_context():
        subjects.refill(1)
    browser = Client(app)
    confirm(app, browser, NEW_NUMBER, beginning=f"/join/{people.township.join_code}/phone")
    page = browser.page.response.request.path
    browser.submit(password=NEW_PASSWORD, name="王小骑", status=202)

    answer = come_back(browser, page)

    assert answer.status_code == 200
    assert "/consent" in answer.text
    assert browser.http.get_cookie(SESSION_COOKIE)


@pytest.mark.parametrize("form", ["/forgotten/who/{proof}", "/forgotten/password/{proof}", "/invitation/{proof}"])
def test_other_forms_that_hash_a_password_wait_before_anything_is_looked_up(browser: Client, form: str) -> None:
    browser.get("/sign-in")
    path = form.format(proof="0190f3a0-0000-7000-8000-000000000000")

    assert browser.http.post(path, data={"csrf_token": browser.csrf}).status_code == 202


def test_a_form_too_long_for_a_cookie_is_told_to_come_again(browser: Client) -> None:
    answer = send(browser, "1" * 3_000)

    assert answer.status_code == 503
    assert kept(browser) is None
