"""Guessing: many at once get no more tries than one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from app.accounts.models import Challenge
from app.accounts.services import challenges
from app.accounts.services.challenges import TRIES, Asker, Purpose
from app.core.database import session, transaction
from tests.accounts.phone import NEW_NUMBER, NEW_PHONE, codes_sent, wrong

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask import Flask

    from tests.cast import Cast
    from tests.client import Client

GUESSES = 232


@pytest.fixture
def challenge_id(app: Flask) -> UUID:
    """A code was sent to a phone."""
    with app.app_context(), transaction():
        return challenges.send_code(Purpose.JOIN, NEW_NUMBER, asker=Asker("b")).challenge.id


def guess_at_once(app: Flask, guess: Callable[[], bool]) -> int:
    """How many of 232 guesses, 16 at a time, were looked at."""

    def one(_number: int) -> bool:
        with app.app_context():
            return guess()

    with ThreadPoolExecutor(16) as pool:
        return sum(pool.map(one, range(GUESSES)))


def test_232_guesses_at_once_get_five_tries(app: Flask, challenge_id: UUID) -> None:
    def guess() -> bool:
        with transaction():
            return challenges.take_try(challenge_id)

    assert guess_at_once(app, guess) == TRIES


def test_reading_then_writing_would_let_more_through(app: Flask, challenge_id: UUID) -> None:
    """The control: this is why the update is conditional."""

    def naive_guess() -> bool:
        with transaction(writes=False):
            attempts = session().get_one(Challenge, challenge_id).attempts
        with transaction():
            session().execute(text("UPDATE challenge SET attempts = :now"), {"now": attempts + 1})
        return attempts < TRIES

    assert guess_at_once(app, naive_guess) > TRIES


def test_the_right_code_comes_too_late_after_five_wrong_ones(app: Flask, client: Client, people: Cast) -> None:
    client.get(f"/join/{people.township.join_code}/phone")
    client.submit(phone=NEW_PHONE)
    right = codes_sent(app, NEW_NUMBER)[-1]
    path = client.page.response.request.path
    answers = [
        client.http.post(path, data={"csrf_token": client.csrf, "code": code}).status_code
        for code in [wrong(right)] * TRIES + [right]
    ]

    assert answers == [422] * (TRIES + 1)


def test_a_try_counts_even_if_what_follows_fails(app: Flask, challenge_id: UUID) -> None:
    def fail_after_a_try() -> None:
        with transaction():
            challenges.take_try(challenge_id)
            raise RuntimeError("later")

    with app.app_context():
        with pytest.raises(RuntimeError, match="later"):
            fail_after_a_try()
        with transaction(writes=False):
            assert session().get_one(Challenge, challenge_id).attempts == 1
