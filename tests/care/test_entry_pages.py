"""The forms of contacts and notes on the page of a case: sent twice, half filled, changed meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.care import services
from app.care.models import Case
from app.care.services.entries import entries_of
from app.core import clock
from app.core.database import session
from tests.care.scenes import NOW, ONCE, at, in_care

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client

    SignedIn = Callable[[Account], Client]


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def case_id(app: Flask, people: Cast, subject: UUID) -> UUID:
    return in_care(app, subject, people.counsellor)


def test_a_contact_sent_twice_is_stored_once(app: Flask, people: Cast, case_id: UUID, signed_in: SignedIn) -> None:
    browser = signed_in(people.counsellor)
    first = browser.get(f"/cases/{case_id}")
    browser.submit("contacts", channel="phone", outcome="reached", text="约了周四面谈")
    browser.page = first
    browser.submit("contacts", channel="phone", outcome="reached", text="约了周四面谈")
    with at(app):
        assert [entry.text for entry in entries_of(case_id)] == ["约了周四面谈"]


@pytest.mark.parametrize("form", ["contacts", "notes"])
def test_another_text_under_the_same_key_is_kept_and_can_be_stored(
    app: Flask, people: Cast, case_id: UUID, signed_in: SignedIn, form: str
) -> None:
    browser = signed_in(people.counsellor)
    first = browser.get(f"/cases/{case_id}")
    chosen: dict[str, Any] = {"channel": "phone", "outcome": "reached"} if form == "contacts" else {}
    browser.submit(form, text="第一段话", **chosen)
    browser.page = first
    page = browser.submit(form, status=409, text="第二段话", **chosen)
    assert page.says("第二段话")
    assert page.says("已经保存过")
    browser.submit(form)
    with at(app):
        assert {entry.text for entry in entries_of(case_id)} == {"第一段话", "第二段话"}


def test_a_contact_without_outcome_comes_back_with_its_text(
    app: Flask, people: Cast, case_id: UUID, signed_in: SignedIn
) -> None:
    browser = signed_in(people.counsellor)
    browser.get(f"/cases/{case_id}")
    assert browser.submit("contacts", status=422, text="写了一半").says("写了一半")


def test_the_second_editor_of_a_note_sees_both_texts(
    app: Flask, people: Cast, case_id: UUID, signed_in: SignedIn
) -> None:
    with at(app):
        services.write_note(session().get_one(Case, case_id), "第一稿", by=people.counsellor, once=ONCE)
        note = entries_of(case_id)[0].id
    mine, hers = signed_in(people.counsellor), signed_in(people.supervisor)
    mine.get(f"/cases/{case_id}/notes/{note}")
    hers.get(f"/cases/{case_id}/notes/{note}", status=404)
    again = signed_in(people.counsellor)
    again.get(f"/cases/{case_id}/notes/{note}")
    mine.submit("", text="第二稿")
    page = again.submit("", status=409, text="我的版本")
    assert page.says("第二稿")
    assert page.says("我的版本")
    assert again.submit("", text="合并后").says("合并后")
