"""The start page: for each role what it needs, and nothing that it may not see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select

from app.care import services as care
from app.care.models import Case, Recommendation
from app.core import clock
from app.core.database import db, session, transaction
from app.courses import services as courses
from app.courses.models import Booking, Lecture, LectureKind, Lecturer, Series, Venue
from app.home.demo.sittings import Answering, invent
from app.safety import services as safety
from app.screening import services as screening
from tests.acts import acts

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client

    SignedIn = Callable[[Account], Client]


def answered(app: Flask, people: Cast, who: Account, *, strain: float, unsafe: bool = False) -> UUID:
    """Let a worker have answered an hour ago; returns her subject."""
    subject = people.subject_of(who)
    how = Answering(strain, unsafe=unsafe)
    with app.app_context(), transaction():
        at = clock.now() - timedelta(hours=1)
        screening.store_complete([invent(Random(3), subject, "full", at, how)])
    return subject


def in_care(app: Flask, people: Cast, *, strain: float = 0.45) -> UUID:
    """Let the worker be in her counsellor's care; returns the case."""
    subject = answered(app, people, people.worker, strain=strain)
    counsellor = people.counsellor
    with app.app_context(), transaction():
        return care.take_case(subject, by=session().merge(counsellor))


def planned(app: Flask, people: Cast, topic: str = "睡个好觉", days: int = 3) -> UUID:
    """Put a lecture into the calendar; returns its id."""
    district, start = people.district.id, clock.now() + timedelta(days=days)
    with app.app_context(), transaction():
        series = Series(unit_id=district, name="幸福有约", starts_on=clock.today(), ends_on=clock.today())
        venue = Venue(unit_id=district, name="文化宫", seats=30)
        lecturer = Lecturer(unit_id=district, name="陆晓川")
        session().add_all([series, venue, lecturer])
        session().flush()
        lecture = Lecture(
            unit_id=district,
            series_id=series.id,
            venue_id=venue.id,
            lecturer_id=lecturer.id,
            kind=LectureKind.LECTURE,
            topic=topic,
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            opens_at=start - timedelta(days=9),
            closes_at=start,
            capacity=30,
        )
        session().add(lecture)
        session().flush()
        return lecture.id


def suggested(app: Flask, people: Cast) -> UUID:
    """Let the counsellor suggest a lecture to the worker; returns the suggestion."""
    case_id, lecture_id = in_care(app, people), planned(app, people)
    counsellor = people.counsellor
    with app.app_context(), transaction():
        case, lecture = session().get_one(Case, case_id), session().get_one(Lecture, lecture_id)
        care.recommend(case, lecture, by=session().merge(counsellor), why="正合适")
    with app.app_context(), transaction(writes=False):
        return session().scalars(select(Recommendation.id)).one()


def test_a_stranger_is_welcome(client: Client) -> None:
    page = client.get("/")

    assert page.says("最近，您还好吗？")
    assert "/check" in page.links
    assert "/sign-in" in page.links


def test_a_worker_is_asked_how_she_is(people: Cast, signed_in: SignedIn) -> None:
    page = signed_in(people.worker).get("/")

    assert page.says("王小骑，")
    assert page.form("/questionnaires/quick/start")


