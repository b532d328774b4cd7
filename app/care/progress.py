"""Measurement-based care: what two measurements of one person say, and what those of many say of a service.

Definitions of caseness, reliable change and recovery are those of NHS Talking Therapies (PMC8411661), of response and
remission those of ps.201900295, of the reliable change index Jacobson & Truax (1991). Numbers are in ``progress.toml``.
"""

from __future__ import annotations

import enum
import math
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.screening.instruments import Direction

if TYPE_CHECKING:
    from collections.abc import Iterable

PAIR = ("phq9", "gad7")


@dataclass(frozen=True, slots=True)
class Measurement:
    """The totals of one day; None where an instrument was not given or not completed."""

    phq9: int | None = None
    gad7: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of a person between two measurements. None: it cannot be said, or it does not apply.

    ``recovery`` and ``reliable_recovery`` apply to a case at the start alone. Reliable deterioration of one measure
    rules out reliable improvement by the other.
    """

    case_at_start: bool
    reliable_improvement: bool
    reliable_deterioration: bool
    recovery: bool | None
    reliable_recovery: bool | None
    response: bool | None
    remission: bool | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of a service; ``left_out`` persons were measured once and are in no other count."""

    measured: int
    left_out: int
    improved: int
    deteriorated: int
    cases: int
    recovered: int
    reliably_recovered: int
    recovery_unknown: int


class Pcl5Change(enum.StrEnum):
    """How far PCL-5 moved."""

    MEANINGFUL_IMPROVEMENT = "meaningful_improvement"
    RELIABLE_IMPROVEMENT = "reliable_improvement"
    NONE = "none"
    RELIABLE_DETERIORATION = "reliable_deterioration"
    MEANINGFUL_DETERIORATION = "meaningful_deterioration"


@cache
def thresholds() -> dict[str, dict[str, Any]]:
    """The numbers of ``progress.toml``, read once for the process."""
    return tomllib.loads(Path(__file__).with_name("progress.toml").read_text("utf-8"))


def is_case(measurement: Measurement) -> bool | None:
    """Whether PHQ-9 or GAD-7 reaches caseness; None where nothing was measured."""
    above = [_reaches_caseness(code, getattr(measurement, code)) for code in PAIR]
    known = [each for each in above if each is not None]
    return any(known) if known else None


def compare(first: Measurement, last: Measurement | None) -> Progress | None:
    """Compare the first and the last measurement; None where no instrument was completed in both."""
    falls = {code: fall for code in PAIR if last and (fall := _fall(first, last, code)) is not None}
    if last is None or not falls:
        return None
    better = any(fall >= thresholds()[code]["reliable"] for code, fall in falls.items())
    worse = any(-fall >= thresholds()[code]["reliable"] for code, fall in falls.items())
    case = bool(is_case(first))
    recovery = _has_recovered(first, last) if case else None
    improved = better and not worse
    return Progress(
        case_at_start=case,
        reliable_improvement=improved,
        reliable_deterioration=worse,
        recovery=recovery,
        reliable_recovery=None if recovery is None else recovery and improved,
        response=_responds(first.phq9, last.phq9),
        remission=None if last.phq9 is None else last.phq9 < thresholds()["phq9"]["remission_below"],
    )


def summarise(progresses: Iterable[Progress | None]) -> Figures:
    """Count a service's outcomes; None stands for a person measured once: left out, and counted as such."""
    everyone = list(progresses)
    twice = [each for each in everyone if each]
    cases = [each for each in twice if each.case_at_start]
    return Figures(
        measured=len(twice),
        left_out=len(everyone) - len(twice),
        improved=sum(each.reliable_improvement for each in twice),
        deteriorated=sum(each.reliable_deterioration for each in twice),
        cases=len(cases),
        recovered=sum(each.recovery is True for each in cases),
        reliably_recovered=sum(each.reliable_recovery is True for each in cases),
        recovery_unknown=sum(each.recovery is None for each in cases),
    )


def pcl5_change(first: int, last: int) -> Pcl5Change:
    """Grade the change of PCL-5 between two totals."""
    limits, size = thresholds()["pcl5"], abs(first - last)
    if size < limits["reliable"]:
        return Pcl5Change.NONE
    meaningful = size >= limits["meaningful"]
    if last < first:
        return Pcl5Change.MEANINGFUL_IMPROVEMENT if meaningful else Pcl5Change.RELIABLE_IMPROVEMENT
    return Pcl5Change.MEANINGFUL_DETERIORATION if meaningful else Pcl5Change.RELIABLE_DETERIORATION


def reliable_change_limit(*, deviation: float, reliability: float) -> float:
    """The size a change must exceed to be more than error: 1.96 · SD at the start · √2 · √(1 − r).

    Raises ValueError for a deviation below 0 or a reliability outside 0–1.
    """
    if deviation < 0 or not 0 <= reliability <= 1:
        raise ValueError("a deviation is not negative and a reliability lies between 0 and 1")
    z: float = thresholds()["reliable_change"]["z"]
    return z * deviation * math.sqrt(2) * math.sqrt(1 - reliability)


def benefit(first: int, last: int, *, direction: Direction) -> int:
    """How far a total moved to the better; negative when it moved to the worse."""
    return last - first if direction is Direction.HIGHER_IS_BETTER else first - last


def _reaches_caseness(code: str, total: int | None) -> bool | None:
    return None if total is None else total >= thresholds()[code]["caseness"]


def _fall(first: Measurement, last: Measurement, code: str) -> int | None:
    before, after = getattr(first, code), getattr(last, code)
    return None if before is None or after is None else before - after


def _has_recovered(first: Measurement, last: Measurement) -> bool | None:
    if is_case(last):
        return False
    lost = any(getattr(first, code) is not None and getattr(last, code) is None for code in PAIR)
    return None if lost else True


def _responds(first: int | None, last: int | None) -> bool | None:
    if not first or last is None:
        return None
    return (first - last) * 100 >= first * int(thresholds()["phq9"]["response_share"])
