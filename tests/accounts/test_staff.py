"""Staff accounts: asked for by an admin, approved by a supervisor, entered by a one-time link."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.accounts.models import Account, Status
from app.accounts.services import devices, numbers, sessions, staff
from app.core import clock
from app.core.database import session, transaction
from app.core.errors import Refused
from app.core.permissions import Role
from app.notices import kinds
from tests.accounts.phone import authenticator_code, phone_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.cast import Cast
    from tests.client import Client

    SignedIn = Callable[[Account], Client]

PHONE, NUMBER = "138 8888 0001", "+8613888880001"
LONG = "four words of a counsellor"


def ask(signed_in: SignedIn, people: Cast) -> Client:
    browser = signed_in(people.admin)
    browser.get("/staff/request")
    browser.submit(name="新同事", phone=PHONE, role="counsellor", unit=str(people.district.id))
    return browser


def approve(signed_in: SignedIn, people: Cast) -> str:
    browser = signed_in(people.supervisor)
    browser.get("/staff/approvals")
    browser.submit("/approve")
    found = re.search(r"/invitation/[\w-]+", browser.page.text)
    assert found
    return found[0]


def find(app: Flask) -> Account:
    with app.app_context(), transaction(writes=False):
        account = numbers.find_by_phone(NUMBER)
        assert account is not None
        session().expunge(account)
        return account


def test_two_persons_and_a_link_make_a_member_of_staff(
    app: Flask, client: Client, signed_in: SignedIn, people: Cast
) -> None:
    ask(signed_in, people)
    client.get(approve(signed_in, people))
    client.submit(password=LONG)
    code = authenticator_code(app, find(app))
    client.http.post(client.page.response.request.path, data={"csrf_token": client.csrf, "code": code})

    assert client.get("/me").says("新同事")


def test_a_request_alone_opens_nothing(app: Flask, signed_in: SignedIn, people: Cast) -> None:
    page = ask(signed_in, people).page

    assert page.says("等待批准")
    assert find(app).status is Status.REQUESTED


def test_an_admin_cannot_approve(app: Flask, signed_in: SignedIn, people: Cast) -> None:
    browser = ask(signed_in, people)
    answer = browser.http.post(f"/staff/{find(app).id}/approve", data={"csrf_token": browser.csrf})

    assert answer.status_code == 404


def test_nobody_approves_her_own_request(app: Flask, people: Cast) -> None:
    supervisor, unit = people.supervisor, people.district.id
    with app.app_context(), pytest.raises(Refused), transaction():
        by = session().merge(supervisor)
        staff.approve(staff.request(NUMBER, role=Role.AUDITOR, name="我", unit=unit, by=by), by=by)


def test_a_link_works_once(client: Client, signed_in: SignedIn, people: Cast) -> None:
    ask(signed_in, people)
    link = approve(signed_in, people)
    client.get(link)
    client.submit(password=LONG)

    client.get(link, status=404)


def test_a_session_and_a_known_browser_are_no_invitation(app: Flask, people: Cast) -> None:
    account_id = people.counsellor.id
    with app.app_context(), transaction():
        account = session().get_one(Account, account_id)
        tokens = [sessions.open_session(account, second_factor=True), devices.remember(account)]
    with app.app_context():
        digests = [
            {sessions.digest(token, purpose) for token in tokens} for purpose in ("session", "token", "invitation")
        ]
    assert len(set.union(*digests)) == 6


def test_a_link_ends_after_three_days(client: Client, signed_in: SignedIn, people: Cast) -> None:
    ask(signed_in, people)
    link = approve(signed_in, people)

    with clock.at(clock.now() + timedelta(days=3, minutes=1)):
        client.get(link, status=404)


def test_a_new_link_ends_the_old_one(client: Client, signed_in: SignedIn, people: Cast) -> None:
    ask(signed_in, people)
    old = approve(signed_in, people)
    browser = signed_in(people.supervisor)
    browser.get("/staff/approvals")
    browser.submit("/invite-again")

    client.get(old, status=404)


def test_a_short_password_is_refused(client: Client, signed_in: SignedIn, people: Cast) -> None:
    ask(signed_in, people)
    client.get(approve(signed_in, people))
    client.submit(password="only14letters!", status=422)


def test_a_refused_request_opens_nothing(app: Flask, signed_in: SignedIn, people: Cast) -> None:
    ask(signed_in, people)
    browser = signed_in(people.supervisor)
    browser.get("/staff/approvals")
    browser.submit("/refuse")

    with app.app_context(), transaction(writes=False):
        assert len(session().scalars(select(Account).where(Account.status == Status.CLOSED)).all()) == 1
        assert numbers.find_by_phone(NUMBER) is None


def test_a_phone_has_one_account(app: Flask, signed_in: SignedIn, people: Cast) -> None:
    browser = signed_in(people.admin)
    browser.get("/staff/request")
    page = browser.submit(
        name="某人",
        phone=phone_of(app, people.counsellor),
        role="auditor",
        unit=str(people.district.id),
        status=422,
    )

    assert page.says("这个手机号已有账号")


def test_a_township_admin_sees_no_staff_of_the_district(signed_in: SignedIn, people: Cast) -> None:
    assert people.counsellor
    browser = signed_in(people.township_admin)
    page = browser.get("/staff")
    answer = browser.http.post(f"/staff/{people.counsellor.id}/close", data={"csrf_token": browser.csrf})

    assert not page.says("陈静")
    assert answer.status_code == 404


def test_a_township_admin_asks_for_nobody_in_another_unit(signed_in: SignedIn, people: Cast) -> None:
    browser = signed_in(people.township_admin)
    browser.get("/staff/request")
    browser.submit(name="某人", phone=PHONE, role="counsellor", unit=str(people.other_township.id), status=422)


def test_the_supervisors_of_the_branch_are_told(app: Flask, people: Cast) -> None:
    payload = {"kind": "staff.requested", "unit": people.township.id.hex}
    assert people.supervisor
    with app.app_context(), transaction(writes=False):
        assert [delivery.to for delivery in kinds.resolve(payload)] == [people.supervisor.id]


def test_the_command_line_lets_in_the_first_two_only(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    wanted = [("admin", "13888880001"), ("supervisor", "13888880002"), ("admin", "13888880003")]
    answers = [
        run(args=["staff", "invite", "--role", role, "--name", "甲", "--phone", phone]) for role, phone in wanted
    ]

    assert [answer.exit_code for answer in answers] == [0, 0, 1]
    assert "/invitation/" in answers[0].output


def test_the_first_admin_says_who_she_is(app: Flask, client: Client) -> None:
    link = app.test_cli_runner().invoke(args=["first-admin"]).output.split()[-1]
    client.get(link.removeprefix("http://127.0.0.1:8000"))
    client.submit(name="新同事", phone=PHONE, password=LONG)
    code = authenticator_code(app, find(app))
    client.http.post(client.page.response.request.path, data={"csrf_token": client.csrf, "code": code})

    assert client.get("/units").says("上虞区总工会")
    assert app.test_cli_runner().invoke(args=["first-admin"]).output == ""


def test_the_first_link_is_renewed_until_somebody_came_in(app: Flask, client: Client) -> None:
    outputs = [app.test_cli_runner().invoke(args=["first-admin"]).output for _ in range(2)]

    client.get(outputs[0].split()[-1].removeprefix("http://127.0.0.1:8000"), status=404)
    client.get(outputs[1].split()[-1].removeprefix("http://127.0.0.1:8000"))


def test_the_command_line_renews_a_link_that_was_not_used(app: Flask, client: Client) -> None:
    arguments = ["staff", "invite", "--role", "admin", "--name", "甲", "--phone", "13888880001"]
    links = [app.test_cli_runner().invoke(args=arguments).output.strip() for _ in range(2)]

    client.get(links[0].removeprefix("http://127.0.0.1:8000"), status=404)
    client.get(links[1].removeprefix("http://127.0.0.1:8000"))
