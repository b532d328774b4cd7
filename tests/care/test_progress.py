"""What two measurements say: the worked cases."""

from __future__ import annotations

import pytest

from app.care.progress import (
    Measurement,
    Pcl5Change,
    Progress,
    benefit,
    compare,
    is_case,
    pcl5_change,
    reliable_change_limit,
    summarise,
)
from app.screening.instruments import Direction


def between(first: tuple[int | None, int | None], last: tuple[int | None, int | None]) -> Progress:
    progress = compare(Measurement(*first), Measurement(*last))
    assert progress
    return progress


@pytest.mark.parametrize(
    ("phq9", "gad7", "case"),
    [
        (10, None, True), (9, None, False), (None, 8, True), (None, 7, False), (9, 7, False), (10, 0, True),
        (0, 8, True), (None, None, None),
    ],
)  # fmt: skip
def test_calls_it_a_case_from_either_cut_off(phq9: int | None, gad7: int | None, case: bool | None) -> None:
    assert is_case(Measurement(phq9, gad7)) is case


def test_sees_reliable_improvement_without_recovery() -> None:
    progress = between((14, 9), (8, 9))

    assert (progress.reliable_improvement, progress.recovery, progress.reliable_recovery) == (True, False, False)


def test_sees_recovery_that_is_not_reliable() -> None:
    progress = between((10, 8), (9, 7))

    assert (progress.recovery, progress.reliable_improvement, progress.reliable_recovery) == (True, False, False)


def test_sees_reliable_improvement_without_response() -> None:
    progress = between((16, None), (10, None))

    assert (progress.reliable_improvement, progress.response, progress.remission) == (True, False, False)


def test_sees_response_and_remission() -> None:
    progress = between((20, None), (4, None))

    assert (progress.response, progress.remission, progress.reliable_recovery) == (True, True, True)


def test_leaves_who_never_was_a_case_out_of_recovery() -> None:
    progress = between((9, 7), (4, 3))

    assert (progress.case_at_start, progress.recovery, progress.reliable_recovery) == (False, None, None)


def test_says_nothing_after_one_measurement() -> None:
    assert compare(Measurement(12, 9), None) is None
    assert compare(Measurement(phq9=12), Measurement(gad7=3)) is None


def test_sees_deterioration() -> None:
    progress = between((12, None), (18, None))

    assert (progress.reliable_deterioration, progress.reliable_improvement) == (True, False)


@pytest.mark.parametrize(
    ("first", "last", "improved", "deteriorated"),
    [
        ((14, 5), (8, 5), True, False),
        ((14, 5), (9, 5), False, False),
        ((5, 12), (5, 8), True, False),
        ((5, 12), (5, 9), False, False),
        ((5, 5), (11, 5), False, True),
        ((5, 5), (10, 5), False, False),
        ((5, 5), (5, 9), False, True),
        ((5, 5), (5, 8), False, False),
        ((14, 5), (8, 8), True, False),
        ((14, 5), (8, 9), False, True),
    ],
)
def test_counts_exactly_six_and_exactly_four(
    first: tuple[int, int], last: tuple[int, int], improved: bool, deteriorated: bool
) -> None:
    progress = between(first, last)

    assert (progress.reliable_improvement, progress.reliable_deterioration) == (improved, deteriorated)


def test_does_not_claim_recovery_where_the_other_measure_is_missing_at_the_end() -> None:
    assert between((12, 9), (5, None)).recovery is None
    assert between((12, 9), (11, None)).recovery is False


@pytest.mark.parametrize(("last", "response"), [(10, True), (11, False)])
def test_responds_from_half_of_the_first_total(last: int, response: bool) -> None:
    assert between((20, None), (last, None)).response is response


@pytest.mark.parametrize(("last", "remission"), [(4, True), (5, False)])
def test_remits_below_five(last: int, remission: bool) -> None:
    assert between((20, None), (last, None)).remission is remission


def test_counts_a_service_and_says_how_many_were_left_out() -> None:
    figures = summarise(
        [between((14, 9), (8, 9)), between((10, 8), (9, 7)), between((20, 3), (4, 3)), between((9, 7), (4, 3)),
         between((12, 9), (5, None)), between((12, None), (18, None)), None, None]
    )  # fmt: skip

    assert (figures.measured, figures.left_out, figures.cases) == (6, 2, 5)
    assert (figures.improved, figures.deteriorated) == (4, 1)
    assert (figures.recovered, figures.reliably_recovered, figures.recovery_unknown) == (2, 1, 1)


@pytest.mark.parametrize(
    ("first", "last", "change"),
    [
        (40, 36, Pcl5Change.NONE),
        (40, 35, Pcl5Change.RELIABLE_IMPROVEMENT),
        (40, 31, Pcl5Change.RELIABLE_IMPROVEMENT),
        (40, 30, Pcl5Change.MEANINGFUL_IMPROVEMENT),
        (40, 45, Pcl5Change.RELIABLE_DETERIORATION),
        (40, 50, Pcl5Change.MEANINGFUL_DETERIORATION),
    ],
)
def test_grades_the_change_of_pcl5(first: int, last: int, change: Pcl5Change) -> None:
    assert pcl5_change(first, last) is change


def test_gives_the_reliable_change_limit_of_jacobson_and_truax() -> None:
    assert reliable_change_limit(deviation=10, reliability=0.80) == pytest.approx(12.396, abs=0.001)
    assert reliable_change_limit(deviation=10, reliability=1) == 0


@pytest.mark.parametrize(("deviation", "reliability"), [(-1, 0.8), (10, 1.1), (10, -0.1)])
def test_refuses_a_reliability_that_cannot_be(deviation: float, reliability: float) -> None:
    with pytest.raises(ValueError, match="reliability"):
        reliable_change_limit(deviation=deviation, reliability=reliability)


def test_reads_a_rise_by_the_direction_of_the_instrument() -> None:
    assert benefit(40, 60, direction=Direction.HIGHER_IS_BETTER) == 20
    assert benefit(8, 12, direction=Direction.HIGHER_IS_WORSE) == -4
