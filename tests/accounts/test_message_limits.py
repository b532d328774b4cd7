"""Codes cost money: limits by phone, network, link and day, and known devices that no stranger can lock out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.accounts.services import challenges, devices, limits, message_limits
from app.accounts.services.challenges import Asker, Purpose
from app.core import clock
from app.core.database import session, transaction
from app.core.errors import TooMany
from app.notices import kinds
from app.notices.models import OutboxRow
from app.web import limits as web_limits
from tests.accounts.phone import NEW_PHONE, codes_sent, phone_of
from tests.cast import PASSWORD
from tests.client import Client

if TYPE_CHECKING:
    from flask import Flask

    from tests.cast import Cast

FACTORY = Asker("a browser", network="203.0.113.7")
NOBODY = Asker("b")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small limits, so that a test reaches them."""
    monkeypatch.setattr(message_limits, "NETWORK_AN_HOUR", 3)
    monkeypatch.setattr(message_limits, "LINK_A_DAY", 4)


@pytest.fixture
def ten_a_day(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application sends strangers ten codes a day."""
    assert app
    monkeypatch.setattr(message_limits, "_cap", 10)


def number(last: int) -> str:
    return f"+8613712{last:06d}"


def send(app: Flask, last: int, *, asker: Asker = NOBODY, **about: str) -> str:
    """Ask for a code to join; the code, or when to come back."""
    with app.app_context(), transaction():
        try:
            return challenges.send_code(Purpose.JOIN, number(last), asker=asker, **about).code
        except TooMany as refusal:
            return f"refused: {refusal.message}"


def refused(answers: list[str]) -> int:
    return sum(answer.startswith("refused") for answer in answers)


def kinds_told(app: Flask) -> list[dict[str, object]]:
    with app.app_context(), transaction(writes=False):
        rows = session().scalars(select(OutboxRow)).all()
        return [row.payload for row in rows if row.payload["kind"] != "phone.code"]


@pytest.mark.usefixtures("few")
def test_different_phones_from_one_network_run_out_of_codes(app: Flask) -> None:
    assert refused([send(app, last, asker=FACTORY) for last in range(5)]) == 2


@pytest.mark.usefixtures("few")
def test_a_code_that_was_met_does_not_count_against_its_network(app: Flask) -> None:
    for last in range(6):
        with app.app_context(), transaction():
            sent = challenges.send_code(Purpose.JOIN, number(last), asker=FACTORY)
            assert challenges.answer(sent.challenge, sent.code, FACTORY)

    assert refused([send(app, 100 + last, asker=FACTORY) for last in range(4)]) == 1


@pytest.mark.usefixtures("few")
def test_the_link_of_a_unit_runs_out_of_codes_and_the_others_do_not(app: Flask, people: Cast) -> None:
    link, other = people.township.id.hex, people.other_township.id.hex

    assert refused([send(app, last, unit=link) for last in range(6)]) == 2
    assert refused([send(app, 50, unit=other)]) == 0


@pytest.mark.usefixtures("ten_a_day")
def test_the_day_ends_with_the_cap_and_says_when_to_come_back(app: Flask) -> None:
    answers = [send(app, last) for last in range(12)]

    assert refused(answers) == 2
    assert answers[-1].startswith("refused: ")
    with clock.at(clock.now() + timedelta(days=1, minutes=2)):
        assert refused([send(app, 99)]) == 0


@pytest.mark.usefixtures("ten_a_day")
def test_the_admins_are_told_once_before_the_cap(app: Flask, people: Cast) -> None:
    assert people.admin
    for last in range(7):
        send(app, last)
    before = [told for told in kinds_told(app) if told["kind"] == message_limits.RUNNING_OUT]
    for last in range(7, 12):
        send(app, last)
    told = [told for told in kinds_told(app) if told["kind"] == message_limits.RUNNING_OUT]

    assert (before, len(told)) == ([], 1)
    with app.app_context(), transaction(writes=False):
        assert {str(delivery.channel) for delivery in kinds.resolve(told[0])} == {"in_app", "phone"}


def test_one_phone_is_rung_fifteen_times_a_day_at_most(app: Flask) -> None:
    present, answers = clock.now(), []
    for hour in range(5):
        with clock.at(present + timedelta(hours=hour, minutes=hour)):
            answers += [send(app, 1) for _ in range(5)]

    assert refused(answers) == 10


def test_a_refused_code_uses_up_nothing(app: Flask) -> None:
    for _ in range(9):
        send(app, 1, asker=FACTORY)

    with app.app_context(), transaction(writes=False):
        assert limits.used("codes network", FACTORY.network.encode()) == 5


@pytest.mark.usefixtures("ten_a_day")
def test_strangers_cannot_lock_out_a_known_device_or_a_right_password(app: Flask, people: Cast) -> None:
    phone = phone_of(app, people.worker)
    with app.app_context(), transaction():
        token = devices.remember(session().merge(people.worker))
    for last in range(11):
        send(app, last)
    known, new = Client(app), Client(app)
    known.http.set_cookie("xf_device", token)
    known.get("/forgotten")
    known.submit(phone=phone)
    new.get("/sign-in")
    new.submit(phone=phone, password=PASSWORD)

    assert known.page.response.request.path.startswith("/forgotten/code/")
    assert new.page.response.request.path.startswith("/sign-in/code/")
    assert len(codes_sent(app, phone)) == 2


@pytest.mark.usefixtures("ten_a_day")
def test_the_page_itself_says_when_to_come_back(app: Flask, client: Client, people: Cast) -> None:
    client.get(f"/join/{people.township.join_code}/phone")
    for last in range(10):
        send(app, last)
    client.submit(phone=NEW_PHONE, status=429)

    assert client.page.says("试得有点多了，请明天")
    assert client.page.form().names >= {"phone"}


def test_a_new_code_asked_for_too_often_leaves_the_page_open(app: Flask, client: Client, people: Cast) -> None:
    client.get(f"/join/{people.township.join_code}/phone")
    client.submit(phone=NEW_PHONE)
    for _ in range(5):
        client.submit("/again")

    assert client.page.says("后再试")
    assert client.page.response.request.path.startswith("/join/code/")


def test_a_customer_of_ipv6_is_one_network(app: Flask) -> None:
    def network_of(address: str) -> str:
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return web_limits.network()

    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::9") != network_of("2001:db8:1:3::1")
    assert network_of("203.0.113.7") != network_of("203.0.113.8")


@pytest.mark.usefixtures("ten_a_day")
def test_many_at_once_get_no_more_than_one_after_the_other(app: Flask) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda last: send(app, last), range(40)))

    assert refused(answers) == 30
