"""One damaged byte hides nothing but itself: it says that it cannot be read, and everything else goes on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select, update

from app.care import services as care
from app.care.models import CaseloadBucket
from app.care.services.entries import entries_of
from app.core import clock
from app.core.database import Base, db, session, transaction
from app.notices.delivery import deliver_due
from app.notices.models import OutboxRow
from app.notices.services import enqueue
from app.safety import services as safety
from app.safety.models import Alert
from app.safety.steps import Kind
from app.vault import SealedBytes
from tests.care.full_house import fill
from tests.care.scenes import NOW
from tests.safety.scenes import on_duty, raised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from flask import Flask
    from sqlalchemy import Column

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client
    from tests.installation import Installation

ROLES = ("worker", "counsellor", "supervisor", "admin", "auditor")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
OF_EACH_KIND = 3
NOT_FOLLOWED = ("/static", "/bye", "/posters")
ALONE = {
    "case.file": "/lectures",
    "result.answers": "/answers/",
    "case_entry.body": "/notes/",
    "result.scores": "/answers/",
}
"""Pages that show nothing but this value: they say so, with a number, and lead back."""
OWN = {"account.link", "subject.alias"}
"""What shuts one person's own door: she is told; all other people's pages go on."""


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    sqlite_installation.reset()
    return sqlite_installation


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def district(app: Flask, people: Cast) -> UUID:
    """A counsellor's house with cases, triage and alerts; the id of a case that is in an alert."""
    on_duty(app, people.counsellor)
    cases = fill(app, people, cases=5, waiting=3)
    raised(app, people.subject_of(people.worker))
    with app.app_context():
        care.settle_results()
        with transaction():
            enqueue("screening.completed")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return cases[1]


def pages_of(browser: Client) -> list[str]:
    """The pages that a person reaches by links, a few of each kind."""
    waiting, kinds, found = ["/"], dict[str, int](), dict[str, None]()
    while waiting:
        path = waiting.pop()
        kind = ID.sub("*", path.split("?")[0])
        if path in found or kinds.get(kind, 0) >= OF_EACH_KIND or path.startswith(NOT_FOLLOWED):
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        reply = browser.http.get(path)
        if reply.status_code == 200 and reply.mimetype == "text/html":
            found[path] = None
            waiting += re.findall(r'href="(/[^"#]*)"', reply.text.replace("&amp;", "&"))
    return list(found)


def sealed_columns() -> list[Column[Any]]:
    tables = Base.metadata.sorted_tables
    return [column for table in tables for column in table.c if isinstance(column.type, SealedBytes)]


class Damaged:
    """A value whose last byte is another one, until the block ends."""

    def __init__(self, app: Flask, column: Column[Any], key: object = None) -> None:
        self.app, self.column, self.key = app, column, key

    def __enter__(self) -> bool:
        first = self.column.table.c[0]
        chosen = select(first, self.column).where(self.column.is_not(None))
        chosen = chosen if self.key is None else chosen.where(first == self.key)
        with self.app.app_context(), db.engine.connect() as connection:
            row = connection.execute(chosen.limit(1)).first()
        if row is not None:
            self.key, self.before = row
            self._write(bytes([*self.before[:-1], self.before[-1] ^ 1]))
        return row is not None

    def __exit__(self, *_error: object) -> None:
        if self.key is not None:
            self._write(self.before)

    def _write(self, value: bytes) -> None:
        mine = self.column.table.c[0] == self.key
        with self.app.app_context(), db.engine.begin() as connection:
            connection.execute(update(self.column.table).where(mine).values({self.column.name: value}))


def test_no_page_falls_with_one_value(
    app: Flask, people: Cast, district: UUID, signed_in: Callable[[Account], Client]
) -> None:
    browsers = {role: signed_in(getattr(people, role)) for role in ROLES}
    pages = {role: pages_of(browser) for role, browser in browsers.items()}
    fallen, tried = [], set()
    for column in sealed_columns():
        name = f"{column.table.name}.{column.name}"
        with Damaged(app, column) as there:
            if there:
                tried.add(name)
                opened = ((role, path, browsers[role].http.get(path)) for role in ROLES for path in pages[role])
                fallen += [(name, role, path) for role, path, reply in opened if reply.status_code >= 500]
    fallen = [(name, role, path) for name, role, path in fallen if ALONE.get(name, "/\0") not in path]
    assert all(len({role for name, role, _ in fallen if name == own}) <= 1 for own in OWN)
    assert [each for each in fallen if each[0] not in OWN] == []
    assert {"alert.log", "case.file", "case_entry.body", "account.name", "audit_entry.act"} <= tried


