"""A number that passed on opens nothing, and its former owner has ways back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from app.accounts.current import SESSION_COOKIE
from app.accounts.models import Account, Challenge, Status
from app.accounts.services import challenges, numbers, ownership, recovery_codes, registration, staff
from app.accounts.services.challenges import Asker, ChallengeOver, Purpose
from app.core.database import session, transaction
from app.subjects import services as subjects
from tests.accounts.phone import (
    NEW_NUMBER,
    NEW_PASSWORD,
    authenticator_code,
    confirm,
    digits_shown,
    enrolled,
    make_known,
    phone_of,
    stored,
)
from tests.cast import PASSWORD
from tests.client import Client

if TYPE_CHECKING:
    from flask import Flask

    from tests.cast import Cast

WRONG = "000000000000"


@pytest.fixture
def code(app: Flask, people: Cast) -> str:
    """The worker's recovery code."""
    worker_id = people.worker.id
    with app.app_context(), transaction():
        return recovery_codes.give(session().get_one(Account, worker_id))


def start_anew(app: Flask, client: Client, people: Cast, phone: str) -> None:
    """Join with a number that somebody else had."""
    with app.app_context():
        subjects.refill(1)
    confirm(app, client, phone, beginning=f"/join/{people.township.join_code}/phone")
    client.submit("/forgotten/new", mine="y")
    client.submit(password=NEW_PASSWORD)


@pytest.mark.parametrize("beginning", ["/forgotten", "/join/{}/phone"])
def test_a_code_alone_opens_nothing_on_an_unknown_browser(
    app: Flask, client: Client, people: Cast, beginning: str
) -> None:
    confirm(app, client, phone_of(app, people.worker), beginning=beginning.format(people.township.join_code))

    assert client.page.response.request.path.startswith("/forgotten/who/")
    assert client.http.get_cookie(SESSION_COOKIE) is None


def test_who_starts_anew_has_an_account_of_her_own(app: Flask, client: Client, people: Cast) -> None:
    phone = phone_of(app, people.worker)
    start_anew(app, client, people, phone)

    with app.app_context(), transaction(writes=False):
        holder = numbers.find_by_phone(phone)
        assert holder is not None
        assert (holder.id != people.worker.id, holder.name) == (True, "")
    assert people.subject_of(holder) != people.subject_of(people.worker)


def test_the_former_account_is_frozen_and_signed_out(app: Flask, client: Client, people: Cast) -> None:
    theirs = Client(app).signed_in_as(people.worker)
    start_anew(app, client, people, phone_of(app, people.worker))

    assert (stored(app, people.worker).status, stored(app, people.worker).phone) == (Status.FROZEN, "")
    assert theirs.get("/me").response.request.path == "/sign-in"


def test_nothing_is_frozen_before_she_has_joined(app: Flask, client: Client, people: Cast) -> None:
    phone = phone_of(app, people.worker)
    confirm(app, client, phone, beginning=f"/join/{people.township.join_code}/phone")
    client.submit("/forgotten/new", mine="y")

    assert stored(app, people.worker).status is Status.ACTIVE


def test_nobody_starts_anew_without_saying_that_the_number_is_hers(app: Flask, client: Client, people: Cast) -> None:
    confirm(app, client, phone_of(app, people.worker), beginning=f"/join/{people.township.join_code}/phone")
    client.submit("/forgotten/new")

    assert client.page.response.request.path.startswith("/forgotten/who/")


def test_a_number_of_a_member_of_staff_is_not_freed(app: Flask, client: Client, people: Cast) -> None:
    phone = phone_of(app, people.counsellor)
    with app.app_context():
        subjects.refill(1)
    confirm(app, client, phone, beginning=f"/join/{people.township.join_code}/phone")
    client.submit("/forgotten/new", mine="y")
    client.submit(password=NEW_PASSWORD, status=422)

    assert stored(app, people.counsellor).phone == phone


def test_a_recovery_code_opens_the_account_however_it_is_written(
    app: Flask, client: Client, people: Cast, code: str
) -> None:
    confirm(app, client, phone_of(app, people.worker))
    client.submit("/forgotten/who", secret=code.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)}))
    client.submit(password=NEW_PASSWORD)

    assert client.get("/me").says("王小骑")


def test_a_recovery_code_works_once(app: Flask, client: Client, people: Cast, code: str) -> None:
    phone = phone_of(app, people.worker)
    confirm(app, client, phone)
    client.submit("/forgotten/who", secret=code)
    client.submit(password=NEW_PASSWORD)
    renewed = digits_shown(client)
    other = Client(app)
    confirm(app, other, phone)
    other.submit("/forgotten/who", secret=code, status=422)
    other.submit("/forgotten/who", secret=renewed)

    assert other.page.response.request.path.startswith("/forgotten/password/")


