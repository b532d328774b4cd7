"""Pictures: well-formed, light, free of styles, named in words, and right for none, one and many values."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from app.web.charts import Axis, Bar, Cutoff, Point, Zone, bars, gauge, radar, sparkline, trend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.conftest import Build

START = date(2026, 9, 1)
ZONES = [
    Zone(0, 4, "没有", "good"),
    Zone(5, 9, "轻", "mild"),
    Zone(10, 14, "moderate", "warn"),
    Zone(15, 19, "moderately severe", "high"),
    Zone(20, 27, "<重>", "severe"),
]
WORDS: dict[str, Any] = {"title": "情绪", "description": "从 14 到 6 & 好转"}
MANY = [Point(START + timedelta(days=7 * week), 20 - week) for week in range(12)]
SAME_DAY = [Point(START, 14), Point(START, 9)]
AXES = [Axis(name, share) for name, share in (("情绪", 0.2), ("睡眠", 1.4), ("压力", -1))]


@pytest.fixture(autouse=True)
def in_a_request(build: Build) -> Iterator[None]:
    with build().test_request_context("/"):
        yield


def drawings() -> list[str]:
    return [
        trend([], zones=ZONES, **WORDS),
        trend(MANY[:1], zones=ZONES, **WORDS),
        trend(MANY, zones=ZONES, cutoffs=[Cutoff(10, "10")], **WORDS),
        trend(SAME_DAY, zones=[], **WORDS),
        gauge(14, zones=ZONES, **WORDS),
        gauge(None, zones=ZONES, **WORDS),
        radar(AXES, **WORDS),
        bars([Bar("骑手", 34, "30–39"), Bar("快递", 0)], **WORDS),
        bars([], **WORDS),
        sparkline([14, 9, 6], title="从 14 到 6"),
        sparkline([7], title="7"),
    ]


@pytest.mark.parametrize("number", range(11))
def test_a_picture_is_well_formed_light_and_free_of_styles(number: int) -> None:
    drawing = drawings()[number]

    ElementTree.fromstring(drawing)
    assert len(drawing.encode()) <= 4096
    assert 'role="img" aria-label="' in drawing
    assert " style=" not in drawing
    assert "nan" not in drawing


def test_names_every_zone_in_words() -> None:
    drawing = trend(MANY, zones=ZONES, **WORDS)

    assert "moderately severe</text>" in drawing
    assert "&lt;重&gt;</text>" in drawing


def test_marks_each_value_and_writes_the_last() -> None:
    drawing = trend(MANY, zones=ZONES, **WORDS)

    assert drawing.count("<circle") == len(MANY)
    assert ">9</text>" in drawing


def test_higher_values_stand_higher() -> None:
    drawing = ElementTree.fromstring(trend(SAME_DAY, zones=ZONES, **WORDS))

    first, last = [float(circle.attrib["cy"]) for circle in drawing.iter("circle")]
    assert first < last


def test_a_sparkline_of_nothing_is_nothing() -> None:
    assert sparkline([], title="") == ""


def test_a_share_beyond_the_rim_stays_inside() -> None:
    drawing = ElementTree.fromstring(radar(AXES, **WORDS))

    assert all(0 <= float(circle.attrib["cx"]) <= 360 for circle in drawing.iter("circle"))
