"""Two people decide about one account at the same moment: whoever comes second sees what the first one did."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from app.accounts.models import Account, Challenge, Status
from app.accounts.services import challenges, passwords, recovery, staff
from app.accounts.services.challenges import Asker, ChallengeOver, Purpose
from app.core.database import session, transaction
from app.core.errors import Refused
from app.core.permissions import Role
from tests.accounts.phone import NEW_NUMBER, NEW_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask import Flask

    from tests.cast import Cast

DECIDE: dict[str, Callable[[Account, Account], object]] = {
    "approve": lambda account, by: staff.approve(account, by=by),
    "refuse": lambda account, by: staff.refuse(account, by=by),
    "close": lambda account, by: staff.close(account, by=by),
}


def meanwhile(work: Callable[[], object]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def close(app: Flask, account_id: UUID, by: UUID) -> None:
    with app.app_context(), transaction():
        staff.close(session().get_one(Account, account_id), by=session().get_one(Account, by))


@pytest.mark.parametrize("second", DECIDE)
def test_a_request_is_decided_once(app: Flask, people: Cast, second: str) -> None:
    admin, supervisor, unit = people.admin.id, people.supervisor.id, people.district.id
    with app.app_context(), transaction():
        by = session().get_one(Account, admin)
        account_id = staff.request(NEW_NUMBER, role=Role.AUDITOR, name="新人", unit=unit, by=by).id
    with app.app_context(), pytest.raises(Refused), transaction():
        account, by = session().get_one(Account, account_id), session().get_one(Account, supervisor)
        assert account.status is Status.REQUESTED
        meanwhile(lambda: close(app, account_id, admin))
        DECIDE[second](account, by)
    with app.app_context(), transaction(writes=False):
        assert session().get_one(Account, account_id).status is Status.CLOSED


def test_a_password_chosen_while_the_account_is_closed_opens_nothing(
    app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_id, supervisor = people.counsellor.id, people.supervisor.id
    asker = Asker("browser", "203.0.113.7")
    with app.app_context(), transaction():
        phone = session().get_one(Account, account_id).phone
        proof = challenges.prove(Purpose.RESET, {"phone": phone, "account": account_id.hex}, asker).id
    hashed = passwords.hash_password

    def slowly(password: str) -> str:
        meanwhile(lambda: close(app, account_id, supervisor))
        return hashed(password)

    monkeypatch.setattr(passwords, "hash_password", slowly)
    with app.app_context(), pytest.raises(ChallengeOver), transaction():
        recovery.reset(session().get_one(Challenge, proof), NEW_PASSWORD)
    with app.app_context(), transaction(writes=False):
        assert session().get_one(Account, account_id).status is Status.CLOSED
