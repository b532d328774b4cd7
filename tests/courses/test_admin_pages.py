"""What an admin sees and does: the programme, planning, the roster, attendance."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from sqlalchemy import event, select

from app.core import clock
from app.core.database import db, session, transaction
from app.core.permissions import Role
from app.courses.models import Lecture
from tests.courses.conftest import NOW, STARTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client
    from tests.courses.conftest import Programme

PAGES = ["/lectures/manage", "/lectures/manage/calendar", "/lectures/manage/new", "/lectures/manage/resources"]
OF_A_LECTURE = ["", "/edit", "/sign-in"]


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def browser(signed_in: Callable[[Account], Client], people: Cast) -> Client:
    return signed_in(people.admin)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_on_an_empty_programme(browser: Client, path: str) -> None:
    assert browser.get(path).status == 200


@pytest.mark.parametrize("path", PAGES)
def test_workers_have_no_business_here(signed_in: Callable[[Account], Client], people: Cast, path: str) -> None:
    signed_in(people.worker).get(path, status=404)


@pytest.mark.parametrize("path", OF_A_LECTURE)
def test_a_foreign_branch_is_not_there(
    programme: Programme, signed_in: Callable[[Account], Client], people: Cast, path: str
) -> None:
    lecture = programme.lecture()
    stranger = signed_in(people.township_admin)

    strange = stranger.get(f"/lectures/manage/{lecture}{path}", status=404).text

    assert strange == stranger.get(f"/lectures/manage/{uuid4()}{path}", status=404).text


def test_the_list_shows_the_series_against_its_target(programme: Programme, browser: Client, people: Cast) -> None:
    programme.book(programme.lecture(), people.worker)

    page = browser.get("/lectures/manage")

    assert page.says("睡个好觉")
    assert page.says("0 / 30 场已举办")
    assert page.says("后续讲座已报名 1 座")
    assert not browser.get(f"/lectures/manage?series={programme.series}&show=past").says("睡个好觉")


def test_the_calendar_shows_the_branch(programme: Programme, browser: Client) -> None:
    lecture = programme.lecture()

    assert f"/lectures/manage/{lecture}" in browser.get("/lectures/manage/calendar?month=2026-11").links


def test_a_lecture_is_planned(programme: Programme, browser: Client) -> None:
    browser.get("/lectures/manage/new")

    page = browser.submit(topic="给妈妈们的下午茶", dimensions=["mood", "stress"], for_occupations=["courier"])

    assert page.says("讲座已排进日历")
    assert page.says("情绪、压力与倦怠")
    assert page.says("快递员")


def test_a_lecture_after_a_night_shift_ends_on_the_next_day(programme: Programme, browser: Client, app: Flask) -> None:
    browser.get("/lectures/manage/new")

    page = browser.submit(topic="夜班之后", day="2026-12-03", starts="23:30", ends="00:30")

    assert page.says("23:30–次日 00:30")
    with app.app_context(), transaction(writes=False):
        lecture = session().scalars(select(Lecture).where(Lecture.topic == "夜班之后")).one()
        assert lecture.ends_at - lecture.starts_at == timedelta(hours=1)


def test_a_lecture_over_midnight_is_shown_again_as_it_was_typed(programme: Programme, browser: Client) -> None:
    browser.get("/lectures/manage/new")
    browser.submit(topic="夜班之后", day="2026-12-03", starts="23:30", ends="00:30")

    form = browser.get(next(link for link in browser.page.links if link.endswith("/edit")))

    assert 'value="23:30"' in form.text
    assert 'value="00:30"' in form.text
    assert browser.submit(capacity="12").says("23:30–次日 00:30")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"starts": "20:00", "ends": "19:00"}, "请检查结束时间"),
        ({"day": "2026-11-01"}, "讲座时间要在今后"),
        ({"opens_on": "2027-01-01"}, "报名开始要早于截止"),
        ({"topic": ""}, "请检查这几项"),
        ({"capacity": "0"}, "请检查这几项"),
        ({"day": "not a day"}, "请检查这几项"),
    ],
    ids=["ends early", "past", "opens late", "no topic", "no seats", "no day"],
)
def test_a_wrong_plan_is_shown_again(
    programme: Programme, browser: Client, wrong: dict[str, Any], sentence: str
) -> None:
    browser.get("/lectures/manage/new")

    page = browser.submit(status=422, **{"topic": "试一试", **wrong})

    assert page.says(sentence)


def test_a_clash_names_the_other_lecture(programme: Programme, browser: Client) -> None:
    programme.lecture(topic="和压力做朋友")
    browser.get("/lectures/manage/new")

    page = browser.submit(status=422, topic="晚到一步", day="2026-11-26")

    assert page.says("“和压力做朋友”，2026-11-26 19:00–20:30")


def test_a_lecture_is_changed(programme: Programme, browser: Client) -> None:
    lecture = programme.lecture()
    browser.get(f"/lectures/manage/{lecture}/edit")

    page = browser.submit(topic="睡得更好", capacity="40")

    assert page.says("睡得更好")
    assert page.says("0 / 40")


def test_fewer_seats_than_taken_are_refused(programme: Programme, browser: Client, people: Cast) -> None:
    lecture = programme.lecture()
    programme.book(lecture, people.worker)
    programme.book(lecture, people.other_worker)
    browser.get(f"/lectures/manage/{lecture}/edit")

    assert browser.submit(status=422, capacity="1").says("已有 2 人报名")


def test_a_copy_is_a_week_later(programme: Programme, browser: Client) -> None:
    lecture = programme.lecture()

    page = browser.get(f"/lectures/manage/new?copy={lecture}")

    assert page.form("").values["day"] == ["2026-12-03"]
    assert page.form("").values["topic"] == ["睡个好觉"]


def test_a_lecture_is_cancelled(programme: Programme, browser: Client) -> None:
    lecture = programme.lecture()
    browser.get(f"/lectures/manage/{lecture}")

    assert browser.submit(f"/lectures/manage/{lecture}/cancel").says("这场讲座已取消")


def test_the_roster_names_who_booked(programme: Programme, browser: Client, people: Cast) -> None:
    lecture = programme.lecture(capacity=1)
    programme.book(lecture, people.worker)
    programme.book(lecture, people.other_worker)

    page = browser.get(f"/lectures/manage/{lecture}")

    assert page.says("王小骑")
    assert page.says("李大件")
    assert browser.get(f"/lectures/manage/{lecture}/sign-in").says("王小骑")


def test_attendance_is_one_tap_a_person(
    programme: Programme, signed_in: Callable[[Account], Client], people: Cast
) -> None:
    lecture = programme.lecture()
    booking = programme.book(lecture, people.worker)
    with clock.at(STARTS):
        browser = signed_in(people.admin)
        browser.get(f"/lectures/manage/{lecture}")

        browser.submit("/attendance", button=("absent", str(booking.id)))
        assert programme.state_of(booking) == "absent"
        browser.submit("/attendance", button=("booked", str(booking.id)))
        browser.submit("/attendance", button=("attended", ""))

    assert programme.state_of(booking) == "attended"


@pytest.mark.parametrize(
    ("sort", "values"),
    [
        ("series", {"name": "新就业形态专场"}),
        ("venue", {"name": "街道文化站", "seats": "40"}),
        ("lecturer", {"name": "周老师", "title": "督导师"}),
    ],
)
def test_what_lectures_are_planned_with_can_be_added(browser: Client, sort: str, values: dict[str, Any]) -> None:
    browser.get(f"/lectures/manage/resources/{sort}/new")

    page = browser.submit(**values)

    assert page.says(values["name"])


def test_a_venue_is_changed(programme: Programme, browser: Client) -> None:
    browser.get(f"/lectures/manage/resources/venue/{programme.venue}")

    assert browser.submit(name="区工人文化宫一楼").says("区工人文化宫一楼")


def test_a_venue_of_the_district_is_not_a_townships_to_change(
    programme: Programme, signed_in: Callable[[Account], Client], people: Cast
) -> None:
    signed_in(people.township_admin).get(f"/lectures/manage/resources/venue/{programme.venue}", status=404)


def statements(browser: Client, path: str) -> int:
    """How many statements a page costs."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    with browser.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    browser.get(path)
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


@pytest.mark.parametrize("role", ["worker", "admin"])
def test_no_page_costs_more_for_more_lectures(
    programme: Programme, signed_in: Callable[[Account], Client], people: Cast, role: str
) -> None:
    paths = {
        "worker": ["/lectures", "/lectures/calendar", "/bookings"],
        "admin": ["/lectures/manage", "/lectures/manage/calendar", "/lectures/manage/{first}"],
    }[role]
    browser = signed_in(getattr(people, role))
    first = programme.lecture(starts_at=STARTS - timedelta(days=1), capacity=20)
    programme.book(first, people.worker)
    small = [statements(browser, path.format(first=first)) for path in paths]
    for number in range(6):
        lecture = programme.lecture(starts_at=STARTS + timedelta(hours=2 * number))
        programme.book(lecture, people.worker)
        programme.book(first, people.make(Role.WORKER, f"职工{number}", unit=people.township))

    big = [statements(browser, path.format(first=first)) for path in paths]

    assert big == small
    assert max(big) <= 12
