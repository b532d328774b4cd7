"""Staff's second factor: from the first sign-in, each code once, limited over all challenges."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from app.accounts.current import SESSION_COOKIE
from app.accounts.models import Account, Status
from app.accounts.services import second_factor, sign_in
from app.accounts.services.challenges import Asker
from app.config import Mode
from app.core import clock
from app.core.database import session, transaction
from app.core.errors import TooMany
from tests.accounts.phone import authenticator_code, phone_of, wrong
from tests.cast import PASSWORD

if TYPE_CHECKING:
    import pytest
    from flask import Flask

    from tests.cast import Cast
    from tests.client import Client


def give_password(app: Flask, client: Client, account: Account) -> None:
    client.get("/sign-in")
    client.submit(phone=phone_of(app, account), password=PASSWORD)


def test_staff_set_it_up_at_the_first_sign_in(app: Flask, client: Client, people: Cast) -> None:
    give_password(app, client, people.counsellor)
    picture = client.http.get(f"{client.page.response.request.path}/qr.svg")
    answer = send_code(client, authenticator_code(app, people.counsellor))

    assert picture.content_type == "image/svg+xml"
    assert answer == 303
    assert client.get("/me").response.request.path == "/me"


def test_the_secret_is_never_shown_again(app: Flask, client: Client, people: Cast) -> None:
    give_password(app, client, people.counsellor)
    send_code(client, authenticator_code(app, people.counsellor))
    give_password(app, client, people.counsellor)

    assert "qr.svg" not in client.page.text
    assert "<code>" not in client.page.text


def test_a_password_alone_opens_nothing(app: Flask, client: Client, people: Cast) -> None:
    give_password(app, client, people.admin)

    assert client.http.get_cookie(SESSION_COOKIE) is None
    assert client.get("/units").response.request.path == "/sign-in"


def test_a_wrong_code_opens_nothing(app: Flask, client: Client, people: Cast) -> None:
    give_password(app, client, people.counsellor)

    assert send_code(client, wrong(authenticator_code(app, people.counsellor))) == 422


def test_an_account_closed_between_password_and_code_stays_out(app: Flask, client: Client, people: Cast) -> None:
    give_password(app, client, people.counsellor)
    with app.app_context(), transaction():
        session().get_one(Account, people.counsellor.id).status = Status.CLOSED

    assert send_code(client, authenticator_code(app, people.counsellor)) == 422
    assert client.http.get_cookie(SESSION_COOKIE) is None


def test_a_code_is_accepted_once(app: Flask, client: Client, people: Cast) -> None:
    now = clock.now()
    with clock.at(now):
        give_password(app, client, people.counsellor)
        code = authenticator_code(app, people.counsellor)
        first = send_code(client, code)
        give_password(app, client, people.counsellor)
        second = send_code(client, code)

    assert (first, second) == (303, 422)


def test_the_next_code_is_accepted(app: Flask, client: Client, people: Cast) -> None:
    now = clock.now()
    with clock.at(now):
        give_password(app, client, people.counsellor)
        send_code(client, authenticator_code(app, people.counsellor))
    with clock.at(now + timedelta(seconds=30)):
        give_password(app, client, people.counsellor)
        assert send_code(client, authenticator_code(app, people.counsellor)) == 303


def test_many_at_once_use_a_code_once(app: Flask, people: Cast) -> None:
    account_id, now = people.counsellor.id, clock.now()
    with app.app_context(), transaction():
        second_factor.prepare(session().get_one(Account, account_id))
    code = authenticator_code(app, people.counsellor)

    def accept(_number: int) -> bool:
        with app.app_context(), clock.at(now), transaction():
            return second_factor.accept(session().get_one(Account, account_id), code)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(accept, range(24))) == 1


def test_the_demonstration_asks_staff_for_none(
    app: Flask, client: Client, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "XINGFU", replace(app.config["XINGFU"], mode=Mode.DEMO, argon2_kib=19456))
    client.get("/sign-in")
    fields = {"csrf_token": client.csrf, "phone": phone_of(app, people.admin), "password": PASSWORD}

    assert client.http.post("/sign-in?next=/me", data=fields).location == "/me"


def test_new_challenges_give_no_new_tries(app: Flask, people: Cast) -> None:
    with app.app_context():
        answers = [answer_wrongly(people.counsellor) for _ in range(12)]

    assert answers == ["wrong"] * 10 + ["too many"] * 2


def answer_wrongly(account: Account) -> str:
    with transaction():
        challenge = sign_in.begin_second_factor(session().get_one(Account, account.id), Asker("b"))
        try:
            assert sign_in.give_second_factor(challenge, "not a code") is None
        except TooMany:
            return "too many"
    return "wrong"


def send_code(client: Client, code: str) -> int:
    path = client.page.response.request.path
    return client.http.post(path, data={"csrf_token": client.csrf, "code": code}).status_code
