"""Whoever sees a person's name, in a list or on a page of her own, leaves an entry that she finds."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from sqlalchemy import delete, func, select

from app import audit
from app.accounts.services import closing, desk, links, record_log, staff
from app.audit.models import Mention
from app.care import services as care
from app.care.models import Case
from app.core import clock
from app.core.database import session, transaction
from app.core.permissions import Role
from tests.care.full_house import fill
from tests.care.scenes import NOW
from tests.courses.conftest import Programme
from tests.home.test_damage import ID, pages_of
from tests.safety.scenes import on_duty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client
    from tests.installation import Installation

ROLES = ("counsellor", "supervisor", "admin", "auditor")
OUTSIDE = "梅窗口"
STAFF_PAGES = {"/staff", "/staff/approvals"}


class Person(NamedTuple):
    """How somebody is seen on a page, and under which references the log finds her."""

    seen: re.Pattern[str]
    references: tuple[bytes, ...]


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    sqlite_installation.reset()
    return sqlite_installation


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def house(app: Flask, people: Cast) -> dict[str, UUID]:
    """Workers in care, in triage, in alerts, before a signature, on a roster and at the desk; their ids by name."""
    on_duty(app, people.counsellor)
    born: dict[str, Account] = {}
    make = people.make
    people.make = lambda role, name, **more: born.setdefault(name, make(role, name, **more))  # type: ignore[method-assign]
    fill(app, people, cases=8, waiting=3)
    guest = people.make(Role.WORKER, OUTSIDE, unit=people.township)
    people.make(Role.WORKER, "竹讲座", unit=people.township)
    programme = Programme(app, people)
    programme.book(programme.lecture(), born["竹讲座"])
    asked_for, supervisor, admin, district = (
        people.other_counsellor,
        people.supervisor,
        people.admin,
        people.district.id,
    )
    with app.app_context():
        care.settle_results()
        with transaction():
            desk.start(guest.id, by=session().merge(supervisor))
            closing.ask(session().merge(asked_for), by=session().merge(admin))
            staff.request("+8613911112222", role=Role.COUNSELLOR, name="兰新人", unit=district, by=admin)
    return {name: account.id for name, account in born.items() if account.role is Role.WORKER}


def shown_without_entry(
    app: Flask, people: Cast, signed_in: Callable[[Account], Client], persons: dict[str, Person], *roles: str
) -> tuple[set[str], set[str]]:
    """Which pages show one of these persons, and which of them without an entry that finds her."""
    seen, silent = set(), set()
    for browser in [signed_in(getattr(people, role)) for role in roles]:
        for path in pages_of(browser):
            forget_mentions(app)
            text, found = browser.http.get(path).text, set(mentions(app))
            shown = [person for person in persons.values() if person.seen.search(text)]
            kind = ID.sub("*", path.split("?")[0])
            seen |= {kind} if shown else set()
            silent |= {kind for person in shown if found.isdisjoint(person.references)}
    return seen, silent


def forget_mentions(app: Flask) -> None:
    """So that no page stands under the entry of another one of the same day."""
    with app.app_context(), transaction():
        session().execute(delete(Mention))


def mentions(app: Flask) -> dict[bytes, int]:
    with app.app_context():
        return dict(session().execute(select(Mention.about, func.count()).group_by(Mention.about)).tuples().all())


@pytest.fixture
def workers(app: Flask, people: Cast, house: dict[str, UUID]) -> dict[str, Person]:
    with app.app_context():
        found = {name: session().get(type(people.admin), account) for name, account in house.items()}
    return {
        name: Person(
            re.compile(re.escape(name) + r"(?!\d)"),
            (reference(app, account.id), reference(app, people.subject_of(account))),
        )
        for name, account in found.items()
        if account
    }


def reference(app: Flask, target: UUID) -> bytes:
    with app.app_context():
        return audit.reference(target)


def test_every_page_that_shows_a_worker_leaves_an_entry_that_finds_her(
    app: Flask, people: Cast, workers: dict[str, Person], signed_in: Callable[[Account], Client]
) -> None:
    seen, silent = shown_without_entry(app, people, signed_in, workers, *ROLES)
    assert {"/", "/cases", "/cases/*", "/triage", "/alerts", "/signatures", "/recoveries", "/lectures/manage/*"} <= seen
    assert silent == set()


def test_lists_that_name_nobody_in_the_log_are_found(
    app: Flask,
    people: Cast,
    workers: dict[str, Person],
    signed_in: Callable[[Account], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = audit.record

    def forgetful(action: str, target: UUID | None = None, *, shown: Any = (), **detail: Any) -> None:
        record(action, target, **detail)

    monkeypatch.setattr(audit, "record", forgetful)
    _, silent = shown_without_entry(app, people, signed_in, workers, "supervisor", "counsellor", "admin")
    assert {"/", "/cases", "/triage", "/alerts", "/signatures", "/recoveries", "/lectures/manage/*"} <= silent


def test_a_list_of_staff_leaves_an_entry_for_each(
    app: Flask, people: Cast, house: dict[str, UUID], signed_in: Callable[[Account], Client]
) -> None:
    who = reference(app, people.other_counsellor.id)
    for account, path in ((people.admin, "/staff"), (people.supervisor, "/staff/approvals")):
        before = mentions(app).get(who, 0)
        page = signed_in(account).get(path)
        assert page.says(people_name(app, people.other_counsellor))
        assert mentions(app)[who] == before + 1


def people_name(app: Flask, account: Account) -> str:
    with app.app_context():
        return str(session().get_one(type(account), account.id).name)


def test_a_list_that_is_looked_at_all_day_is_one_line_a_day(
    app: Flask, people: Cast, house: dict[str, UUID], signed_in: Callable[[Account], Client]
) -> None:
    subject = subject_of(app, people, house["李大件"])
    case = case_of(app, subject)
    for minutes in (0, 20, 300, 24 * 60):
        with clock.at(NOW + timedelta(minutes=minutes)):
            browser = signed_in(people.counsellor)
            browser.get("/cases")
            browser.get(f"/cases/{case}")
    with app.app_context(), transaction(writes=False):
        account = session().get_one(type(people.counsellor), house["李大件"])
        found = [each.words["en"] for each in record_log.openings_of(account).rows]
    assert found.count("Caseload read") == 2
    assert found.count("Case read") == 4


def subject_of(app: Flask, people: Cast, account_id: UUID) -> UUID:
    with app.app_context(), transaction(writes=False):
        return links.subject_of(session().get_one(type(people.counsellor), account_id))


def case_of(app: Flask, subject: UUID) -> str:
    with app.app_context(), transaction(writes=False):
        return str(session().scalars(select(Case.id).where(Case.subject_id == subject)).one())
