"""The one clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.core import clock, ids


def test_it_tells_aware_instants() -> None:
    assert clock.now().tzinfo is UTC


def test_it_can_be_moved_for_a_block() -> None:
    moment = datetime(2026, 11, 2, 17, tzinfo=UTC)

    with clock.at(moment):
        assert clock.now() == moment
        assert clock.today().isoformat() == "2026-11-03"


def test_it_refuses_a_naive_instant() -> None:
    with pytest.raises(ValueError, match="aware"), clock.at(datetime(2026, 11, 2)):  # noqa: DTZ001
        pass


def test_the_week_turns_on_monday_in_shanghai() -> None:
    assert clock.iso_week(datetime(2026, 11, 1, 15, 59, tzinfo=UTC)) == "2026-W44"
    assert clock.iso_week(datetime(2026, 11, 1, 16, 0, tzinfo=UTC)) == "2026-W45"


def test_ordered_ids_sort_by_time() -> None:
    with clock.at(datetime(2026, 1, 1, tzinfo=UTC)):
        earlier = ids.ordered_id()

    assert earlier < ids.ordered_id()
    assert earlier.version == 7