@pytest.mark.parametrize("name", ["name", "phone"])
def test_a_person_in_an_alert_stays_on_the_board(
    app: Flask, people: Cast, district: UUID, signed_in: Callable[[Account], Client], name: str
) -> None:
    browser = signed_in(people.counsellor)
    with Damaged(app, Base.metadata.tables["account"].c[name], people.worker.id):
        page = browser.get("/alerts")
    assert page.text.count('class="alert-row') == 3
    assert page.says("手机号暂不可读" if name == "phone" else "（暂不可读）")


def test_a_number_that_was_given_back_is_not_called_damaged(
    app: Flask, people: Cast, district: UUID, signed_in: Callable[[Account], Client]
) -> None:
    with app.app_context(), transaction():
        account = session().get_one(type(people.worker), people.worker.id)
        account.phone = ""
    page = signed_in(people.counsellor).get("/alerts")
    assert page.says("号码已归他人")
    assert not page.says("暂不可读")


def test_an_alert_that_cannot_be_read_stands_first_and_is_told(
    app: Flask, people: Cast, district: UUID, signed_in: Callable[[Account], Client]
) -> None:
    browser = signed_in(people.counsellor)
    with app.app_context(), transaction(writes=False):
        alert_id = max(alert.id for alert in safety.open_alerts())
    with Damaged(app, Base.metadata.tables["alert"].c.log, alert_id) as there:
        assert there
        page = browser.get("/alerts")
        with app.app_context():
            assert safety.escalate_due(clock.now()) > 0
        with app.app_context(), transaction(writes=False):
            state = session().get_one(Alert, alert_id).state
    assert next(link for link in page.links if ID.search(link)) == f"/alerts/{alert_id}"
    assert page.says("暂不可读")
    assert state.is_lost
    assert state.has(Kind.ESCALATED)


def test_a_case_whose_file_is_damaged_still_says_whom_to_call(
    app: Flask, people: Cast, district: UUID, signed_in: Callable[[Account], Client]
) -> None:
    browser = signed_in(people.counsellor)
    whole = browser.get(f"/cases/{district}").text
    phone = re.findall(r'href="tel:(\+86\d+)"', whole)[0]
    with Damaged(app, Base.metadata.tables["case"].c.file, district):
        page = browser.get(f"/cases/{district}")
    assert f'href="tel:{phone}"' in page.text
    assert page.says("夜班后睡不好，和班长沟通调班。")
    assert page.says("档案暂不可读")


def test_a_caseload_leads_to_the_case_that_it_cannot_read(
    app: Flask, people: Cast, district: UUID, signed_in: Callable[[Account], Client]
) -> None:
    browser = signed_in(people.counsellor)
    with app.app_context(), transaction():
        session().execute(delete(CaseloadBucket))
    with Damaged(app, Base.metadata.tables["case"].c.file, district):
        page = browser.get("/cases")
    assert page.says("有 1 份记录暂不可读")
    assert f"/cases/{district}" in page.links


def test_a_note_that_is_damaged_takes_nothing_with_it(
    app: Flask, people: Cast, district: UUID, signed_in: Callable[[Account], Client]
) -> None:
    browser = signed_in(people.counsellor)
    with app.app_context(), transaction(writes=False):
        note = next(each.id for each in entries_of(district) if each.channel is None)
    with Damaged(app, Base.metadata.tables["case_entry"].c.body, note):
        page = browser.get(f"/cases/{district}")
    assert 'href="tel:+86' in page.text
    assert page.says("暂不可读")


def test_one_damaged_notice_does_not_keep_the_others_from_being_told(app: Flask, people: Cast, district: UUID) -> None:
    with app.app_context(), transaction(writes=False):
        first = session().scalars(select(OutboxRow.id).order_by(OutboxRow.due_at).limit(1)).one()
    with Damaged(app, Base.metadata.tables["outbox"].c.payload, first), app.app_context():
        while deliver_due():
            pass
        with transaction(writes=False):
            assert list(session().scalars(select(OutboxRow.id))) == [first]


def test_somebody_with_a_damaged_sitting_begins_anew(
    app: Flask, people: Cast, district: UUID, signed_in: Callable[[Account], Client]
) -> None:
    worker = signed_in(people.worker)
    worker.get("/questionnaires")
    worker.submit("/questionnaires/full/start")
    with Damaged(app, Base.metadata.tables["sitting"].c.draft):
        worker.get("/questionnaires")
        worker.submit("/questionnaires/full/start")
        assert worker.page.response.request.path.endswith("/phq9")
