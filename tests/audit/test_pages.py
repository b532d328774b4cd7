"""The auditor's page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import select

from app import audit
from app.audit import reading
from app.audit.models import Entry
from app.audit.services import actions
from app.core import clock
from app.core.database import session, transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client

    SignedIn = Callable[[Account], Client]


def record(app: Flask, action: str, *, by: Account | None = None, times: int = 1) -> None:
    with app.app_context(), transaction():
        if by is not None:
            audit.act_as(by.id)
        for _ in range(times):
            audit.record(action, uuid4())


def test_the_auditor_sees_act_role_and_kind(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    record(app, "case.tier_confirmed", by=people.counsellor)

    page = signed_in(people.auditor).get("/audit")

    assert page.says("确认干预级别")
    assert page.says("心理咨询师")
    assert page.says("个案")


def test_an_act_of_a_pseudonym_is_a_workers(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    subject = people.subject_of(people.worker)
    with app.app_context(), transaction(), audit.acting_as(subject):
        audit.record("screening.submitted", uuid4())

    page = signed_in(people.auditor).get("/audit?act=screening.submitted")

    assert page.says("职工")


def test_the_list_is_filtered_by_act_and_day(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    record(app, "case.closed")
    record(app, "lecture.created")
    client = signed_in(people.auditor)
    client.get("/audit")

    page = client.submit("/audit", act="case.closed", day=clock.today().isoformat())
    cells = page.text.split("<tbody>")[1]

    assert ("结束个案" in cells, "新建讲座" in cells) == (True, False)


def test_a_day_without_entries_says_so(people: Cast, signed_in: SignedIn) -> None:
    assert signed_in(people.auditor).get("/audit?day=2001-01-01").says("没有符合条件的记录")


def test_a_day_that_is_none_is_ignored(people: Cast, signed_in: SignedIn) -> None:
    assert signed_in(people.auditor).get("/audit?day=nonsense&act=nonsense&before=x")


def test_a_long_log_comes_in_pages(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    record(app, "lecture.created")
    record(app, "case.read", times=reading.PAGE)
    client = signed_in(people.auditor)

    page = client.get("/audit")
    older = client.get(next(link for link in page.links if "before=" in link))

    assert "新建讲座" not in page.text.split("<tbody>")[1]
    assert "新建讲座" in older.text.split("<tbody>")[1]


def test_reading_the_log_is_recorded(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    signed_in(people.auditor).get("/audit")

    with app.app_context(), transaction(writes=False):
        newest = session().scalars(select(Entry).order_by(Entry.seq.desc()).limit(1)).one()
        assert newest.action == "audit.read"
        assert newest.detail["actor"] == people.auditor.id.hex


@pytest.mark.parametrize("name", ["worker", "counsellor", "supervisor", "admin"])
def test_nobody_else_finds_the_page(people: Cast, signed_in: SignedIn, name: str) -> None:
    signed_in(getattr(people, name)).get("/audit", status=404)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_act_has_words(language: str) -> None:
    assert all(reading.words(action, language) for action in actions())
