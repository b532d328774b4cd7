"""The history of the district, told in the order in which it happened, each thing at its own moment."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from app import audit
from app.core import clock
from app.core.database import session, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from uuid import UUID

    from app.core.database import Base

MANY = 400  # simple facts that are stored together


@dataclass(frozen=True)
class Fact:
    """Rows and the entry of the log that goes with them; many facts are stored in one transaction."""

    actor: UUID
    action: str
    target: UUID
    rows: tuple[tuple[type[Base], dict[str, Any]], ...] = ()
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """A scan of the jobs, which makes its own transactions."""

    run: Callable[[], object]


class Timeline:
    """What will have happened: facts, and acts that call the program's own services at their moment."""

    def __init__(self) -> None:
        self._queue: list[tuple[datetime, int, Fact | Job | Callable[[], None]]] = []
        self._count = 0

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, moment: datetime, event: Fact | Job | Callable[[], None]) -> None:
        """Let something happen at a moment that is not in the future; an act may add later ones while it runs."""
        if moment <= clock.now():
            self._count += 1
            heapq.heappush(self._queue, (moment, self._count, event))

    def run(self) -> Iterator[int]:
        """Let everything happen, in order; yields how many things just happened."""
        facts: list[tuple[datetime, Fact]] = []
        while self._queue:
            moment, _, event = heapq.heappop(self._queue)
            if isinstance(event, Fact):
                facts.append((moment, event))
            if facts and (not isinstance(event, Fact) or len(facts) >= MANY):
                yield _store(facts)
                facts = []
            if isinstance(event, Job):
                with clock.at(moment):
                    event.run()
                yield 1
            elif not isinstance(event, Fact):
                with clock.at(moment), transaction():
                    event()
                yield 1
        if facts:
            yield _store(facts)


def _store(facts: list[tuple[datetime, Fact]]) -> int:
    with transaction():
        tables: dict[type[Base], list[dict[str, Any]]] = {}
        for moment, fact in facts:
            for model, row in fact.rows:
                tables.setdefault(model, []).append(row)
            with clock.at(moment), audit.acting_as(fact.actor):
                audit.record(fact.action, fact.target, **fact.detail)
        for model, rows in tables.items():
            session().execute(insert(model), rows)
    return len(facts)
