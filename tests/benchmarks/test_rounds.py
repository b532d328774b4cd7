"""Measurements: a ratio is worked out within each round, so that a slow machine slows both of its sides."""

from __future__ import annotations

import pytest

from benchmarks.rounds import Sample, interleave, middle, ratio


def test_it_takes_the_median_of_the_ratios_of_each_round() -> None:
    found = ratio([(3.0, 2.0), (30.0, 10.0), (1.6, 1.0)])

    assert [found.median, found.least, found.greatest] == pytest.approx([1.6, 1.5, 3.0])


def test_it_prints_the_ratio_with_its_spread() -> None:
    assert str(ratio([(3.0, 2.0), (2.0, 1.0), (1.0, 1.0)])) == "1.50× (1.00–2.00)"


def test_it_throws_the_first_round_away_and_takes_the_sides_in_turn() -> None:
    asked: list[str] = []

    def side(name: str, number: int) -> Sample:
        asked.append(f"{name}{number}")
        return Sample(float(number), 1.0, 1.0)

    rounds = interleave([lambda number: side("a", number), lambda number: side("b", number)], 2)

    assert asked == ["a0", "b0", "a1", "b1", "a2", "b2"]
    assert [(ours.cpu_ms, theirs.cpu_ms) for ours, theirs in rounds] == [(1.0, 1.0), (2.0, 2.0)]


def test_it_takes_the_middle_of_each_figure_by_itself() -> None:
    assert middle([Sample(1, 30, 5), Sample(2, 10, 9), Sample(3, 20, 7)]) == Sample(2, 20, 7)