def test_a_worker_sees_how_it_was_last_time(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    answered(app, people, people.worker, strain=0.05)

    page = signed_in(people.worker).get("/")

    assert page.says("上一次")
    assert "/results" in page.links


def test_a_worker_sees_her_next_lecture(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    lecture_id, worker = planned(app, people), people.worker
    with app.app_context(), transaction():
        courses.book_seat(session().get_one(Lecture, lecture_id), worker=worker.id)

    page = signed_in(worker).get("/")

    assert page.says("您的下一场")
    assert page.text.count("睡个好觉") == 1


def test_a_worker_accepts_what_is_suggested(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    suggestion = suggested(app, people)
    client = signed_in(people.worker)
    assert client.get("/").says("咨询师推荐给您")

    page = client.submit(f"/recommendations/{suggestion}/accept")

    assert page.says("您的下一场")
    assert not page.says("咨询师推荐给您")


def test_a_worker_declines_what_is_suggested(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    suggestion = suggested(app, people)
    client = signed_in(people.worker)
    client.get("/")

    page = client.submit(f"/recommendations/{suggestion}/decline")

    assert not page.says("咨询师推荐给您")
    with app.app_context(), transaction(writes=False):
        assert session().scalars(select(Booking)).all() == []


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_nobody_answers_for_another(app: Flask, people: Cast, signed_in: SignedIn, answer: str) -> None:
    suggestion = suggested(app, people)
    client = signed_in(people.other_worker)
    client.get("/")

    token = [("csrf_token", client.csrf)]
    foreign = client.post(f"/recommendations/{suggestion}/{answer}", token, status=404)
    random = client.post(f"/recommendations/{uuid4()}/{answer}", token, status=404)

    assert foreign.text.count("<") == random.text.count("<")


def test_a_counsellor_sees_who_needs_her(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    in_care(app, people, strain=0.62)

    page = signed_in(people.counsellor).get("/")

    assert page.says("先看谁")
    assert page.says("王小骑")


def test_a_counsellor_never_sees_another_caseload(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    in_care(app, people, strain=0.62)

    assert not signed_in(people.other_counsellor).get("/").says("王小骑")


def test_an_open_alert_stands_on_the_first_page_without_a_name(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    subject = people.subject_of(people.worker)
    with app.app_context(), transaction():
        safety.raise_alert(subject, source="sitting:x", instrument="phq9", item="q9")

    page = signed_in(people.counsellor).get("/")

    assert page.says("还没有人接手")
    assert not page.says("王小骑")


def test_a_supervisor_sees_what_waits_for_a_signature(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    case_id, counsellor = in_care(app, people, strain=0.66), people.counsellor
    with app.app_context(), transaction():
        care.confirm_tier(session().get_one(Case, case_id), 3, by=session().merge(counsellor), why="同意")

    browser = signed_in(people.supervisor)
    page = browser.get("/")

    assert page.says("陈静 建议定为 3 级")
    browser.get(next(link for link in page.links if link.startswith("/cases/")))


def test_an_admin_sees_seats_and_target_and_nobody(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    in_care(app, people)
    planned(app, people)

    page = signed_in(people.admin).get("/")

    assert page.says("睡个好觉")
    assert page.says("0 / 30")
    assert not page.says("王小骑")


def test_an_auditor_sees_the_last_acts(people: Cast, signed_in: SignedIn) -> None:
    page = signed_in(people.auditor).get("/")

    assert page.says("最近操作")
    assert page.says("登录")


@pytest.mark.parametrize("name", ["worker", "counsellor", "supervisor", "admin", "auditor"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_opens_for_everybody_in_both_languages(people: Cast, signed_in: SignedIn, name: str, language: str) -> None:
    client = signed_in(getattr(people, name))
    client.http.set_cookie("lang", language)

    page = client.get("/")

    assert ('lang="en"' in page.text) is (language == "en")


@pytest.mark.parametrize(("hour", "words"), [(0, "早上好"), (6, "下午好"), (14, "晚上好")])
def test_the_greeting_fits_the_hour_where_the_workers_live(
    people: Cast, signed_in: SignedIn, hour: int, words: str
) -> None:
    with clock.at(datetime(2026, 11, 20, hour, 30, tzinfo=UTC)):
        assert signed_in(people.worker).get("/").says(words)


def test_a_worker_page_costs_few_statements(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    suggested(app, people)
    client = signed_in(people.worker)
    client.get("/")
    with app.app_context():
        engine = db.engine
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    client.get("/")
    event.remove(engine, "before_cursor_execute", note)

    reads = [statement for statement in seen if statement.startswith("SELECT")]
    assert len(reads) <= 18, "\n".join(statement[:120] for statement in reads)


def test_a_worker_page_is_recorded_as_read_under_her_pseudonym(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    subject = answered(app, people, people.worker, strain=0.05)

    signed_in(people.worker).get("/")

    with app.app_context(), transaction(writes=False):
        assert acts()[-1][1:3] == ("screening.result_read", subject)
