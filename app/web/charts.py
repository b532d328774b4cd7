"""Pictures as inline SVG: they need no script and no style attribute, print, and go into PDFs.

Every picture has a title and a description for those who cannot see it, and names its zones in words: colour never
speaks alone. Put a table beside it with ``figure`` from ``components/charts.html``.

    trend([Point(day, 14), …], zones=[Zone(0, 4, "…", "good")], cutoffs=[Cutoff(10, "10")], title=…, description=…)
    radar([Axis(_("Sleep"), 0.7), …], title=…, description=…)      a share of 0 to 1 on each axis
    gauge(14, zones=[…], title=…, description=…)                   one value on its scale
    bars([Bar(_("Riders"), 34, "30–39"), …], title=…, description=…)
    sparkline([14, 9, 6], title=…)                                 a word-sized trend for a table
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from app.web.languages import format_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

TONES = frozenset({"good", "mild", "warn", "high", "severe", "quiet"})
WIDTH = 360
GROUND = Markup('<rect class="zone-{}" x="{}" y="{}" width="{}" height="{}"/>')
TEXT = Markup('<text class="{}" x="{}" y="{}">{}</text>')
LINE = Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>')
DOT = Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>')
PATH = Markup('<{} class="{}" points="{}"/>')


@dataclass(frozen=True)
class Point:
    """One measurement: its day and value."""

    day: date
    value: float


@dataclass(frozen=True)
class Zone:
    """A band of the scale, both ends included; ``tone`` is one of ``TONES``."""

    low: float
    high: float
    label: object
    tone: str


@dataclass(frozen=True)
class Cutoff:
    """A value worth a line across the picture."""

    value: float
    label: object


@dataclass(frozen=True)
class Axis:
    """One direction of a radar, 0 in the middle and 1 at the rim."""

    label: object
    share: float
    note: object = ""


@dataclass(frozen=True)
class Bar:
    """One bar; ``text`` is what people read at its end."""

    label: object
    value: float
    text: object = ""


def trend(
    points: Sequence[Point],
    *,
    zones: Sequence[Zone],
    title: object,
    description: object,
    cutoffs: Sequence[Cutoff] = (),
) -> Markup:
    """Values over time on coloured, named zones; the last value is written out."""
    top, bottom, left, right, height = 14.0, 172.0, 30.0, WIDTH - 6 - _room([zone.label for zone in zones]), 200
    low, high = _range(zones, [point.value for point in points])

    def level(value: float) -> float:
        return _r(bottom - (value - low) / (high - low) * (bottom - top))

    parts = [*_bands(zones, level, (left, right), (low, high)), *_lines(cutoffs, level, (left, right))]
    parts += [TEXT.format("end", left - 5, level(value) + 4, _number(value)) for value in (low, high)]
    places = list(zip(_spread(points, left + 14, right - 14), [level(point.value) for point in points], strict=True))
    parts += _polyline(places)
    parts += [DOT.format("point last" if place is places[-1] else "point", *place, 4.5) for place in places]
    if points:
        parts.append(TEXT.format("strong middle", places[-1][0], max(places[-1][1] - 9, 13), _number(points[-1].value)))
        parts.append(TEXT.format("label", left, height - 8, format_day(points[0].day)))
    if len(points) > 1:
        parts.append(TEXT.format("end", right, height - 8, format_day(points[-1].day)))
    return _picture(parts, (WIDTH, height), title, description)


def gauge(value: float | None, *, zones: Sequence[Zone], title: object, description: object) -> Markup:
    """One value on its scale, with the zones named below."""
    left, right, height = 8.0, WIDTH - 8.0, 112 if _crowded(zones) else 86
    low, high = _range(zones, [] if value is None else [value])

    def place(number: float) -> float:
        return _r(left + (number - low) / (high - low) * (right - left))

    parts: list[Markup] = []
    for index, (zone, start, end) in enumerate(_edges(zones, (low, high))):
        middle, step = _r((place(start) + place(end)) / 2), 30 if _crowded(zones) and index % 2 else 0
        middle = min(max(middle, _wide(zone.label) / 2), WIDTH - _wide(zone.label) / 2)
        parts.append(GROUND.format(zone.tone, place(start), 34, _r(place(end) - place(start) - 2), 16))
        parts.append(TEXT.format("middle", middle, 66 + step, zone.label))
        parts.append(TEXT.format("middle", middle, 81 + step, _span(zone)))
    if value is not None:
        x = place(value)
        parts.append(PATH.format("polygon", "marker", f"{x},33 {_r(x - 6)},24 {_r(x + 6)},24"))
        parts.append(TEXT.format("big middle", min(max(x, 22), WIDTH - 22), 20, _number(value)))
    return _picture(parts, (WIDTH, height), title, description)


def radar(axes: Sequence[Axis], *, title: object, description: object) -> Markup:
    """A share of 0 to 1 in each direction."""
    middle_x, middle_y, rim, height = WIDTH / 2, 132.0, 88.0, 264

    def corner(index: int, share: float) -> tuple[float, float]:
        angle = 2 * math.pi * index / len(axes) - math.pi / 2
        return _r(middle_x + math.cos(angle) * rim * share), _r(middle_y + math.sin(angle) * rim * share)

    rings = (_points(corner(index, share) for index in range(len(axes))) for share in (0.25, 0.5, 0.75, 1))
    parts = [PATH.format("polygon", "grid", ring) for ring in rings]
    parts += [LINE.format("grid", middle_x, middle_y, *corner(index, 1)) for index in range(len(axes))]
    shares = [corner(index, min(max(axis.share, 0), 1)) for index, axis in enumerate(axes)]
    parts.append(PATH.format("polygon", "area", _points(shares)))
    parts += [DOT.format("point", *place, 3.5) for place in shares]
    for index, axis in enumerate(axes):
        x, y = corner(index, 1.16)
        parts.append(TEXT.format(f"label {_anchor(x - middle_x)}", x, _r(y + 4), axis.label))
        if axis.note:
            parts.append(TEXT.format(_anchor(x - middle_x), x, _r(y + 18), axis.note))
    return _picture(parts, (WIDTH, height), title, description)


def bars(items: Sequence[Bar], *, title: object, description: object, most: float | None = None) -> Markup:
    """Bars from the left, each with its words above it; ``most`` is the full length, else the greatest value."""
    full = most or max((item.value for item in items), default=0) or 1
    parts: list[Markup] = []
    for index, item in enumerate(items):
        y = index * 42
        width = _r(min(max(item.value / full, 0), 1) * WIDTH)
        parts.append(TEXT.format("label", 0, y + 14, item.label))
        parts.append(TEXT.format("strong end", WIDTH, y + 14, item.text or _number(item.value)))
        parts.append(Markup('<rect class="bar-track" y="{}" width="{}" height="10" rx="5"/>').format(y + 20, WIDTH))
        parts.append(Markup('<rect class="bar-fill" y="{}" width="{}" height="10" rx="5"/>').format(y + 20, width))
    return _picture(parts, (WIDTH, max(len(items) * 42, 1)), title, description)


def sparkline(values: Sequence[float], *, title: object) -> Markup:
    """A trend the size of a word; nothing for no values."""
    if not values:
        return Markup("")
    low, high = min(values), max(values)
    step = 86 / max(len(values) - 1, 1)
    places = [
        (_r(5 + index * step), _r(22 - (value - low) / ((high - low) or 1) * 16)) for index, value in enumerate(values)
    ]
    parts = [*_polyline(places), DOT.format("point last", *places[-1], 3)]
    frame = Markup('<svg class="chart sparkline" viewBox="0 0 96 28" role="img" aria-label="{}">{}</svg>')
    return frame.format(title, Markup("").join(parts))


def _picture(parts: Iterable[Markup], size: tuple[int, int], title: object, description: object) -> Markup:
    frame = Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title><desc>{}</desc>{}</svg>'
    )
    words = Markup("{}: {}").format(title, description) if description else escape(str(title))
    return frame.format(*size, words, title, description, Markup("").join(parts))


def _range(zones: Sequence[Zone], values: Sequence[float]) -> tuple[float, float]:
    ends = [*values, *(zone.low for zone in zones), *(zone.high for zone in zones)] or [0, 1]
    low, high = min(ends), max(ends)
    return low, high if high > low else low + 1


def _edges(zones: Sequence[Zone], scale: tuple[float, float]) -> list[tuple[Zone, float, float]]:
    """Each zone with the ends of its drawing: neighbours meet half-way, so that no gap shows between 4 and 5."""
    ordered = sorted(zones, key=lambda zone: zone.low)
    meets = [(first.high + second.low) / 2 for first, second in pairwise(ordered)]
    return list(zip(ordered, [scale[0], *meets], [*meets, scale[1]], strict=True)) if ordered else []


def _bands(
    zones: Sequence[Zone], level: Callable[[float], float], sides: tuple[float, float], scale: tuple[float, float]
) -> list[Markup]:
    parts: list[Markup] = []
    for zone, start, end in _edges(zones, scale):
        upper, lower = level(end), level(start)
        parts.append(GROUND.format(zone.tone, sides[0], upper, sides[1] - sides[0], _r(lower - upper)))
        parts.append(TEXT.format("label", sides[1] + 6, _r((upper + lower) / 2 + 4), zone.label))
    return parts


def _lines(cutoffs: Sequence[Cutoff], level: Callable[[float], float], sides: tuple[float, float]) -> list[Markup]:
    parts: list[Markup] = []
    for cutoff in cutoffs:
        y = level(cutoff.value)
        parts.append(LINE.format("cutoff", sides[0], y, sides[1], y))
        parts.append(TEXT.format("end", sides[0] - 5, _r(y + 4), cutoff.label))
    return parts


def _spread(points: Sequence[Point], left: float, right: float) -> list[float]:
    """Where each point stands: by its day; one alone, or all on one day, in the middle."""
    days = [point.day.toordinal() for point in points]
    if not days or days[0] == days[-1]:
        step = (right - left) / (len(days) + 1)
        return [_r(left + step * (index + 1)) for index in range(len(days))]
    return [_r(left + (day - days[0]) / (days[-1] - days[0]) * (right - left)) for day in days]


def _polyline(places: Sequence[tuple[float, float]]) -> list[Markup]:
    return [PATH.format("polyline", "line", _points(places))] if len(places) > 1 else []


def _points(places: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in places)


def _wide(words: object) -> float:
    """About how much room words take: a Chinese sign is twice as wide as a letter."""
    return sum(13.2 if ord(sign) > 0x2E80 else 7.0 for sign in str(words))


def _room(labels: Sequence[object]) -> float:
    return _r(max((_wide(label) for label in labels), default=0) + 6)


def _crowded(zones: Sequence[Zone]) -> bool:
    """Whether the names of the zones need two rows."""
    low, high = _range(zones, [])
    return any(_wide(zone.label) > (zone.high - zone.low + 1) / (high - low) * WIDTH for zone in zones)


def _anchor(offset: float) -> str:
    return "middle" if abs(offset) < 8 else "end" if offset < 0 else "start"


def _span(zone: Zone) -> str:
    return f"{_number(zone.low)}–{_number(zone.high)}"


def _number(value: float) -> str:
    return f"{value:g}"


def _r(value: float) -> float:
    return round(value, 1)
