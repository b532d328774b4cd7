"""Which part each fictional worker plays: who is in care, who waits, whose alert runs, who is well."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.home.demo.people import Person

PER = 300  # workers for whom the counts below are meant


class Part(enum.Enum):
    """A part in the story, and how many of 300 workers play it."""

    ALERT_CLOSED = 4
    ALERT_IN_HAND = 1
    ALERT_OPEN = 1.0
    UNSIGNED = 3
    WAITING = 9
    IN_CARE = 27
    CARE_ENDED = 12
    CROWD = 243


def cast_parts(workers: list[Person]) -> dict[Part, list[Person]]:
    """Give every worker a part, in proportion; only those who agreed to be contacted come into care."""
    agreeing = [worker for worker in workers if worker.agrees]
    parts: dict[Part, list[Person]] = {}
    for part in Part:
        count = max(1, round(part.value * len(workers) / PER))
        parts[part], agreeing = agreeing[:count], agreeing[count:]
    chosen = {worker.id for part, members in parts.items() if part is not Part.CROWD for worker in members}
    parts[Part.CROWD] = [worker for worker in workers if worker.id not in chosen]
    return parts
