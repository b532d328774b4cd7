"""The caseload of a counsellor with many cases: one page of it, nothing opened that is not shown, nobody left out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, update

from app import vault
from app.care import services
from app.care import state as rules
from app.care.models import Case, CaseloadBucket
from app.care.services import case_lines, caseload, records
from app.care.state import CaseState, Stage
from app.core import clock
from app.core.database import session, transaction
from app.core.ids import random_id
from app.vault import owner_keys, rows
from app.vault.sealed import Place
from tests.care.scenes import HEAVY, LOW, NOW, at, in_care, measured

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


def many_cases(app: Flask, counsellor: Account, number: int) -> list[UUID]:
    """So many open cases of people without a name, a day older each; returns the subjects, the newest case first."""
    subjects = [random_id() for _ in range(number)]
    with app.app_context():
        owner_keys.create("subject", subjects)
        with transaction():
            owner_keys.prefetch(subjects)
            rows = [_row(subject, counsellor, NOW - timedelta(days=day)) for day, subject in enumerate(subjects)]
            session().execute(insert(Case), rows)
        services.settle_results()
    return subjects


def _row(subject_id: UUID, counsellor: Account, opened_at: object) -> dict[str, object]:
    row = random_id()
    state = CaseState(stage=Stage.NEW, opened_at=opened_at, tier=1, contact_due=opened_at)  # type: ignore[arg-type]
    access = {"id": row, "subject_id": subject_id, "assignee": counsellor.id, "open": True}
    return {**rows.with_seal(Case, access), "version": 1, "file": records.sealed_file(row, subject_id, state)}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The columns that were opened since the test began to ask."""
    seen: list[str] = []
    before = Place.open

    def note(self: Place, *args: Any) -> object:
        seen.append(self.line)
        return before(self, *args)

    monkeypatch.setattr(Place, "open", note)
    return seen


def test_no_file_is_opened_for_a_list(app: Flask, people: Cast, opened: list[str]) -> None:
    many_cases(app, people.counsellor, 120)
    opened.clear()
    with at(app):
        found = services.caseload_page(people.counsellor)
    assert (len(found.page.rows), found.page.total, found.counts["now"]) == (caseload.PAGE, 120, 120)
    assert "case.file" not in opened
    assert opened.count("caseload_bucket.lines") == 1
    assert opened.count("subject.alias") <= caseload.PAGE


def test_every_case_stands_on_one_page(app: Flask, people: Cast) -> None:
    subjects = many_cases(app, people.counsellor, 120)
    with at(app):
        pages = [services.caseload_page(people.counsellor, number=number).page for number in (1, 2, 3)]
    assert [row.subject_id for page in pages for row in page.rows] == subjects[::-1]
    assert [(page.newer, page.older) for page in pages] == [(None, 2), (1, 3), (2, None)]


def test_a_full_last_page_offers_no_empty_one(app: Flask, people: Cast) -> None:
    many_cases(app, people.counsellor, 2 * caseload.PAGE)
    with at(app):
        assert services.caseload_page(people.counsellor, number=2).page.older is None


def test_a_case_that_changed_is_right_at_once_and_after_the_job(app: Flask, people: Cast, subject: UUID) -> None:
    case_id = in_care(app, subject, people.counsellor)
    with app.app_context():
        services.settle_results()
    with at(app):
        services.confirm_tier(session().get_one(Case, case_id), 3, by=people.counsellor, why="睡眠很差")
    with at(app):
        assert services.read_caseload(people.counsellor).rows[0].brief.waiting == 3
    with app.app_context():
        services.settle_results()
    with at(app):
        row = services.read_caseload(people.counsellor).rows[0]
    assert (row.brief.waiting, row.brief.proposer) == (3, people.counsellor.id.hex)


def test_an_older_copy_of_the_lines_hides_no_change(app: Flask, people: Cast, subject: UUID) -> None:
    case_id = in_care(app, subject, people.counsellor)
    with app.app_context():
        services.settle_results()
    with at(app):
        old = session().get_one(CaseloadBucket, people.counsellor.id).lines
        blob = vault.seal_for(CaseloadBucket.lines, row=people.counsellor.id, value=old)
    with at(app):
        records.change(session().get_one(Case, case_id), lambda state: rules.set_tier(state, 1, at=NOW, by="", why="x"))
    with app.app_context():
        services.settle_results()
    with at(app):
        session().execute(update(CaseloadBucket).values(lines=blob))
    with at(app):
        assert services.read_caseload(people.counsellor).rows[0].brief.tier == 1


def test_lines_that_cannot_be_read_lose_no_case(app: Flask, people: Cast, subject: UUID) -> None:
    in_care(app, subject, people.counsellor)
    with app.app_context():
        services.settle_results()
    with at(app):
        blob = vault.seal_for(CaseloadBucket.lines, row=random_id(), value=[])
        session().execute(update(CaseloadBucket).values(lines=blob))
    with at(app):
        assert len(services.read_caseload(people.counsellor).rows) == 1


def test_an_erased_person_leaves_the_list_at_once_and_the_figures_within_a_day(
    app: Flask, people: Cast, subject: UUID
) -> None:
    in_care(app, subject, people.counsellor)
    with app.app_context():
        services.settle_results()
        owner_keys.destroy([subject])
    with at(app):
        assert not services.caseload_page(people.counsellor).page.rows
    with app.app_context(), clock.at(NOW + timedelta(seconds=case_lines.FRESH)):
        services.settle_results()
        with transaction():
            found = services.caseload_page(people.counsellor)
    assert (found.counts["open"], found.unreadable) == (0, [])


def test_the_search_finds_a_part_of_a_name_and_stays_in_the_address(
    app: Flask, people: Cast, subject: UUID, other_subject: UUID, signed_in: SignedIn
) -> None:
    in_care(app, subject, people.counsellor)
    in_care(app, other_subject, people.counsellor)
    browser = signed_in(people.counsellor)
    browser.get("/cases?show=open")
    page = browser.submit("/cases", name="小骑")
    assert page.says("王小骑")
    assert not page.says("李大件")
    assert page.response.request.args["name"] == "小骑"
    assert browser.get("/cases?name=没有这个人").says("没有符合的个案")


def test_a_filter_goes_on_to_the_next_page(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    many_cases(app, people.counsellor, caseload.PAGE + 1)
    page = signed_in(people.counsellor).get("/cases?show=now")
    assert "/cases?page=2&show=now" in [link.replace("&amp;", "&") for link in page.links]


@pytest.mark.parametrize("query", ["show=nothing", "page=0", "page=-3", "page=x", f"page={2**70}"])
def test_an_address_that_somebody_changed_shows_the_list(
    app: Flask, people: Cast, subject: UUID, signed_in: SignedIn, query: str
) -> None:
    in_care(app, subject, people.counsellor)
    signed_in(people.counsellor).get(f"/cases?{query}")


def test_a_new_result_moves_its_case_up_before_the_job(
    app: Flask, people: Cast, subject: UUID, other_subject: UUID
) -> None:
    in_care(app, subject, people.counsellor, answers=LOW)
    in_care(app, other_subject, people.counsellor, answers=HEAVY)
    with app.app_context():
        services.settle_results()
    measured(app, subject, HEAVY, days_ago=0)
    with at(app):
        first = services.read_caseload(people.counsellor).rows[0]
    assert first.subject_id == subject
    assert {"step_up", "new"} <= {flag.code for flag in first.reading.flags}
