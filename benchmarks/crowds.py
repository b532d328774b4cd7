"""Many people at once: 200 who think between what they do (``users``), and a shift that comes by a link (``shift``)."""

from __future__ import annotations

import http.client
import random
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.login import Times, steadily
from benchmarks.rounds import Ratio, ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.findings import Stage
    from benchmarks.rounds import Journey, Request

USERS, THINKING = 200, (1.0, 3.0)
EACH_SECOND, SECONDS = 17, 20
SHIFT_MS, RATIO = 500, 3.0


@dataclass(frozen=True)
class Waits:
    """How long people waited at each side: the ratio of the 99th percentiles round by round, and who got nothing."""

    name: str
    database: str
    ratio: Ratio
    product: Times
    floor: Times
    met: bool

    def __str__(self) -> str:
        """As the terminal prints it."""
        failures = len(self.product.errors)
        verdict = "met" if self.met and not failures else "MISSED"
        line = f"{self.name:<8} {self.database:<10} {self.ratio!s:<20} {verdict:<6} {failures} failures"
        return f"{line} | product {self.product} | floor {self.floor}"


def users(stage: Stage, ours: Sequence[Sequence[Sequence[Request]]], theirs: Journey) -> Waits:
    """Each does one thing after the other and thinks for one to three seconds before it; target 3×, no failure."""
    pace = (0.0, 0.1) if stage.quick else THINKING
    rounds = []
    for people in ours:
        steps = len(people[0])
        floor = [[theirs[number % len(theirs)] for number in range(steps)]] * len(people)
        rounds.append((_think(stage.server.port, people, pace), _think(stage.floor.port, floor, pace)))
    found = _waits(stage, "users", rounds[1:])
    return found if found.ratio.median <= RATIO else _missed(found)


def shift(stage: Stage, ours: Sequence[Sequence[Journey]], theirs: Journey) -> Waits:
    """Seventeen people a second, each from link to result and timed from the moment she was due; target 500 ms."""
    rounds = []
    for people in ours:
        product, floor = Times(), Times()
        steadily(stage.server.port, people, product, EACH_SECOND)
        steadily(stage.floor.port, [theirs] * len(people), floor, EACH_SECOND)
        rounds.append((product, floor))
    found = _waits(stage, "shift", rounds[1:])
    return found if found.product.ms(99) <= SHIFT_MS else _missed(found)


def _waits(stage: Stage, name: str, rounds: list[tuple[Times, Times]]) -> Waits:
    product, floor = (_together(side) for side in zip(*rounds, strict=True))
    found = ratio([(ours.ms(99), theirs.ms(99)) for ours, theirs in rounds])
    return Waits(name, stage.database, found, product, floor, met=True)


def _missed(found: Waits) -> Waits:
    return Waits(found.name, found.database, found.ratio, found.product, found.floor, met=False)


def _together(times: Sequence[Times]) -> Times:
    return Times([each for one in times for each in one.found], [each for one in times for each in one.errors])


def _think(port: int, people: Sequence[Sequence[Request]], pace: tuple[float, float]) -> Times:
    times = Times()
    threads = [threading.Thread(target=_one, args=(port, steps, pace, times)) for steps in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def _one(port: int, steps: Sequence[Request], pace: tuple[float, float], times: Times) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for step in steps:
        time.sleep(random.uniform(*pace))
        started = time.perf_counter()
        try:
            connection.request(step.method, step.path, step.body or None, step.headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            times.errors.append(repr(error))
            return
        if answer.status != step.status:
            times.errors.append(f"{step.method} {step.path}: {answer.status}")
        times.found.append(time.perf_counter() - started)
    connection.close()
