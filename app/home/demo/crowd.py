"""The many who answer now and then and need nobody: planned as numbers, invented and sealed a block at a time.

A planned sitting is one number: minute, worker, strain and battery side by side, so a million of them take 8 MB and
sort by time. Inventing and sealing need no database but the keys: where there is much of it, every core takes part.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from array import array
from collections import deque
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from flask import current_app

from app.core.database import transaction
from app.home.demo.sittings import Answering, invent
from app.screening.services import SealedWhole, seal_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from app.config import Settings

BLOCK = 250
AHEAD = 3  # blocks that each core may be ahead of what is stored
WORTH_IT = 5_000  # planned sittings from which on more processes are quicker than one
BATTERIES = ("quick", "wellbeing")
STRAINS = 1_000


class Planned(NamedTuple):
    """A sitting of the crowd: the worker by her number, the strain in thousandths."""

    at: datetime
    worker: int
    strain: int
    battery: int

    def packed(self) -> int:
        """The same as one number; the earliest is the smallest."""
        minute = int(self.at.timestamp()) // 60
        return ((minute << 20 | self.worker) << 10 | min(self.strain, STRAINS)) << 1 | self.battery


def unpacked(number: int) -> Planned:
    """What ``packed`` made."""
    rest, battery = number >> 1, number & 1
    worker = rest >> 10 & 0xFFFFF
    return Planned(datetime.fromtimestamp((rest >> 30) * 60, UTC), worker, rest & 0x3FF, battery)


class Crowd:
    """The planned sittings of the crowd."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._planned = array("Q")

    def __len__(self) -> int:
        return len(self._planned)

    def add(self, planned: Planned) -> None:
        """Let a worker answer at a moment."""
        self._planned.append(planned.packed())

    def tell(self, subjects: Sequence[UUID | None]) -> Iterator[SealedWhole]:
        """All sittings in the order of time, invented and sealed; ``subjects`` are those of the workers' numbers."""
        self._planned = array("Q", sorted(self._planned))
        numbers = iter(self._planned)
        blocks = iter(lambda: [*islice(numbers, BLOCK)], [])
        tasks = ([(number, subjects[unpacked(number).worker]) for number in block] for block in blocks)
        with _cores(len(self)) as cores:
            for sealed in _in_order(cores, self.seed, tasks):
                yield from sealed


Block = list[tuple[int, "UUID | None"]]


def _in_order(cores: Executor | None, seed: int, tasks: Iterator[Block]) -> Iterator[list[SealedWhole]]:
    if cores is None:
        yield from (seal_block(seed, block) for block in tasks)
        return
    waiting: deque[Future[list[SealedWhole]]] = deque()
    for block in tasks:
        waiting.append(cores.submit(seal_block, seed, block))
        if len(waiting) > AHEAD * _number_of_cores():
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def seal_block(seed: int, block: Block) -> list[SealedWhole]:
    """Invent and seal these sittings, in a short transaction that only reads keys."""
    rng = Random()  # noqa: S311 - a story, not a secret
    wholes = []
    for number, subject in block:
        assert subject is not None
        planned = unpacked(number)
        rng.seed(seed << 64 | number)
        how = Answering(planned.strain / STRAINS, settled=True)
        wholes.append(invent(rng, subject, BATTERIES[planned.battery], planned.at, how))
    with transaction(writes=False):
        return seal_whole(wholes)


@contextmanager
def _cores(sittings: int) -> Iterator[Executor | None]:
    """As many processes as there are cores, where they are worth their start."""
    if sittings < WORTH_IT:
        yield None
        return
    fresh = multiprocessing.get_context("spawn")
    settings = (current_app.config["XINGFU"],)
    cores = ProcessPoolExecutor(_number_of_cores(), mp_context=fresh, initializer=_begin, initargs=settings)
    try:
        yield cores
    finally:
        cores.shutdown(cancel_futures=True)


def _number_of_cores() -> int:
    return len(os.sched_getaffinity(0))


def _begin(settings: Settings) -> None:
    """Give a process of its own the application, for as long as it lives."""
    watch_parent()
    import_module("app").create_app(settings).app_context().push()


def watch_parent() -> int:
    """End this process when the one that started it is gone, even killed: nobody would ask it again. Returns its id."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return os.getpid()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
