"""R12: whatever a request is made of, nobody sees a failure, and what is refused changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.core.permissions import Role, allows
from app.web.access import PUBLIC
from tests.promises.fuzzer import NASTY, Fuzzer
from tests.promises.test_s4_access import doors
from tests.promises.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from app.accounts.models import Account
    from tests.promises.test_s4_access import Door

pytestmark = pytest.mark.promise

LEAST = {
    "stranger": 800,
    Role.WORKER: 800,
    Role.COUNSELLOR: 1_000,
    Role.SUPERVISOR: 1_500,
    Role.ADMIN: 1_200,
    Role.AUDITOR: 200,
}
"""Requests on SQLite for each role, 5,500 in all; on PostgreSQL a part of them, with the values that databases store
differently."""


def owner(world: World, role: str) -> Account | None:
    """Somebody of this role to whom the records of the world belong."""
    cast = world.people
    mine = {
        Role.WORKER: cast.worker,
        Role.COUNSELLOR: cast.counsellor,
        Role.SUPERVISOR: cast.supervisor,
        Role.ADMIN: world.neighbour,
        Role.AUDITOR: cast.auditor,
    }
    return None if role == "stranger" else mine[Role(role)]


def open_to(app: Flask, role: str) -> list[Door]:
    """The doors of this role; those that are open to all are the stranger's."""
    if role == "stranger":
        return [door for door in doors(app) if door.guard == PUBLIC]
    return [door for door in doors(app) if door.guard != PUBLIC and allows(Role(role), door.guard)]


@pytest.fixture
def fuzzer(app: Flask, role: str) -> Iterator[Fuzzer]:
    """The browser of somebody of this role, who has something of everything."""
    world = World(app)
    made = Fuzzer(app, owner(world, role))
    made.ways = [(door.method, door.path(world.foreign)) for door in open_to(app, role)]
    yield made
    made.watch.close()


@pytest.mark.parametrize("role", LEAST)
def test_malformed_requests_never_fail_and_change_nothing(fuzzer: Fuzzer, role: str) -> None:
    pages = [path for method, path in fuzzer.ways if method == "GET"]
    for method, path in fuzzer.ways:
        if method == "POST":
            fuzzer.knock(path)
    fuzzer.come_in()
    for path in pages:
        fuzzer.play(path)
    shown = [(path, form) for path in pages for form in fuzzer.forms(path)]
    different = {(form.action or path, frozenset(form.names)): (path, form) for path, form in shown}
    for path, form in different.values():
        fuzzer.fill_in(path, form)

    assert not fuzzer.faults, "\n".join(fuzzer.faults)
    assert len(fuzzer.nasty) < len(NASTY) or fuzzer.sent >= LEAST[role]
