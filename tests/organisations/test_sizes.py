"""The sizes of units that may be shown."""

from __future__ import annotations

from app.core.ids import ordered_id
from app.organisations.models import Unit, UnitKind
from app.organisations.sizes import shown_sizes


def unit(kind: UnitKind, parent: Unit | None = None) -> Unit:
    unit_id = ordered_id()
    path = f"{parent.path if parent else '/'}{unit_id.hex}/"
    return Unit(id=unit_id, parent_id=parent.id if parent else None, path=path, kind=kind, name="x")


def sizes(*numbers: int, direct: int = 0) -> list[int | None]:
    """What is shown of a township whose enterprises have these numbers: the township first."""
    top = unit(UnitKind.TOWNSHIP)
    children = [unit(UnitKind.ENTERPRISE, top) for _ in numbers]
    counted = {child.path: number for child, number in zip(children, numbers, strict=True)} | {top.path: direct}
    shown = shown_sizes([top, *children], counted)
    return [shown[each.id] for each in (top, *children)]


def test_a_unit_counts_all_below_it() -> None:
    assert sizes(12, 30, direct=3) == [45, 12, 30]


def test_nine_persons_of_an_enterprise_are_hidden_and_ten_are_shown() -> None:
    assert sizes(9, 8, 10) == [27, None, None, 10]


def test_one_small_unit_takes_the_next_smallest_with_it() -> None:
    assert sizes(3, 40, 25) == [68, None, 40, None]


def test_two_small_units_hide_each_other() -> None:
    assert sizes(6, 7, 25) == [38, None, None, 25]


def test_two_very_small_units_take_the_next_smallest_with_them() -> None:
    assert sizes(3, 4, 25, 30) == [62, None, None, None, 30]


def test_units_without_anybody_take_nothing_with_them() -> None:
    assert sizes(0, 25) == [25, None, 25]


def test_a_township_below_five_is_hidden() -> None:
    assert sizes(direct=4) == [None]
