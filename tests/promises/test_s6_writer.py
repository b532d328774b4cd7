"""S6: whoever writes to the data database without keys opens no door, and the log says what was changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from app.accounts.current import SESSION_COOKIE
from app.accounts.models import OF_ACCOUNT, OF_SESSION, Account, SignedInSession, Status
from app.accounts.services import links, numbers, sessions, staff
from app.audit.refusals import REFUSED
from app.core import clock
from app.core.database import Base, db, session, table_of, transaction
from app.core.errors import NotFound
from app.core.ids import random_id
from app.core.permissions import Role
from app.vault import VaultError, rows, seal_old_rows
from app.vault.state import vault
from tests.acts import acts

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.cast import Cast
    from tests.client import Client

pytestmark = pytest.mark.promise
NEXT_YEAR = datetime(2100, 1, 1, tzinfo=UTC)
DOORS = {Role.COUNSELLOR: "/cases", Role.SUPERVISOR: "/signatures", Role.ADMIN: "/staff", Role.AUDITOR: "/audit"}


def write(app: Flask, model: type[Base], where: Any, **values: Any) -> None:
    """What a thief of the database's password does: an UPDATE past the program."""
    with app.app_context(), db.engine.begin() as connection:
        assert connection.execute(update(table_of(model)).where(where).values(**values)).rowcount == 1


def stored(app: Flask, model: type[Base], where: Any) -> dict[str, Any]:
    with app.app_context(), db.engine.connect() as connection:
        return dict(connection.execute(select(table_of(model)).where(where)).mappings().one())


def refusals(app: Flask) -> int:
    with app.app_context():
        return len(acts(REFUSED))


def rows_are_well(client: Client) -> bool:
    return bool(client.http.get("/readyz").get_json()["checks"]["rows"] == "ok")


def status_of(app: Flask, account: Account) -> Status:
    account_id = account.id
    with app.app_context(), transaction(writes=False):
        return session().get_one(Account, account_id).status


def opens(browser: Client, door: str) -> bool:
    return browser.http.get(door).status_code == 200


@pytest.mark.parametrize("role", DOORS)
def test_a_workers_open_session_becomes_nobody_elses(
    app: Flask, people: Cast, client: Client, signed_in: Callable[[Account], Client], role: Role
) -> None:
    browser = signed_in(people.worker)
    assert opens(browser, "/me")
    assert rows_are_well(client)
    write(app, Account, Account.id == people.worker.id, role=role, unit_id=people.district.id)

    assert not opens(browser, DOORS[role])
    assert refusals(app) == 1
    assert not rows_are_well(client)
    assert browser.get("/me").response.request.path == "/sign-in"


