"""A factory behind one address gets in at its shift change; who guesses from one address runs out of guesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.accounts.services import limits
from app.accounts.services import sign_in as service
from app.core.database import transaction
from app.core.permissions import Role
from app.web.limits import limiter
from tests.accounts.phone import make_known, phone_of
from tests.cast import PASSWORD
from tests.client import Client

if TYPE_CHECKING:
    from flask import Flask

    from tests.cast import Cast

GATE = "203.0.113.7"


@pytest.fixture(autouse=True)
def few_mistakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three wrong passwords an hour and network."""
    monkeypatch.setattr(service, "NETWORK_WRONG", 3)


def at(app: Flask, address: str = GATE) -> Client:
    """A browser behind an address."""
    client = Client(app)
    client.http.environ_base["REMOTE_ADDR"] = address
    client.get("/sign-in")
    return client


def try_password(client: Client, phone: str, password: str = PASSWORD) -> int:
    fields = {"csrf_token": client.csrf, "phone": phone, "password": password}
    return client.http.post("/sign-in", data=fields).status_code


def guess(client: Client, number: int) -> int:
    return try_password(client, f"1381234{number:04d}", "a guess of a stranger")


def used(app: Flask) -> int:
    with app.app_context(), transaction(writes=False):
        return limits.used("password network", GATE.encode())


def test_a_factory_behind_one_address_gets_in(app: Flask, people: Cast) -> None:
    workers = [people.make(Role.WORKER, "工友", unit=people.township) for _ in range(5)]

    assert [try_password(at(app), phone_of(app, worker)) for worker in workers] == [303] * 5
    assert used(app) == 0


def test_guesses_from_one_network_run_out_whatever_phone_they_are_for(app: Flask, people: Cast) -> None:
    client = at(app)

    assert [guess(client, number) for number in range(4)] == [422, 422, 422, 429]
    assert try_password(at(app), phone_of(app, people.worker)) == 429


def test_a_known_browser_and_another_network_come_in_all_the_same(app: Flask, people: Cast) -> None:
    client, known = at(app), at(app)
    make_known(app, known, people.worker)
    for number in range(4):
        guess(client, number)

    assert try_password(known, phone_of(app, people.worker)) == 303
    assert try_password(at(app, "198.51.100.9"), phone_of(app, people.worker)) == 303


def test_guesses_count_in_every_process(app: Flask) -> None:
    guess(at(app), 1)

    assert used(app) == 1  # a row, which any process reads


def test_a_customer_of_ipv6_is_one_network(app: Flask) -> None:
    addresses = [f"2001:db8:1:2::{number}" for number in range(1, 5)]

    assert [guess(at(app, address), 1) for address in addresses] == [422, 422, 422, 429]


def test_a_crowd_meets_no_limit_that_each_process_counts_for_itself(app: Flask) -> None:
    crowd = ("sign_in", "give_phone", "give_join_code", "create_account", "send_again", "ask_reset")
    limited = {name.rpartition(".")[2] for name in limiter.limit_manager._decorated_limits}

    assert "come_in" in limited
    assert limited.isdisjoint(crowd)
