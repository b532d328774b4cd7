"""Joining: from the poster to the consent page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from app.accounts.services import links, numbers
from app.core.database import Half, db, transaction
from app.subjects import services as subjects
from tests.accounts.phone import NEW_NUMBER, NEW_PASSWORD, NEW_PHONE, codes_sent, digits_shown, phone_of, wrong
from tests.client import Client

if TYPE_CHECKING:
    from flask import Flask

    from tests.cast import Cast


@pytest.fixture
def poster(app: Flask, people: Cast) -> str:
    """The address on the township's poster, with a pool that has subjects."""
    with app.app_context():
        subjects.refill(1)
    return f"/join/{people.township.join_code}"


def give_phone(client: Client, poster: str) -> None:
    client.get(poster)
    client.get(next(link for link in client.page.links if link.endswith("/phone")))
    client.submit(phone=NEW_PHONE)


def test_a_poster_leads_to_an_account_and_the_consent_page(app: Flask, client: Client, poster: str) -> None:
    give_phone(client, poster)
    client.submit(code=codes_sent(app, NEW_NUMBER)[-1])
    client.submit(password=NEW_PASSWORD, name="王小骑", occupation="delivery_rider")

    client.get(next(link for link in client.page.links if link == "/consent"))
    assert not [form for form in client.page.forms if set(form.values) & {"screening", "research"}]


def test_a_worker_needs_neither_name_nor_occupation(app: Flask, client: Client, poster: str) -> None:
    give_phone(client, poster)
    client.submit(code=codes_sent(app, NEW_NUMBER)[-1])
    client.submit(password=NEW_PASSWORD)

    assert "/consent" in client.page.links
    assert len(digits_shown(client)) == 12


def test_joining_ties_the_account_to_a_subject(app: Flask, client: Client, poster: str) -> None:
    give_phone(client, poster)
    client.submit(code=codes_sent(app, NEW_NUMBER)[-1])
    client.submit(password=NEW_PASSWORD)

    with app.app_context(), transaction(writes=False):
        account = numbers.find_by_phone(NEW_NUMBER)
        assert account is not None
        assert links.account_of(links.subject_of(account)).id == account.id


def test_joining_writes_to_no_clinical_table(app: Flask, client: Client, poster: str) -> None:
    written: list[str] = []
    give_phone(client, poster)
    client.submit(code=codes_sent(app, NEW_NUMBER)[-1])
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *parts: written.append(parts[2]))
    client.submit(password=NEW_PASSWORD)

    clinical = [table.name for table in db.metadata.sorted_tables if table.info.get("half") is Half.CLINICAL]
    inserts = [line.split()[2].strip('"') for line in written if line.startswith("INSERT")]
    assert "account" in inserts
    assert not set(inserts) & set(clinical)


def test_a_wrong_code_lets_nobody_in(app: Flask, client: Client, poster: str) -> None:
    give_phone(client, poster)
    client.submit(code=wrong(codes_sent(app, NEW_NUMBER)[-1]), status=422)

    assert client.page.says("验证码不正确")


def test_a_new_code_can_be_asked_for(app: Flask, client: Client, poster: str) -> None:
    give_phone(client, poster)
    client.submit("/again")
    client.submit(code=codes_sent(app, NEW_NUMBER)[-1])

    assert "/join/account/" in client.page.response.request.path


def test_an_easy_password_is_refused_with_a_sentence(app: Flask, client: Client, poster: str) -> None:
    give_phone(client, poster)
    client.submit(code=codes_sent(app, NEW_NUMBER)[-1])
    client.submit(password="12345678", status=422)

    assert client.page.says("很多人用这个密码")


def test_a_proven_phone_that_has_an_account_says_whose_it_is(app: Flask, client: Client, people: Cast) -> None:
    phone = phone_of(app, people.worker)
    client.get(f"/join/{people.township.join_code}/phone")
    client.submit(phone=phone)
    client.submit(code=codes_sent(app, phone)[-1])

    assert client.page.response.request.path.startswith("/forgotten/who/")
    assert "/sign-in" in client.page.links


def test_known_and_unknown_phones_get_the_same_page(app: Flask, client: Client, people: Cast) -> None:
    client.get(f"/join/{people.township.join_code}/phone")
    path, token = client.page.response.request.path, client.csrf
    known = client.http.post(path, data={"csrf_token": token, "phone": phone_of(app, people.worker)})
    unknown = client.http.post(path, data={"csrf_token": token, "phone": NEW_PHONE})

    assert (known.status_code, len(known.data)) == (unknown.status_code, len(unknown.data))


def test_a_worker_who_is_signed_in_needs_not_join_again(app: Flask, people: Cast, poster: str) -> None:
    answer = Client(app).signed_in_as(people.worker).http.get(poster)

    assert (answer.status_code, answer.location) == (303, "/")


def test_an_old_poster_leads_to_the_list_of_unions(client: Client, people: Cast) -> None:
    assert people.township
    client.get("/join/2222222222")

    assert client.page.response.request.path == "/join"
    assert client.page.says("百官街道总工会")


def test_a_phone_gets_five_codes_an_hour_and_is_then_told_when_to_come_back(client: Client, poster: str) -> None:
    client.get(f"{poster}/phone")
    fields = {"csrf_token": client.csrf, "phone": NEW_PHONE}
    answers = [client.http.post(f"{poster}/phone", data=fields) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert "后再试" in answers[-1].get_data(as_text=True)