def test_a_frozen_account_comes_back_with_a_new_number(app: Flask, client: Client, people: Cast, code: str) -> None:
    phone = phone_of(app, people.worker)
    start_anew(app, Client(app), people, phone)
    confirm(app, client, NEW_NUMBER)
    client.submit("/forgotten/who", secret=code, former=phone)
    client.submit(password=NEW_PASSWORD)

    account = stored(app, people.worker)
    assert (account.status, account.phone, account.former_index) == (Status.ACTIVE, NEW_NUMBER, None)
    assert client.get("/me").says("王小骑")


def test_a_known_browser_and_the_password_bring_a_frozen_account_back(app: Flask, client: Client, people: Cast) -> None:
    phone = phone_of(app, people.worker)
    make_known(app, client, people.worker)
    start_anew(app, Client(app), people, phone)
    confirm(app, client, NEW_NUMBER)
    client.submit("/forgotten/who", secret=PASSWORD, former=phone)

    assert client.page.response.request.path.startswith("/forgotten/password/")


def test_a_password_on_an_unknown_browser_does_not(app: Flask, client: Client, people: Cast) -> None:
    confirm(app, client, NEW_NUMBER)
    client.submit("/forgotten/who", secret=PASSWORD, former=phone_of(app, people.worker), status=422)

    assert client.page.says("对不上")


def test_a_known_browser_alone_does_not(app: Flask, client: Client, people: Cast) -> None:
    make_known(app, client, people.worker)
    confirm(app, client, NEW_NUMBER)
    client.submit("/forgotten/who", secret="another password", former=phone_of(app, people.worker), status=422)

    assert client.http.get_cookie(SESSION_COOKIE) is None


def test_five_wrong_codes_end_the_proof(app: Flask, client: Client, people: Cast, code: str) -> None:
    confirm(app, client, phone_of(app, people.worker))
    path = client.page.response.request.path
    answers = [
        client.http.post(path, data={"csrf_token": client.csrf, "secret": secret})
        for secret in [WRONG] * challenges.TRIES + [code]
    ]

    assert [answer.status_code for answer in answers] == [422] * challenges.TRIES + [303]
    assert answers[-1].location == "/forgotten"


def test_guesses_at_one_number_are_counted_over_all_proofs(
    app: Flask, client: Client, people: Cast, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownership, "TRIES_A_DAY", 2)
    phone = phone_of(app, people.worker)
    for number in (NEW_NUMBER, "+8613812345679"):
        browser = Client(app)
        confirm(app, browser, number)
        browser.submit("/forgotten/who", secret=WRONG, former=phone, status=422)
    confirm(app, client, phone)
    client.submit("/forgotten/who", secret=code, status=422)

    assert client.page.says("再试")


def test_an_authenticator_counts_for_the_phone_of_its_owner_alone(app: Flask, client: Client, people: Cast) -> None:
    phone = enrolled(app, people.counsellor)
    confirm(app, client, NEW_NUMBER)
    client.submit("/forgotten/who", secret=authenticator_code(app, people.counsellor), former=phone, status=422)

    assert stored(app, people.counsellor).phone == phone


def test_a_closed_account_frees_its_number(app: Flask, client: Client, people: Cast) -> None:
    phone = phone_of(app, people.counsellor)
    account_id, supervisor = people.counsellor.id, people.supervisor.id
    with app.app_context(), transaction():
        staff.close(session().get_one(Account, account_id), by=session().get_one(Account, supervisor))
    confirm(app, client, phone, beginning=f"/join/{people.township.join_code}/phone")

    assert client.page.response.request.path.startswith("/join/account/")


def test_a_number_that_an_account_closed_earlier_still_holds_is_free(app: Flask, client: Client, people: Cast) -> None:
    phone = phone_of(app, people.other_worker)
    with app.app_context(), transaction():
        session().get_one(Account, people.other_worker.id).status = Status.CLOSED
    with app.app_context():
        subjects.refill(1)
    confirm(app, client, phone, beginning=f"/join/{people.township.join_code}/phone")
    client.submit(password=NEW_PASSWORD)

    assert len(digits_shown(client)) == 12


def test_two_requests_at_once_start_anew_one_time(app: Flask, people: Cast) -> None:
    about = {"phone": phone_of(app, people.worker), "unit": people.township.id.hex, registration.ANEW: True}
    with app.app_context():
        subjects.refill(2)
        with transaction():
            proof_id = challenges.prove(Purpose.JOINING, about, Asker("a browser")).id

    def join(_turn: int) -> bool:
        try:
            with app.app_context(), transaction():
                proof = session().get(Challenge, proof_id)
                return proof is not None and bool(registration.join(proof, NEW_PASSWORD, occupation=None, name=""))
        except ChallengeOver:
            return False

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(join, range(2))) == [False, True]
