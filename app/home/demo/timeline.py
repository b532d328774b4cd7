"""The history of the district, told in the order in which it happened, each thing at its own moment."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.core import clock
from app.core.database import transaction
from app.screening.services import SealedWhole, Whole, seal_whole, store_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    Told = Whole | SealedWhole | Callable[[], None]

TOGETHER = 500  # things that are stored in one transaction


@dataclass(frozen=True)
class Apart:
    """Work that makes its own transactions, or whose rows belong to the other half than results and cases."""

    run: Callable[[], object]
    in_transaction: bool = False


class Timeline:
    """What will have happened: sittings, and acts that call the program's own services at their moment."""

    def __init__(self) -> None:
        self._queue: list[tuple[datetime, int, Whole | Apart | Callable[[], None]]] = []
        self._count = 0

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def sittings(self) -> int:
        """How many sittings are in it."""
        return sum(isinstance(event, Whole) for _, _, event in self._queue)

    def add(self, moment: datetime, event: Whole | Apart | Callable[[], None]) -> None:
        """Let something happen at a moment that is not in the future."""
        if moment <= clock.now():
            self._count += 1
            heapq.heappush(self._queue, (moment, self._count, event))

    def run(self, crowd: Iterator[SealedWhole]) -> Iterator[int]:
        """Let everything happen, and among it what the crowd answered, in order; yields how many things just happened.

        What happens one after the other is stored in one transaction, in parts of ``TOGETHER``.
        """
        group: list[tuple[datetime, Told]] = []
        for moment, event in self._merged(crowd):
            if not isinstance(event, Apart):
                group.append((moment, event))
            if group and (isinstance(event, Apart) or len(group) >= TOGETHER):
                yield _tell(group)
                group = []
            if isinstance(event, Apart):
                yield _tell_apart(moment, event)
        yield _tell(group)

    def _merged(self, crowd: Iterator[SealedWhole]) -> Iterator[tuple[datetime, Told | Apart]]:
        ahead = next(crowd, None)
        while self._queue or ahead:
            if ahead and not (self._queue and self._queue[0][0] < ahead.at):
                yield ahead.at, ahead
                ahead = next(crowd, None)
            else:
                moment, _, event = heapq.heappop(self._queue)
                yield moment, event


def _tell(group: Sequence[tuple[datetime, Told]]) -> int:
    """Let these things happen in one transaction; sittings are stored together as far as no act comes between them."""
    sittings: list[Whole | SealedWhole] = []
    with transaction():
        for moment, event in group:
            if isinstance(event, Whole | SealedWhole):
                sittings.append(event)
                continue
            _store(sittings)
            sittings = []
            with clock.at(moment):
                event()
        _store(sittings)
    return len(group)


def _store(sittings: list[Whole | SealedWhole]) -> None:
    invented = seal_whole([each for each in sittings if isinstance(each, Whole)])
    store_whole([*invented, *(each for each in sittings if isinstance(each, SealedWhole))])


def _tell_apart(moment: datetime, event: Apart) -> int:
    with clock.at(moment):
        if event.in_transaction:
            with transaction():
                event.run()
        else:
            event.run()
    return 1
