"""S6: challenges, invitations, known devices and consents changed past the program give nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert

from app.accounts.models import Challenge, Consent, Invitation, KnownDevice
from app.accounts.services import challenges, consents, devices, staff
from app.accounts.services.challenges import TRIES, Asker, ChallengeOver, Purpose
from app.accounts.services.sessions import digest
from app.core import clock
from app.core.database import db, session, table_of, transaction
from app.core.errors import NotFound
from app.core.ids import ordered_id, random_id
from app.core.permissions import Role
from app.vault import rows
from tests.accounts.phone import NEW_NUMBER
from tests.promises.test_s6_writer import NEXT_YEAR, refusals, stored, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask import Flask

    from tests.cast import Cast

pytestmark = pytest.mark.promise


def in_turn(app: Flask, model: Any, others: dict[str, Any], opens: Callable[[], bool]) -> None:
    """Change each bound column of the only row by itself: the door is shut, and the log says so."""
    place = rows.sealed_tables()[model.__tablename__]
    assert others.keys() == set(place.terms.bind)
    only = model.id.is_not(None)
    before = stored(app, model, only)
    for count, (column, value) in enumerate({**others, "seal": None}.items(), 1):
        write(app, model, only, **{column: value})
        assert not opens(), column
        assert refusals(app) == count, column
        write(app, model, only, **{column: before[column]})
    assert opens()


@pytest.fixture
def challenge_id(app: Flask) -> UUID:
    """A code was sent by which a password would be forgotten."""
    with app.app_context(), transaction():
        return challenges.send_code(Purpose.FORGOTTEN, NEW_NUMBER, asker=Asker("b")).challenge.id


def fetches(app: Flask, challenge_id: UUID) -> bool:
    with app.app_context(), transaction():
        try:
            challenges.fetch(challenge_id, Purpose.FORGOTTEN, Purpose.RESET, browser="b")
        except ChallengeOver:
            return False
        return True


def tries_left(app: Flask, challenge_id: UUID) -> int:
    taken = 0
    for _ in range(TRIES + 1):
        with app.app_context(), transaction():
            taken += challenges.take_try(challenge_id)
    return taken


def test_every_bound_column_of_a_challenge_in_turn(app: Flask, challenge_id: UUID) -> None:
    """Its purpose (from a code to the proof that it was met) and its end among them."""
    others = {
        "purpose": Purpose.RESET.value, "phone_digest": random_id().bytes, "code_digest": random_id().bytes,
        "attempts": 1, "ends_at": NEXT_YEAR,
    }  # fmt: skip
    in_turn(app, Challenge, others, lambda: fetches(app, challenge_id))


def test_tries_put_back_are_not_had_again(app: Flask, challenge_id: UUID) -> None:
    assert tries_left(app, challenge_id) == TRIES
    write(app, Challenge, Challenge.id == challenge_id, attempts=0)
    assert tries_left(app, challenge_id) == 0
    assert refusals(app) > 0


def test_a_challenge_put_back_whole_gives_no_more_tries(app: Flask, challenge_id: UUID) -> None:
    before = stored(app, Challenge, Challenge.id == challenge_id)
    assert tries_left(app, challenge_id) == TRIES
    write(app, Challenge, Challenge.id == challenge_id, attempts=before["attempts"], seal=before["seal"])
    assert tries_left(app, challenge_id) == 0


def invited(app: Flask, people: Cast) -> tuple[UUID, str]:
    admin, supervisor, unit = people.admin, people.supervisor, people.district.id
    with app.app_context(), transaction():
        account = staff.request("+8613900009999", role=Role.COUNSELLOR, name="新人", unit=unit, by=admin)
        session().flush()
        found = staff.approve(account, by=supervisor)
        return found.account.id, found.token


def comes_in(app: Flask, token: str) -> bool:
    with app.app_context(), transaction():
        try:
            staff.fetch_invited(token)
        except NotFound:
            return False
        return True


def test_every_bound_column_of_an_invitation_in_turn(app: Flask, people: Cast) -> None:
    account_id, token = invited(app, people)
    assert account_id
    only = Invitation.id.is_not(None)
    before = stored(app, Invitation, only)
    for column, value in {"account_id": people.worker.id, "ends_at": NEXT_YEAR, "seal": None}.items():
        write(app, Invitation, only, **{column: value})
        assert not comes_in(app, token), column
        write(app, Invitation, only, **{column: before[column]})
    assert refusals(app) == 3
    assert comes_in(app, token)


def test_an_invitation_cannot_be_made_out_of_nothing(app: Flask, people: Cast) -> None:
    account_id, _token = invited(app, people)
    seal = stored(app, Invitation, Invitation.id.is_not(None))["seal"]
    with app.app_context():
        mine = digest("a token I know", "invitation")
        forged = {"id": ordered_id(), "account_id": account_id, "token_digest": mine, "ends_at": NEXT_YEAR}
        with db.engine.begin() as connection:
            connection.execute(insert(table_of(Invitation)).values(**forged, seal=seal))
    assert not comes_in(app, "a token I know")
    assert refusals(app) == 1


def test_every_bound_column_of_a_known_device_in_turn(app: Flask, people: Cast) -> None:
    worker, other = people.worker, people.other_worker
    with app.app_context(), transaction():
        token = devices.remember(worker)

    def is_known(account_id: UUID, said: str = token) -> bool:
        with app.app_context(), transaction():
            return devices.is_known(account_id, said)

    only = KnownDevice.id.is_not(None)
    write(app, KnownDevice, only, account_id=other.id)
    assert not is_known(other.id)
    write(app, KnownDevice, only, account_id=worker.id)
    with app.app_context():
        before, mine = digest(token, devices.BROWSER), digest("a token I know", devices.BROWSER)
    write(app, KnownDevice, only, token_digest=mine)
    assert not is_known(worker.id, "a token I know")
    write(app, KnownDevice, only, token_digest=before)
    assert is_known(worker.id)
    write(app, KnownDevice, only, created_on=clock.today() + timedelta(days=1))
    assert not is_known(worker.id)
    assert refusals(app) == 3


def test_every_bound_column_of_a_consent_in_turn(app: Flask, people: Cast) -> None:
    """A withdrawal cannot be turned round, and a forged agreement is none."""
    worker = people.worker
    with app.app_context(), transaction():
        consents.decide(worker, consents.RESEARCH, given=False)

    def agrees(purpose: str = consents.RESEARCH) -> bool:
        with app.app_context(), transaction():
            said = consents.has_consented(worker.id, purpose)
            assert said is (worker.id in consents.who_agrees([worker.id], purpose))
            return said

    with app.app_context(), transaction():
        newest = session().query(Consent.id).order_by(Consent.id.desc()).limit(1).scalar()
    last = Consent.id == newest
    assert not agrees()
    write(app, Consent, last, given=True)
    assert not agrees()
    assert refusals(app) == 1
    write(app, Consent, last, given=False)
    contact = Consent.id != newest, Consent.purpose == consents.CONTACT
    assert agrees(consents.CONTACT)
    earlier = clock.now() - timedelta(days=1)
    for column, value in {"decided_at": earlier, "seal": None}.items():
        before = stored(app, Consent, contact[1])[column]
        write(app, Consent, contact[1], **{column: value})
        assert not agrees(consents.CONTACT), column
        write(app, Consent, contact[1], **{column: before})
