"""The auditor's page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import update

from app import audit
from app.audit import reading
from app.audit.models import Entry
from app.audit.services import actions
from app.core import clock
from app.core.database import session, transaction
from tests.acts import acts

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
        assert acts()[-1][1:3] == ("audit.read", people.auditor.id)


@pytest.mark.parametrize("name", ["worker", "counsellor", "supervisor", "admin"])
def test_nobody_else_finds_the_page(people: Cast, signed_in: SignedIn, name: str) -> None:
    signed_in(getattr(people, name)).get("/audit", status=404)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_act_has_words(language: str) -> None:
    assert all(reading.words(action, language) for action in actions())


def test_a_rare_act_is_found_behind_more_entries_than_a_page_looks_through(
    app: Flask, people: Cast, signed_in: SignedIn
) -> None:
    record(app, "lecture.created")
    record(app, "case.read", times=reading.REACH)
    client = signed_in(people.auditor)

    page = client.get("/audit?act=lecture.created")
    assert page.says("本页查找的记录中没有符合条件的")
    older = client.get(next(link for link in page.links if "before=" in link))

    assert "新建讲座" in older.text.split("<tbody>")[1]


@pytest.mark.parametrize("entries", [3, 700])
def test_a_day_is_found_in_a_long_log(app: Flask, entries: int) -> None:
    start = clock.now() - timedelta(days=4)
    with app.app_context():
        for days in range(5):
            with clock.at(start + timedelta(days=days)):
                record(app, "case.read", times=entries)
        with transaction(writes=False):
            day = clock.local(start + timedelta(days=2)).date()
            found = [line.seq for line in reading.entries(day=day, size=9_999).lines]

    assert found == list(range(3 * entries, 2 * entries, -1))


def test_an_entry_that_cannot_be_read_hides_no_other(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    record(app, "case.closed")
    record(app, "unit.created")
    with app.app_context(), transaction():
        session().execute(update(Entry).where(Entry.seq == 1).values(act=None))

    page = signed_in(people.auditor).get("/audit")

    assert page.says("暂不可读")
    assert page.says("新建工会组织")
