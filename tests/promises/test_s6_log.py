"""S6: the log names each forgery, and is not flooded by one that is asked for again and again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from app.accounts.models import Account, Status
from app.core import clock
from app.core.permissions import Role
from tests.promises.test_s6_writer import opens, refusals, status_of, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.cast import Cast
    from tests.client import Client

pytestmark = pytest.mark.promise


def test_a_row_asked_for_again_and_again_is_one_entry_an_hour(
    app: Flask, people: Cast, signed_in: Callable[[Account], Client]
) -> None:
    browser, mine = signed_in(people.worker), Account.id == people.worker.id
    write(app, Account, mine, role=Role.SUPERVISOR)
    for _ in range(20):
        assert not opens(browser, "/signatures")
    assert refusals(app) == 1
    write(app, Account, mine, role=Role.ADMIN)
    for _ in range(5):
        assert not opens(browser, "/staff")
    assert refusals(app) == 2
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert status_of(app, people.worker) is Status.CLOSED
    assert refusals(app) == 3
