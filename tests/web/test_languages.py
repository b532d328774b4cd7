"""How days and moments read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from app.core import clock
from app.web import languages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.conftest import Build

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def chinese(build: Build) -> Iterator[None]:
    with build().test_request_context("/"), clock.at(NOON):
        yield


@pytest.fixture
def english(build: Build) -> Iterator[None]:
    with build().test_request_context("/", headers={"Cookie": "lang=en"}), clock.at(NOON):
        yield


@pytest.mark.usefixtures("chinese")
def test_shows_the_districts_wall_clock_in_chinese() -> None:
    assert languages.format_moment(NOON) == "11月22日 周日 12:00"
    assert languages.format_weekday(NOON) == "星期日"
    assert languages.format_month(NOON) == "2026年11月"


@pytest.mark.usefixtures("chinese")
def test_names_the_year_only_when_it_is_another() -> None:
    assert languages.format_day(date(2026, 1, 2)) == "1月2日 周五"
    assert languages.format_day(date(2025, 1, 2)) == "2025年1月2日 周四"


@pytest.mark.usefixtures("chinese")
def test_names_the_day_of_a_span_once() -> None:
    assert languages.format_span(NOON, NOON + timedelta(minutes=90)) == "11月22日 周日 12:00–13:30"


@pytest.mark.usefixtures("chinese")
def test_says_that_an_end_lies_on_the_next_day() -> None:
    late = NOON + timedelta(hours=11, minutes=30)
    assert languages.format_hours(NOON, NOON + timedelta(minutes=90)) == "12:00–13:30"
    assert languages.format_hours(late, late + timedelta(hours=1)) == "23:30–次日 00:30"
    assert languages.format_span(late, late + timedelta(hours=1)) == "11月22日 周日 23:30–次日 00:30"
    assert languages.format_span(NOON, NOON + timedelta(days=2)) == "11月22日 周日 12:00–11月24日 周二 12:00"


@pytest.mark.usefixtures("chinese")
def test_says_how_long_ago() -> None:
    assert languages.format_since(NOON - timedelta(days=3)) == "3天前"
    assert languages.format_since(NOON + timedelta(hours=2)) == "2小时后"


@pytest.mark.usefixtures("english")
def test_shows_the_same_in_english() -> None:
    assert languages.format_moment(NOON) == "Sun 22 Nov 12:00"


@pytest.mark.usefixtures("chinese")
def test_shows_nothing_for_nothing() -> None:
    assert languages.format_day(None) + languages.format_moment(None) + languages.format_since(None) == ""
