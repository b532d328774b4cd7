"""What a worker sees and does: the list, the calendar, a lecture, her bookings."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from app.core import clock
from tests.courses.conftest import NOW, STARTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client
    from tests.courses.conftest import Programme

PAGES = ["/lectures", "/lectures/calendar", "/bookings"]


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def browser(signed_in: Callable[[Account], Client], people: Cast) -> Client:
    return signed_in(people.worker)


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_page_says_what_to_do_next(browser: Client, path: str) -> None:
    page = browser.get(path)

    assert 'class="empty"' in page.text


def test_the_list_shows_what_i_may_join(programme: Programme, browser: Client, people: Cast) -> None:
    programme.lecture()
    programme.lecture(
        topic="别处的讲座",
        starts_at=STARTS + timedelta(days=1),
        for_units=frozenset({people.other_township.id.hex}),
    )

    page = browser.get("/lectures")

    assert page.says("睡个好觉")
    assert page.says("还剩 2 座")
    assert not page.says("别处的讲座")


def test_the_list_can_be_narrowed_by_what_helps(programme: Programme, browser: Client) -> None:
    programme.lecture()

    assert browser.get("/lectures?helps-with=sleep").says("睡个好觉")
    assert not browser.get("/lectures?helps-with=stress").says("睡个好觉")


def test_a_long_list_goes_on_by_key(programme: Programme, browser: Client) -> None:
    ids = [programme.lecture(starts_at=STARTS + timedelta(days=day)) for day in range(21)]

    page = browser.get("/lectures")

    assert f"/lectures?after={ids[19]}" in page.links
    assert f"/lectures/{ids[20]}" in browser.get(f"/lectures?after={ids[19]}").links


def test_the_calendar_shows_the_month(programme: Programme, browser: Client) -> None:
    lecture = programme.lecture()

    page = browser.get("/lectures/calendar?month=2026-11")

    assert f"/lectures/{lecture}" in page.links
    assert page.says("2026年11月")
    assert browser.get("/lectures/calendar?month=nonsense").says("2026年11月")


def test_one_tap_keeps_a_seat(programme: Programme, browser: Client) -> None:
    lecture = programme.lecture()
    browser.get("/lectures")

    page = browser.submit(f"/lectures/{lecture}/book")

    assert page.says("座位已经留好")
    assert programme.taken(lecture) == 1
    assert browser.get("/bookings").says("睡个好觉")


def test_a_full_lecture_offers_the_waiting_list(programme: Programme, browser: Client, people: Cast) -> None:
    lecture = programme.lecture(capacity=1)
    programme.book(lecture, people.other_worker)
    browser.get(f"/lectures/{lecture}")

    page = browser.submit(f"/lectures/{lecture}/book")

    assert page.says("您在候补名单的第 1 位")


def test_a_seat_is_given_back(programme: Programme, browser: Client, people: Cast) -> None:
    lecture = programme.lecture()
    programme.book(lecture, people.worker)
    browser.get(f"/lectures/{lecture}")

    page = browser.submit("/cancel")

    assert page.says("已退回")
    assert programme.taken(lecture) == 0


def test_booking_too_late_says_so(programme: Programme, browser: Client) -> None:
    lecture = programme.lecture()
    browser.get(f"/lectures/{lecture}")

    programme.change(lecture, closes_at=NOW - timedelta(minutes=1))

    page = browser.submit(f"/lectures/{lecture}/book")

    assert page.says("报名已截止")
    assert programme.taken(lecture) == 0


def test_the_calendar_file_names_the_lecture(programme: Programme, browser: Client) -> None:
    lecture = programme.lecture()

    page = browser.get(f"/lectures/{lecture}/calendar.ics")

    assert page.response.mimetype == "text/calendar"
    assert "DTSTART:20261126T110000Z" in page.text
    assert "睡个好觉" in page.text


@pytest.mark.parametrize("path", ["/lectures/{id}", "/lectures/{id}/calendar.ics"])
def test_a_lecture_for_others_is_not_there(programme: Programme, browser: Client, people: Cast, path: str) -> None:
    foreign = programme.lecture(for_units=frozenset({people.other_township.id.hex}))

    strange = browser.get(path.format(id=foreign), status=404).text

    assert strange == browser.get(path.format(id=uuid4()), status=404).text


def test_somebody_elses_booking_is_not_there(programme: Programme, browser: Client, people: Cast) -> None:
    booking = programme.book(programme.lecture(), people.other_worker)
    browser.get("/lectures")

    browser.post(f"/bookings/{booking.id}/cancel", [("csrf_token", browser.csrf)], status=404)

    assert programme.state_of(booking) == "booked"


@pytest.mark.parametrize("path", PAGES)
def test_staff_have_no_business_here(
    signed_in: Callable[[Account], Client], people: Cast, client: Client, path: str
) -> None:
    signed_in(people.admin).get(path, status=404)


def test_a_cancelled_lecture_says_so_to_who_had_booked(programme: Programme, browser: Client, people: Cast) -> None:
    lecture = programme.lecture()
    programme.book(lecture, people.worker)
    programme.call_off(lecture)

    assert browser.get(f"/lectures/{lecture}").says("这场讲座取消了")
