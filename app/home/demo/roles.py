"""Which part each fictional worker plays: who is in care, who waits, whose alert runs, who is well."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.home.demo.people import Person

PER = 300  # workers for whom the counts below are meant


class Part(enum.StrEnum):
    """A part in the story."""

    ALERT_CLOSED = "alert_closed"
    ALERT_IN_HAND = "alert_in_hand"
    ALERT_OPEN = "alert_open"
    UNSIGNED = "unsigned"
    WAITING = "waiting"
    IN_CARE = "in_care"
    CARE_ENDED = "care_ended"
    CROWD = "crowd"


PLAYED_BY = {
    Part.ALERT_CLOSED: 4,
    Part.ALERT_IN_HAND: 1,
    Part.ALERT_OPEN: 1,
    Part.UNSIGNED: 3,
    Part.WAITING: 9,
    Part.IN_CARE: 27,
    Part.CARE_ENDED: 12,
    Part.CROWD: 243,
}
"""How many of ``PER`` workers play each part."""


STAFFED = frozenset(Part) - {Part.WAITING, Part.CROWD}
CASES_EACH = 25  # cases, running and ended, that one counsellor has: what more workers there are belongs to the crowd


def cast_parts(workers: list[Person], counsellors: int) -> dict[Part, list[Person]]:
    """Give every worker a part, in proportion; only those who agreed to be contacted come into care."""
    size = len(workers) / PER
    carried = min(size, counsellors * CASES_EACH / sum(PLAYED_BY[part] for part in STAFFED))
    agreeing = [worker for worker in workers if worker.agrees]
    parts: dict[Part, list[Person]] = {}
    for part in Part:
        count = max(1, round(PLAYED_BY[part] * (carried if part in STAFFED else size)))
        parts[part], agreeing = agreeing[:count], agreeing[count:]
    chosen = {worker.id for part, members in parts.items() if part is not Part.CROWD for worker in members}
    parts[Part.CROWD] = [worker for worker in workers if worker.id not in chosen]
    return parts
