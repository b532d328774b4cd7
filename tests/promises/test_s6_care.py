"""S6: a case, an alert or a shift that was changed past the program opens to nobody new, and no alert is lost by it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from app.care.models import Case
from app.care.services import records
from app.core import clock
from app.core.database import session, transaction
from app.core.errors import NotFound
from app.safety import services as safety
from app.safety.models import Alert, DutyShift
from app.safety.services import duty
from tests.promises.test_s6_writer import opens, refusals, write
from tests.promises.world import SECRETS, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client

pytestmark = pytest.mark.promise


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


@pytest.mark.parametrize("column", ["assignee", "seal"])
def test_a_case_cannot_be_handed_to_another_counsellor(
    app: Flask, world: World, signed_in: Callable[[Account], Client], column: str
) -> None:
    thief = world.people.other_counsellor
    browser = signed_in(thief)
    assert not opens(browser, f"/cases/{world.case_id}")
    write(app, Case, Case.id == world.case_id, assignee=thief.id, **({"seal": None} if column == "seal" else {}))

    assert not opens(browser, f"/cases/{world.case_id}")
    assert refusals(app) > 0
    page = browser.get("/cases").text
    assert not any(secret in page for secret in SECRETS)
    with app.app_context(), transaction():
        assert records.subjects_in_care(thief.id) == set()
    assert opens(signed_in(world.people.supervisor), f"/cases/{world.case_id}")


def test_a_case_cannot_be_pointed_at_another_subject(
    app: Flask, world: World, signed_in: Callable[[Account], Client]
) -> None:
    other = world.people.subject_of(world.people.other_worker)
    write(app, Case, Case.id == world.case_id, subject_id=other)

    assert not opens(signed_in(world.people.counsellor), f"/cases/{world.case_id}")
    assert refusals(app) > 0


def test_an_alert_cannot_be_given_to_somebody_who_is_not_on_duty(
    app: Flask, world: World, signed_in: Callable[[Account], Client]
) -> None:
    thief, supervisor = world.people.other_counsellor, signed_in(world.people.supervisor)
    write(app, Alert, Alert.id == world.alert_id, assignee=thief.id)

    assert not opens(signed_in(thief), f"/alerts/{world.alert_id}")
    assert refusals(app) > 0
    assert opens(supervisor, f"/alerts/{world.alert_id}")
    with app.app_context(), transaction(writes=False):
        assert world.alert_id in {alert.id for alert in safety.open_alerts()}


def test_a_shift_cannot_be_written_for_oneself(app: Flask, people: Cast) -> None:
    planned, thief, now = people.counsellor, people.other_counsellor, clock.now()
    with app.app_context(), transaction():
        duty.give_shift(planned, starts=now - timedelta(hours=1), ends=now + timedelta(hours=1))

    def on_duty(moment: object = now) -> list[object]:
        with app.app_context(), transaction():
            return [account.id for account in duty.on_duty(moment)]  # type: ignore[arg-type]

    only, later = DutyShift.id.is_not(None), now + timedelta(hours=3)
    assert on_duty() == [planned.id]
    write(app, DutyShift, only, account_id=thief.id)
    assert on_duty() == []
    write(app, DutyShift, only, account_id=planned.id, ends=later + timedelta(hours=1))
    assert on_duty(later) == []
    assert refusals(app) == 2


def test_a_forged_case_is_not_sealed_by_closing_it(app: Flask, world: World) -> None:
    write(app, Case, Case.id == world.case_id, assignee=world.people.other_counsellor.id)
    with app.app_context(), pytest.raises(NotFound), transaction():
        records.change(session().get_one(Case, world.case_id), lambda state: state, open=False)
