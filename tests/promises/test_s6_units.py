"""S6: a unit moved, or given another invitation, past the program opens no branch, and every page of units stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.accounts.models import Account
from app.accounts.services import roles, staff
from app.core.database import session, transaction
from app.core.errors import NotFound
from app.core.permissions import Role
from app.courses.services import audience
from app.organisations import services
from app.organisations.models import Unit, UnitKind
from tests.accounts.phone import codes_sent
from tests.promises.test_s6_writer import opens, refusals, stored, write
from tests.promises.world import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask import Flask

    from tests.cast import Cast
    from tests.client import Client

pytestmark = pytest.mark.promise
MANAGED = ("", "/new", "/calendar", "/resources", "/resources/venue/new")
PAGES = ("/", "/staff", "/staff/request", "/recoveries", "/join", *(f"/lectures/manage{page}" for page in MANAGED))


def reach(app: Flask, account: Account) -> tuple[set[UUID], set[UUID]]:
    """The units of a person, and whose cases she oversees."""
    account_id = account.id
    with app.app_context(), transaction(writes=False):
        person = session().get_one(Account, account_id)
        return set(services.branch_ids(person.unit_id)), set(roles.team_of(person) or ())


def forged(people: Cast, column: str) -> dict[str, Any]:
    """What a thief writes into the township's row to reach further."""
    district = people.district
    values: dict[str, dict[str, Any]] = {
        "path": {"path": district.path},
        "parent_id": {"parent_id": None},
        "kind": {"kind": UnitKind.DISTRICT},
        "join_code": {"join_code": "aaaaaaaaaa"},
        "seal": {"seal": None},
        "all": {"path": district.path, "parent_id": None, "kind": UnitKind.DISTRICT},
    }
    return values[column]


@pytest.mark.parametrize("column", ["path", "parent_id", "kind", "join_code", "seal", "all"])
def test_a_moved_unit_reaches_no_further(
    app: Flask, people: Cast, signed_in: Callable[[Account], Client], column: str
) -> None:
    boss = people.make(Role.SUPERVISOR, "街道督导", unit=people.township)
    near = people.make(Role.COUNSELLOR, "同街道", unit=people.township)
    assert people.counsellor
    assert people.other_township
    admin = signed_in(people.township_admin)
    assert reach(app, boss) == ({people.township.id}, {boss.id, near.id})
    write(app, Unit, Unit.id == people.township.id, **forged(people, column))

    assert reach(app, boss) == (set(), {boss.id})
    assert refusals(app) > 0
    assert not opens(admin, f"/units/{people.other_township.id}")
    assert not opens(admin, f"/units/{people.district.id}")
    assert "陈静" not in admin.get("/staff").text
    page = admin.get("/units", status=503)
    assert page.says("该工会组织的记录被绕过程序改动")


@pytest.mark.parametrize("column", ["path", "parent_id", "seal"])
def test_a_unit_put_below_mine_is_not_mine(
    app: Flask, people: Cast, signed_in: Callable[[Account], Client], column: str
) -> None:
    mine, other = people.township, people.other_township
    victim = people.make(Role.COUNSELLOR, "别的街道", unit=other)
    boss = people.make(Role.SUPERVISOR, "街道督导", unit=mine)
    moved = {"path": f"{mine.path}{other.id.hex}/", "parent_id": mine.id}
    values = {**moved, "seal": None} if column == "seal" else {column: moved[column]}
    write(app, Unit, Unit.id == other.id, **values)

    units, team = reach(app, boss)
    assert units == {mine.id}
    assert team == {boss.id}
    assert victim.id not in team
    admin = signed_in(people.township_admin)
    assert not opens(admin, f"/units/{other.id}")
    page = admin.get(f"/units/{mine.id}").text
    assert "崧厦" not in page
    assert ("1 条记录被绕过程序改动" in page) is (column != "path")
    with app.app_context(), transaction(writes=False):
        admin_here = session().get_one(Account, people.township_admin.id)
        assert {unit.id for unit in staff.units_for(admin_here)} == {mine.id}
        assert audience.units_below(admin_here) == []
        with pytest.raises(NotFound):
            services.fetch_unit(other.id, branch=mine.id)


def test_a_colleague_moved_into_my_branch_is_not_overseen(app: Flask, people: Cast) -> None:
    boss = people.make(Role.SUPERVISOR, "街道督导", unit=people.township)
    write(app, Account, Account.id == people.counsellor.id, unit_id=people.township.id)
    assert reach(app, boss)[1] == {boss.id}


def test_a_poster_leads_into_no_unit_that_took_its_code(app: Flask, people: Cast, client: Client) -> None:
    code = people.township.join_code
    write(app, Unit, Unit.id == people.township.id, join_code="bbbbbbbbbb")
    write(app, Unit, Unit.id == people.other_township.id, join_code=code)

    assert "崧厦" not in client.get(f"/join/{code}").text
    assert client.get(f"/join/{code}/phone", status=404)
    assert client.get("/join").status == 200


def test_who_belongs_to_a_forged_unit_is_still_in(
    app: Flask, world: World, signed_in: Callable[[Account], Client]
) -> None:
    people = world.people
    write(app, Unit, Unit.id == people.township.id, path=people.district.path)
    for person, door in ((people.worker, "/me"), (people.counsellor, f"/cases/{world.case_id}")):
        assert opens(signed_in(person), door)
    admin = signed_in(people.admin)
    for browser in (admin, signed_in(people.township_admin)):
        assert [door for door in PAGES if not opens(browser, door)] == []
    assert people.township.name not in admin.get(f"/units/{people.district.id}").text


def test_whoever_joins_with_the_number_of_a_forged_account_is_told_what_to_do(
    app: Flask, people: Cast, client: Client
) -> None:
    worker = people.worker
    with app.app_context(), transaction(writes=False):
        phone = session().get_one(Account, worker.id).phone
    before = stored(app, Account, Account.id == people.worker.id)
    write(app, Account, Account.id == people.worker.id, role=Role.SUPERVISOR)
    client.get(f"/join/{people.township.join_code}/phone")
    client.submit(phone=phone.removeprefix("+86"))
    page = client.submit(code=codes_sent(app, phone)[-1], status=409)

    assert page.says("这个号码的账户记录被人从外部改动过")
    assert refusals(app) == 1
    assert stored(app, Account, Account.id == people.worker.id)["phone_index"] == before["phone_index"]


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)
