"""Closing a staff account takes two, never leaves a role empty, and is no secret from whom it concerns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.accounts.models import Account, Status
from app.accounts.services import closing, staff
from app.core import clock
from app.core.database import session, transaction
from app.core.errors import NotFound, Refused
from app.core.permissions import Role
from app.notices import kinds
from app.notices.models import OutboxRow
from tests.accounts.phone import NEW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask import Flask

    from tests.cast import Cast
    from tests.client import Client

    SignedIn = Callable[[Account], Client]


@pytest.fixture(autouse=True)
def colleagues(people: Cast) -> None:
    """Two counsellors, and one of each other role; they come to life when they are named."""
    assert all((people.counsellor, people.other_counsellor, people.supervisor, people.admin))


def own(account: Account) -> Account:
    return session().get_one(Account, account.id)


def ask(app: Flask, people: Cast, account: Account) -> UUID:
    """An admin asks; the id of what waits."""
    with app.app_context(), transaction():
        closing.ask(own(account), by=own(people.admin))
    with app.app_context(), transaction(writes=False):
        return closing.waiting_for(own(people.supervisor))[0].id


def status(app: Flask, account: Account) -> Status:
    with app.app_context(), transaction(writes=False):
        return own(account).status


def told(app: Flask) -> list[tuple[str, str]]:
    """The kinds of notices promised, and on which channels they go out."""
    with app.app_context(), transaction(writes=False):
        payloads = [row.payload for row in session().scalars(select(OutboxRow))]
        return [(each["kind"], delivery.channel) for each in payloads for delivery in kinds.resolve(each)]


def test_an_admin_asks_and_a_supervisor_closes(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    theirs, admin, supervisor = (signed_in(each) for each in (people.counsellor, people.admin, people.supervisor))
    admin.get("/staff")
    page = admin.submit(f"/staff/{people.counsellor.id}/close")
    assert page.says("等督导决定是否停用")
    assert theirs.get("/me").response.request.path == "/me"

    supervisor.get("/staff/approvals")
    assert supervisor.page.says("陈静")
    assert supervisor.page.says("管理员")
    supervisor.submit("/confirm")

    assert theirs.get("/me").response.request.path == "/sign-in"
    assert status(app, people.counsellor) is Status.CLOSED


def test_a_supervisor_may_say_no(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    ask(app, people, people.counsellor)
    browser = signed_in(people.supervisor)
    browser.get("/staff/approvals")
    assert browser.submit("/keep").says("账号继续使用")
    assert status(app, people.counsellor) is Status.ACTIVE


def test_the_person_and_the_supervisors_are_told(app: Flask, people: Cast) -> None:
    waiting = ask(app, people, people.counsellor)
    assert sorted(told(app)) == [
        ("staff.closing_asked", "in_app"),
        ("staff.closing_asked", "phone"),
        ("staff.closing_waits", "in_app"),
    ]
    with app.app_context(), transaction():
        closing.confirm(waiting, by=own(people.supervisor))
    assert ("staff.closed", "phone") in told(app)


def test_the_last_one_of_a_role_stays(app: Flask, people: Cast) -> None:
    with app.app_context(), pytest.raises(Refused), transaction():
        closing.ask(own(people.supervisor), by=own(people.admin))
    assert status(app, people.supervisor) is Status.ACTIVE


def test_whoever_became_the_last_one_meanwhile_stays(app: Flask, people: Cast) -> None:
    waiting = ask(app, people, people.counsellor)
    with app.app_context(), transaction():
        staff.close(own(people.other_counsellor), by=own(people.supervisor))
    with app.app_context(), pytest.raises(Refused), transaction():
        closing.confirm(waiting, by=own(people.supervisor))
    assert status(app, people.counsellor) is Status.ACTIVE


def test_of_two_that_are_closed_at_once_one_stays(app: Flask, people: Cast) -> None:
    with app.app_context(), transaction():
        for account in (people.counsellor, people.other_counsellor):
            closing.ask(own(account), by=own(people.admin))
    with app.app_context(), transaction(writes=False):
        both = [each.id for each in closing.waiting_for(own(people.supervisor))]

    def confirm(waiting: UUID) -> bool:
        try:
            with app.app_context(), transaction():
                closing.confirm(waiting, by=own(people.supervisor))
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(confirm, both)) == [False, True]


def test_nobody_closes_her_own_account(app: Flask, people: Cast) -> None:
    second = people.make(Role.SUPERVISOR, "第二位督导", unit=people.district)
    waiting = ask(app, people, second)
    with app.app_context(), pytest.raises(Refused), transaction():
        closing.confirm(waiting, by=own(second))
    with app.app_context(), pytest.raises(Refused), transaction():
        closing.ask(own(people.admin), by=own(people.admin))


def test_a_request_of_somebody_who_was_closed_since_closes_nobody(app: Flask, people: Cast) -> None:
    waiting = ask(app, people, people.counsellor)
    with app.app_context(), transaction():
        own(people.admin).status = Status.CLOSED
    with app.app_context(), pytest.raises(Refused), transaction():
        closing.confirm(waiting, by=own(people.supervisor))


def test_a_request_ends_after_a_week(app: Flask, people: Cast) -> None:
    waiting = ask(app, people, people.counsellor)
    with (
        app.app_context(),
        clock.at(clock.now() + timedelta(days=7, seconds=1)),
        pytest.raises(NotFound),
        transaction(),
    ):
        closing.confirm(waiting, by=own(people.supervisor))


def test_an_account_that_nobody_used_yet_is_closed_at_once(app: Flask, people: Cast) -> None:
    with app.app_context(), transaction():
        asked = staff.request(NEW_NUMBER, role=Role.AUDITOR, name="新人", unit=people.district.id, by=own(people.admin))
        assert closing.ask(asked, by=own(people.admin))
        assert asked.status is Status.CLOSED


def test_another_branch_neither_asks_nor_decides(people: Cast, app: Flask) -> None:
    waiting = ask(app, people, people.counsellor)
    stranger = people.make(Role.SUPERVISOR, "街道督导", unit=people.township)
    with app.app_context(), pytest.raises(NotFound), transaction():
        closing.confirm(waiting, by=own(stranger))
