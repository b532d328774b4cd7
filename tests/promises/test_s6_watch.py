"""S6: what is done past the program to an alert, a case or a key is found by a job, and nobody vanishes by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, update

from app.audit.refusals import KEY_LOST
from app.care.models import Case
from app.care.services import cases, records
from app.core import clock
from app.core.database import transaction
from app.core.ids import random_id
from app.home.watching import watch
from app.safety import services as safety
from app.safety.models import Alert
from app.safety.steps import Kind, Step
from app.vault import owner_keys
from tests.acts import acts
from tests.promises.test_s6_writer import opens, refusals, rows_are_well, stored, write
from tests.promises.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client

pytestmark = pytest.mark.promise
NOBODYS = random_id()


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


def watched(app: Flask) -> int:
    with app.app_context():
        return watch()


def named(app: Flask, action: str) -> int:
    with app.app_context():
        return len(acts(action))


def test_the_job_finds_nothing_where_nothing_was_done(app: Flask, world: World) -> None:
    assert world.case_id
    assert watched(app) == 0
    assert refusals(app) == 0


def test_an_alert_that_was_made_to_vanish_is_back_within_a_minute(
    app: Flask, world: World, client: Client, signed_in: Callable[[Account], Client]
) -> None:
    write(app, Alert, Alert.id == world.alert_id, open=False)
    supervisor = signed_in(world.people.supervisor)
    assert "王小骑" not in supervisor.get("/alerts").text

    assert watched(app) == 1
    assert watched(app) == 0
    assert "王小骑" in supervisor.get("/alerts").text
    assert "绕过程序" in supervisor.get(f"/alerts/{world.alert_id}").text
    assert (refusals(app), named(app, "alert.put_back")) == (1, 1)
    assert not rows_are_well(client)


@pytest.mark.parametrize("also", [{"seal": None}, {"assignee": random_id()}, {"subject_id": random_id()}])
def test_an_alert_vanishes_by_no_forgery(app: Flask, world: World, also: dict[str, object]) -> None:
    write(app, Alert, Alert.id == world.alert_id, open=False, **also)
    watched(app)
    with app.app_context(), transaction(writes=False):
        assert [alert.id for alert in safety.open_alerts()] == [world.alert_id]


def test_an_alert_given_to_somebody_else_is_given_back(app: Flask, world: World) -> None:
    taker = world.people.supervisor
    with app.app_context(), transaction():
        safety.acknowledge(safety.fetch_alert(world.alert_id, taker), by=taker)
    write(app, Alert, Alert.id == world.alert_id, assignee=world.people.other_counsellor.id, open=False)
    watched(app)
    row = stored(app, Alert, Alert.id == world.alert_id)
    assert (row["open"], row["assignee"]) == (True, taker.id)
    assert watched(app) == 0


def closed_alert(app: Flask, world: World) -> None:
    taker, other = world.people.supervisor, world.people.make(world.people.supervisor.role, "另一位督导")
    with app.app_context(), transaction():
        alert = safety.fetch_alert(world.alert_id, taker)
        safety.acknowledge(alert, by=taker)
        for kind in (Kind.CONTACT, Kind.ASSESSMENT, Kind.DECISION, Kind.PLAN):
            safety.document(alert, Step(kind, clock.now(), taker.id, choice="reached", channel="call", text="已联系"))
        safety.propose_closing(alert, by=taker)
        safety.sign_closing(alert, by=other)


def test_a_closed_alert_stays_closed_whatever_was_done_to_it(app: Flask, world: World) -> None:
    closed_alert(app, world)
    write(app, Alert, Alert.id == world.alert_id, assignee=world.people.other_counsellor.id)
    assert watched(app) == 1
    assert stored(app, Alert, Alert.id == world.alert_id)["open"] is False


def test_an_alert_is_not_put_back_beside_a_newer_one_of_the_same_person(app: Flask, world: World) -> None:
    write(app, Alert, Alert.id == world.alert_id, open=False)
    with app.app_context(), transaction():
        newer = safety.raise_alert(world.subject, source="sitting:2", instrument="phq9", item="q9", value=3)
    assert watched(app) == 1
    with app.app_context(), transaction(writes=False):
        assert [alert.id for alert in safety.open_alerts()] == [newer.alert_id]


def test_an_alert_whose_person_was_swapped_shows_nobody_else(
    app: Flask, world: World, signed_in: Callable[[Account], Client]
) -> None:
    victim = world.people.other_worker
    write(app, Alert, Alert.id == world.alert_id, subject_id=world.people.subject_of(victim))
    browser = signed_in(world.people.supervisor)
    for page in ("/alerts", f"/alerts/{world.alert_id}"):
        shown = browser.get(page).text
        assert "李小厂" not in shown
        assert "记录被改动" in shown


@pytest.mark.parametrize("forged", [{"open": False}, {"assignee": NOBODYS}, {"open": False, "assignee": NOBODYS}])
def test_a_case_that_was_made_to_vanish_is_back_within_a_minute(
    app: Flask, world: World, signed_in: Callable[[Account], Client], forged: dict[str, object]
) -> None:
    browser = signed_in(world.people.counsellor)
    assert world.case_id
    write(app, Case, Case.id == world.case_id, **forged)
    assert "王小骑" not in browser.get("/cases").text

    assert watched(app) == 1
    assert watched(app) == 0
    assert "王小骑" in browser.get("/cases").text
    assert opens(browser, f"/cases/{world.case_id}")
    assert named(app, "case.put_back") == 1


def test_a_case_without_a_seal_is_open_and_left_to_supervisors(app: Flask, world: World) -> None:
    write(app, Case, Case.id == world.case_id, open=False, seal=None)
    watched(app)
    assert stored(app, Case, Case.id == world.case_id)["open"] is True
    with app.app_context(), transaction(writes=False):
        assert records.subjects_in_care(world.people.counsellor.id) == set()


def test_a_closed_case_stays_closed_whatever_was_done_to_it(app: Flask, world: World) -> None:
    with app.app_context(), transaction():
        case = records.fetch_case(world.case_id, world.people.counsellor)
        cases.close_case(case, by=world.people.counsellor, why="已好转")
    for forged in ({"assignee": random_id()}, {"open": True, "assignee": world.people.counsellor.id}):
        write(app, Case, Case.id == world.case_id, **forged)
        assert watched(app) == 1
        row = stored(app, Case, Case.id == world.case_id)
        assert (row["open"], row["assignee"]) == (False, world.people.counsellor.id)


@pytest.mark.parametrize("how", ["gone", "as if erased"])
def test_a_key_that_nobody_destroyed_is_named(app: Flask, people: Cast, client: Client, how: str) -> None:
    table, mine = owner_keys.owner_key, owner_keys.owner_key.c.owner == people.worker.id
    assert people.other_worker
    with app.app_context(), owner_keys.opened() as connection:
        if how == "gone":
            connection.execute(delete(table).where(mine))
        else:
            connection.execute(update(table).where(mine).values(wrapped=b"", destroyed_on=clock.today()))
    assert watched(app) == 1
    assert watched(app) == 1
    assert named(app, KEY_LOST) == 1
    assert client.http.get("/readyz").get_json()["checks"]["owner_keys"] == "failed"


def test_a_key_that_was_destroyed_with_the_program_is_no_alarm(app: Flask, people: Cast) -> None:
    with app.app_context():
        owner_keys.destroy([people.worker.id])
    assert watched(app) == 0


def test_verifying_the_log_names_every_forged_row_and_lost_key(app: Flask, world: World) -> None:
    assert world.case_id
    runner = app.test_cli_runner()
    assert runner.invoke(args=["audit", "verify"]).exit_code == 0
    write(app, Case, Case.id == world.case_id, assignee=NOBODYS)
    with app.app_context(), owner_keys.opened() as connection:
        connection.execute(delete(owner_keys.owner_key).where(owner_keys.owner_key.c.owner == world.subject))
    outcome = runner.invoke(args=["audit", "verify"])

    assert outcome.exit_code == 1
    assert [line.split()[:2] for line in outcome.output.splitlines()] == [["FORGED", "case"], ["LOST", "subject"]]