@pytest.mark.parametrize("role", DOORS)
def test_the_same_attack_succeeds_where_nothing_is_judged(
    app: Flask, people: Cast, signed_in: Callable[[Account], Client], role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the seal, and in a session that gave a second factor, the door opens."""
    monkeypatch.setattr(rows, "_is_sound", lambda *_row: True)
    browser = signed_in(people.worker)
    write(app, Account, Account.id == people.worker.id, role=role, unit_id=people.district.id)

    assert opens(browser, DOORS[role])
    assert refusals(app) == 0


def test_every_bound_column_of_an_account_in_turn(app: Flask, people: Cast) -> None:
    other = {
        "role": Role.SUPERVISOR, "status": Status.FROZEN, "unit_id": people.other_township.id,
        "phone_index": random_id().bytes, "former_index": random_id().bytes, "alias_index": random_id().bytes,
        "requested_by": people.admin.id, "seal": None,
    }  # fmt: skip
    assert other.keys() == {*OF_ACCOUNT, "seal"}
    mine = Account.id == people.worker.id
    for count, (column, value) in enumerate(other.items(), 1):
        before = stored(app, Account, mine)[column]
        write(app, Account, mine, **{column: value})
        assert status_of(app, people.worker) is Status.CLOSED, column
        assert refusals(app) == count, column
        write(app, Account, mine, **{column: before})
    assert status_of(app, people.worker) is Status.ACTIVE


def test_a_closed_account_stays_closed(app: Flask, people: Cast) -> None:
    admin, counsellor = people.admin, people.counsellor
    with app.app_context(), transaction():
        staff.close(session().get_one(Account, counsellor.id), by=admin)
    write(app, Account, Account.id == people.counsellor.id, status=Status.ACTIVE)

    assert status_of(app, people.counsellor) is Status.CLOSED
    assert refusals(app) == 1


def test_a_number_cannot_be_pointed_at_another_account(app: Flask, people: Cast) -> None:
    worker = people.worker
    with app.app_context(), transaction(writes=False):
        phone = session().get_one(Account, worker.id).phone
    index = stored(app, Account, Account.id == people.worker.id)["phone_index"]
    write(app, Account, Account.id == people.worker.id, phone_index=random_id().bytes)
    write(app, Account, Account.id == people.supervisor.id, phone_index=index)

    with app.app_context(), transaction(writes=False):
        assert numbers.find_by_phone(phone) is None
    assert refusals(app) == 1


def test_no_case_shows_another_persons_name(app: Flask, people: Cast) -> None:
    hers, his = (stored(app, Account, Account.id == one.id) for one in (people.worker, people.other_worker))
    write(app, Account, Account.id == people.worker.id, alias_index=None)
    write(app, Account, Account.id == people.other_worker.id, alias_index=hers["alias_index"])
    write(app, Account, Account.id == people.worker.id, alias_index=his["alias_index"])

    subject = people.subject_of(people.worker)
    with app.app_context(), transaction(writes=False):
        assert links.names_of([subject]) == {}
        assert links.account_ids_of([subject]) == {}
        with pytest.raises(NotFound):
            links.account_of(subject)
    assert refusals(app) > 0


def test_whose_row_was_changed_keeps_her_name_in_an_alert(app: Flask, people: Cast) -> None:
    """Nobody may take a person's phone away from those who want to call her."""
    write(app, Account, Account.id == people.worker.id, unit_id=people.other_township.id)

    subject = people.subject_of(people.worker)
    with app.app_context(), transaction(writes=False):
        assert links.account_of(subject).phone
        assert links.names_of([subject]) == {subject: "王小骑"}


def test_a_session_cannot_be_pointed_at_another_person(
    app: Flask, people: Cast, signed_in: Callable[[Account], Client]
) -> None:
    browser = signed_in(people.worker)
    mine = stored(app, SignedInSession, SignedInSession.id.is_not(None))
    signed_in(people.supervisor)
    write(app, SignedInSession, SignedInSession.id == mine["id"], token_digest=random_id().bytes)
    write(app, SignedInSession, SignedInSession.id != mine["id"], token_digest=mine["token_digest"])

    assert not opens(browser, "/signatures")
    assert refusals(app) == 1


def test_every_bound_column_of_a_session_in_turn(
    app: Flask, people: Cast, signed_in: Callable[[Account], Client]
) -> None:
    browser = signed_in(people.supervisor)
    before = stored(app, SignedInSession, SignedInSession.id.is_not(None))
    later = clock.now() + timedelta(hours=9)
    other = {"account_digest": random_id().bytes, "seen_at": later, "ends_at": later, "token_digest": b"\0" * 16}
    assert other.keys() == set(OF_SESSION)
    for column, value in other.items():
        write(app, SignedInSession, SignedInSession.id == before["id"], **{column: value})
        assert not opens(browser, "/me"), column
        write(app, SignedInSession, SignedInSession.id == before["id"], **{column: before[column]})
    assert refusals(app) == 3  # a digest of nobody's token finds no row
    assert opens(browser, "/me")


def test_a_session_that_is_over_cannot_be_revived(
    app: Flask, people: Cast, signed_in: Callable[[Account], Client]
) -> None:
    browser = signed_in(people.supervisor)
    with clock.at(clock.now() + timedelta(hours=9)):
        write(app, SignedInSession, SignedInSession.id.is_not(None), seen_at=clock.now(), ends_at=NEXT_YEAR)
        assert not opens(browser, "/me")
    assert refusals(app) == 1


def test_staff_without_a_second_factor_are_not_in(app: Flask, people: Cast, client: Client) -> None:
    counsellor = people.counsellor
    for second_factor in (False, True):
        with app.app_context(), transaction():
            token = sessions.open_session(session().get_one(Account, counsellor.id), second_factor=second_factor)
        client.http.set_cookie(SESSION_COOKIE, token)
        assert opens(client, "/cases") is second_factor


def test_a_forged_column_is_never_sealed_with_an_honest_change(app: Flask, people: Cast) -> None:
    write(app, Account, Account.id == people.worker.id, role=Role.SUPERVISOR)
    with app.app_context(), pytest.raises(VaultError, match=r"account\.seal"), transaction():
        session().get_one(Account, people.worker.id).former_index = random_id().bytes


def test_rows_older_than_the_seal_are_sealed_once(app: Flask, people: Cast) -> None:
    """An emptied seal is not mended by the next start, unless whoever keeps the house says that it trusts the rows."""
    write(app, Account, Account.id == people.worker.id, role=Role.SUPERVISOR, seal=None)
    with app.app_context():
        assert "account" in vault().keyring.sealed_tables
        assert seal_old_rows() == 0
    assert status_of(app, people.worker) is Status.CLOSED
    with app.app_context():
        assert seal_old_rows(again=True) == 1
    assert status_of(app, people.worker) is Status.ACTIVE
