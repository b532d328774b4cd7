"""Triage, caseload, one case and its forms: works, somebody else's, wrong role, bad input."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import event

from app.accounts.models import Account
from app.accounts.services import consents
from app.care import services
from app.care.models import Case
from app.care.services import records
from app.core import clock
from app.core.database import db, session, transaction
from tests.acts import acts
from tests.care.scenes import HEAVY, LOW, MODERATE, NOW, at, contacted, in_care, measured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from flask import Flask

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


def actions(app: Flask) -> list[str]:
    with app.app_context(), transaction(writes=False):
        return [act.action for act in acts()]


def test_triage_shows_name_tier_and_reason_and_is_recorded(
    app: Flask, people: Cast, subject: UUID, signed_in: SignedIn
) -> None:
    measured(app, subject, HEAVY)
    page = signed_in(people.counsellor).get("/triage")
    assert page.says("王小骑")
    assert page.says("PHQ-9 得分 16（15–19）")
    assert actions(app)[-1] == "case.triage_read"


def test_an_empty_triage_says_what_happens_next(people: Cast, signed_in: SignedIn) -> None:
    assert signed_in(people.counsellor).get("/triage").says("没有人在等待")


def test_taking_a_case_leads_to_it_and_the_second_is_told(
    app: Flask, people: Cast, subject: UUID, signed_in: SignedIn
) -> None:
    measured(app, subject, LOW)
    first, second = signed_in(people.counsellor), signed_in(people.other_counsellor)
    first.get("/triage")
    second.get("/triage")
    assert first.submit("take").says("个案由您跟进")
    assert second.submit("take", status=409).says("同事刚刚接手了这个个案")


@pytest.mark.parametrize("path", ["/triage", "/cases", "/signatures"])
@pytest.mark.parametrize("name", ["worker", "admin"])
def test_others_do_not_see_these_pages(people: Cast, signed_in: SignedIn, path: str, name: str) -> None:
    signed_in(getattr(people, name)).get(path, status=404)


def test_a_counsellor_has_no_signatures_page(people: Cast, signed_in: SignedIn) -> None:
    signed_in(people.counsellor).get("/signatures", status=404)


def test_the_caseload_says_who_needs_her_first_and_why(
    app: Flask, people: Cast, subject: UUID, other_subject: UUID, signed_in: SignedIn
) -> None:
    in_care(app, subject, people.counsellor, answers=LOW, days=2)
    in_care(app, other_subject, people.counsellor, days=20)
    page = signed_in(people.counsellor).get("/cases")
    assert page.says("首次联系超时")
    assert page.text.index("李大件") < page.text.index("王小骑")
    assert actions(app).count("case.list_read") == 1


def test_the_caseload_holds_nobody_elses_cases(app: Flask, people: Cast, case_id: UUID, signed_in: SignedIn) -> None:
    assert not signed_in(people.other_counsellor).get("/cases").says("王小骑")
    assert signed_in(people.supervisor).get("/cases").says("王小骑")
    assert not signed_in(people.supervisor).get("/cases?whose=mine").says("王小骑")


def test_an_empty_caseload_leads_to_triage(people: Cast, signed_in: SignedIn) -> None:
    assert "/triage" in signed_in(people.counsellor).get("/cases").links


def statements(app: Flask, browser: Client, path: str) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.split(maxsplit=1)[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"}:
            seen.append(statement)

    with app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    browser.get(path)
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    return len([each for each in seen if "advisory" not in each])


def sorted_statements(app: Flask, browser: Client, path: str) -> int:
    """As a minute later, when the job has sorted in what is new."""
    with app.app_context():
        services.settle_results()
    return statements(app, browser, path)


@pytest.mark.parametrize("path", ["/cases", "/triage"])
def test_the_lists_cost_the_same_number_of_statements_at_any_size(
    app: Flask, people: Cast, signed_in: SignedIn, path: str
) -> None:
    workers = [people.make(people.worker.role, f"职工{number}", unit=people.township) for number in range(6)]
    subjects = [people.subject_of(each) for each in workers]
    browser = signed_in(people.counsellor)
    enter = in_care_of(app, people.counsellor) if path == "/cases" else lambda subject: measured(app, subject)
    enter(subjects[0])
    browser.get(path)
    few, few_sorted = statements(app, browser, path), sorted_statements(app, browser, path)
    assert [enter(each) for each in subjects[1:]]
    assert (statements(app, browser, path), sorted_statements(app, browser, path)) == (few, few_sorted)
    assert few <= 16
    assert few_sorted <= 12


def in_care_of(app: Flask, counsellor: Account) -> Callable[[UUID], UUID]:
    return lambda subject: in_care(app, subject, counsellor)


def test_a_case_shows_person_course_and_life_line(app: Flask, people: Cast, case_id: UUID, signed_in: SignedIn) -> None:
    contacted(app, case_id, people.counsellor)
    page = signed_in(people.counsellor).get(f"/cases/{case_id}")
    assert page.says("王小骑")
    assert page.says("聊了二十分钟")
    assert page.says("PHQ-9 得分 11（10–14）")
    assert any(link.startswith("tel:+86139") for link in page.links)
    assert actions(app)[-1] == "case.read"


def test_a_foreign_case_looks_like_a_random_one(app: Flask, people: Cast, case_id: UUID, signed_in: SignedIn) -> None:
    browser, random_id = signed_in(people.other_counsellor), uuid4()
    foreign = browser.get(f"/cases/{case_id}", status=404).text.replace(str(case_id), "")
    assert browser.get(f"/cases/{random_id}", status=404).text.replace(str(random_id), "") == foreign


@pytest.mark.parametrize("door", ["tier", "stage", "review", "contacts", "notes", "close", "reopen"])
def test_nobody_writes_into_a_foreign_case(
    app: Flask, people: Cast, case_id: UUID, signed_in: SignedIn, door: str
) -> None:
    browser = signed_in(people.other_counsellor)
    browser.get("/cases")
    browser.post(f"/cases/{case_id}/{door}", [("csrf_token", browser.csrf), ("why", "x")], status=404)
    with at(app):
        assert session().get_one(Case, case_id).version == 1


def test_only_those_who_may_change_a_note_are_offered_it(people: Cast, case_id: UUID, signed_in: SignedIn) -> None:
    author = signed_in(people.counsellor)
    author.get(f"/cases/{case_id}")
    author.submit("note-form", text="睡得好一些了。")
    seen = signed_in(people.supervisor).get(f"/cases/{case_id}")
    assert any("/notes/" in link for link in author.page.links)
    assert seen.says("睡得好一些了。")
    assert not any("/notes/" in link for link in seen.links)


def test_a_tier_is_confirmed_and_one_without_reason_is_refused(
    app: Flask, people: Cast, case_id: UUID, signed_in: SignedIn
) -> None:
    browser = signed_in(people.counsellor)
    browser.get(f"/cases/{case_id}")
    browser.submit("tier", status=409, tier="1")
    browser.get(f"/cases/{case_id}")
    assert browser.submit("tier", tier="2").says("级别已保存")
    browser.post(f"/cases/{case_id}/tier", [("csrf_token", browser.csrf), ("tier", "9")], status=422)


def test_a_supervisor_signs_what_a_counsellor_proposed(
    app: Flask, people: Cast, case_id: UUID, signed_in: SignedIn
) -> None:
    browser = signed_in(people.counsellor)
    browser.get(f"/cases/{case_id}")
    browser.submit("tier", tier="3", why="睡不着，吃不下")
    supervisor = signed_in(people.supervisor)
    assert supervisor.get("/signatures").says("睡不着，吃不下")
    supervisor.submit(f"{case_id}/sign")
    with at(app):
        assert records.state_of(session().get_one(Case, case_id)).tier == 3
    assert supervisor.get("/signatures").says("没有等您签字的内容")


def test_stage_review_closing_and_reopening(app: Flask, people: Cast, case_id: UUID, signed_in: SignedIn) -> None:
    browser = signed_in(people.counsellor)
    browser.get(f"/cases/{case_id}")
    assert browser.submit("stage").says("进入：计划")
    assert browser.submit("review", day="2026-12-01").says("下次复核已安排")
    browser.submit("review", status=409, day="2026-11-01")
    browser.get(f"/cases/{case_id}")
    browser.submit("close", why="目标达成")
    browser.get(f"/cases/{case_id}")
    assert browser.submit("reopen", why="又有不适").says("个案已重新开启")


def test_reading_the_answers_is_an_act_of_its_own(
    app: Flask, people: Cast, subject: UUID, case_id: UUID, signed_in: SignedIn
) -> None:
    browser = signed_in(people.counsellor)
    link = next(link for link in browser.get(f"/cases/{case_id}").links if "/answers/" in link)
    assert browser.get(link).says("一半以上的天数")
    assert actions(app)[-1] == "screening.answers_read"
    browser.get(f"/cases/{case_id}/answers/{uuid4()}", status=404)
    signed_in(people.other_counsellor).get(link, status=404)


def test_a_withdrawn_consent_is_said_plainly(app: Flask, people: Cast, case_id: UUID, signed_in: SignedIn) -> None:
    with at(app, NOW + timedelta(minutes=1)):
        consents.decide(session().get_one(Account, people.worker.id), consents.CONTACT, given=False)
    assert signed_in(people.counsellor).get(f"/cases/{case_id}").says("已撤回")


def test_the_pages_speak_english(app: Flask, people: Cast, case_id: UUID, signed_in: SignedIn) -> None:
    browser = signed_in(people.counsellor)
    browser.http.set_cookie("lang", "en")
    assert browser.get("/cases").says("First contact")
    assert browser.get(f"/cases/{case_id}").says("Write down a contact")


def test_a_new_result_counts_before_the_nightly_job(
    app: Flask, people: Cast, subject: UUID, case_id: UUID, signed_in: SignedIn
) -> None:
    measured(app, subject, HEAVY, days_ago=0)
    measured(app, subject, MODERATE, days_ago=0)
    assert signed_in(people.counsellor).get("/cases").says("有新结果未看")


def test_a_name_with_markup_is_only_a_name(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    stranger = people.make(people.worker.role, "<b>小王</b>", unit=people.township)
    in_care(app, people.subject_of(stranger), people.counsellor)
    assert "&lt;b&gt;小王&lt;/b&gt;" in signed_in(people.counsellor).get("/cases").text
