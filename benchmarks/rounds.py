"""Interleaved rounds: product, floor, product, floor …, and the median of the per-round ratios."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.servers import Server

CLIENTS = 4


@dataclass(frozen=True)
class Sample:
    """One side of one round: CPU milliseconds a request, requests a second, and the 99th percentile in ms."""

    cpu_ms: float
    per_second: float
    p99_ms: float


@dataclass(frozen=True)
class Request:
    """One request of a journey, and the status it must bring."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""
    status: int = 200


Journey = tuple[Request, ...]
"""What one person does; measured as one request."""


@dataclass(frozen=True)
class Ratio:
    """The median of the per-round ratios of CPU time, and the least and greatest of them."""

    median: float
    least: float
    greatest: float

    def __str__(self) -> str:
        """As tables print it."""
        return f"{self.median:.2f}× ({self.least:.2f}–{self.greatest:.2f})"


def ratio(pairs: Sequence[tuple[float, float]]) -> Ratio:
    """Product over floor, round by round: what slows the machine in a round slows both sides of it."""
    ratios = [product / floor for product, floor in pairs]
    return Ratio(statistics.median(ratios), min(ratios), max(ratios))


def middle(samples: Sequence[Sample]) -> Sample:
    """The median of each figure."""
    return Sample(
        statistics.median(sample.cpu_ms for sample in samples),
        statistics.median(sample.per_second for sample in samples),
        statistics.median(sample.p99_ms for sample in samples),
    )


def interleave(sides: Sequence[Callable[[int], Sample]], rounds: int) -> list[tuple[Sample, ...]]:
    """Measure the sides in turn, after one round that is thrown away; a side is told the number of the round."""
    return [tuple(side(number) for side in sides) for number in range(rounds + 1)][1:]


def measure(server: Server, journeys: Sequence[Journey]) -> Sample:
    """Send the journeys from a few clients. Raises ``RuntimeError`` on an answer with an unexpected status."""
    before, started = server.cpu_seconds(), time.perf_counter()
    times = drive(server.port, journeys)
    elapsed, used = time.perf_counter() - started, server.cpu_seconds() - before
    p99 = statistics.quantiles(times, n=100)[98] * 1000
    return Sample(used * 1000 / len(journeys), len(journeys) / elapsed, p99)


def drive(port: int, journeys: Sequence[Journey]) -> list[float]:
    """Send all journeys from ``CLIENTS`` connections that are kept open; returns the seconds each took."""
    times: list[float] = []
    errors: list[str] = []
    shares = [journeys[number::CLIENTS] for number in range(CLIENTS)]
    threads = [threading.Thread(target=_client, args=(port, share, times, errors)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise RuntimeError(f"{len(errors)} unexpected answers, first: {errors[0]}")
    return times


def _client(port: int, journeys: Sequence[Journey], times: list[float], errors: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for journey in journeys:
        started = time.perf_counter()
        for step in journey:
            try:
                connection.request(step.method, step.path, step.body or None, step.headers)
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException) as error:
                errors.append(f"{step.method} {step.path}: {error!r}")
                return
            if answer.status != step.status:
                errors.append(f"{step.method} {step.path}: {answer.status} {body[-600:]!r}")
        times.append(time.perf_counter() - started)
    connection.close()
