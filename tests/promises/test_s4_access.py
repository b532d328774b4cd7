"""S4: every route × every role: a door that the policy keeps shut looks like no door, and nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.core.database import Half, db
from app.core.permissions import Role, allows
from app.web.access import PUBLIC
from tests.client import Client
from tests.promises.world import SECRETS, World

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule

pytestmark = pytest.mark.promise

ROLES = ("stranger", *Role)

OPEN_TO_COLLEAGUES = {"safety_staff.acknowledge_alert"}
"""Every clinician sees that an alert is open; who is not on duty is told who is."""


@dataclass(frozen=True)
class Door:
    """One route with one method."""

    rule: Rule
    method: str
    guard: Any

    def path(self, values: dict[str, Any]) -> str:
        """The address with these values for its parameters."""
        wanted = {name: values[name] for name in self.rule.arguments}
        built = self.rule.build(wanted)
        assert built, f"{self.rule} cannot be built from {wanted}"
        return str(built[1])


def doors(app: Flask) -> list[Door]:
    """Every route that declares a permission."""
    found = []
    for rule in app.url_map.iter_rules():
        guard = vars(app.view_functions[rule.endpoint])["__guard__"]
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        found += [Door(rule, method, guard) for method in methods]
    return found


def rows(app: Flask) -> dict[str, int]:
    """How many rows each table of persons and of results holds."""
    tables = [table for table in db.metadata.sorted_tables if table.info.get("half") is not Half.SHARED]
    with app.app_context(), db.engine.connect() as connection:
        return {table.name: connection.scalar(text(f'SELECT count(*) FROM "{table.name}"')) or 0 for table in tables}


def send(client: Client, door: Door, path: str) -> tuple[int, str]:
    """Knock at a door, with a valid token, and say what came back."""
    headers = {"X-CSRFToken": client.csrf}
    answer = client.http.open(path, method=door.method, headers=headers)
    return answer.status_code, answer.get_data(as_text=True)


def tells(page: str) -> bool:
    """Whether an answer holds anything of the foreign record."""
    return any(secret in page for secret in SECRETS)


@pytest.fixture
def world(app: Flask) -> World:
    """A district in which everybody has something that is nobody else's business."""
    return World(app)


def browser(world: World, role: str) -> Client:
    """A browser of this role, with a token of its own."""
    client = Client(world.app)
    if role != "stranger":
        client.signed_in_as(world.person(Role(role)))
    client.get("/help")
    return client


@pytest.mark.parametrize("role", ROLES)
def test_a_wrong_role_finds_no_door_and_writes_nothing(world: World, role: str) -> None:
    client, before = browser(world, role), rows(world.app)
    closed = [
        door
        for door in doors(world.app)
        if door.guard != PUBLIC and (role == "stranger" or not allows(Role(role), door.guard))
    ]
    answers = {f"{door.method} {door.rule}": send(client, door, door.path(world.foreign))[0] for door in closed}
    expected = {302, 401} if role == "stranger" else {404}

    assert {door: status for door, status in answers.items() if status not in expected} == {}
    assert rows(world.app) == before


@pytest.mark.parametrize("role", [Role.WORKER, Role.COUNSELLOR, Role.ADMIN])
def test_a_foreign_record_looks_like_none(world: World, role: Role) -> None:
    client = browser(world, role)
    foreign = world.foreign
    unknown = {name: uuid4() if not isinstance(value, str) else value for name, value in foreign.items()}
    before, leaks = rows(world.app), {}
    for door in doors(world.app):
        hers = [name for name in door.rule.arguments if name in world.records]
        if door.guard == PUBLIC or not hers or not allows(role, door.guard) or door.rule.endpoint in OPEN_TO_COLLEAGUES:
            continue
        found = send(client, door, door.path(foreign))
        nothing = send(client, door, door.path(unknown))
        if found[0] != 404 or tells(found[1]) or world.without_tokens(found[1]) != world.without_tokens(nothing[1]):
            leaks[f"{door.method} {door.rule}"] = (found[0], nothing[0])

    assert leaks == {}
    assert rows(world.app) == before


def test_every_route_parameter_has_a_foreign_record(world: World) -> None:
    arguments = {name for door in doors(world.app) for name in door.rule.arguments}

    assert arguments <= set(world.foreign), "add the new parameter to tests/promises/world.py"
