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


Journey = "Sequence[Request]"


def measure(server: Server, journeys: Sequence[Sequence[Request]]) -> Sample:
    """Send the journeys from a few clients; a journey counts as one request. Raises on an unexpected status."""
    before, started = server.cpu_seconds(), time.perf_counter()
    times = drive(server.port, journeys)
    elapsed, used = time.perf_counter() - started, server.cpu_seconds() - before
    p99 = statistics.quantiles(times, n=100)[98] * 1000
    return Sample(used * 1000 / len(journeys), len(journeys) / elapsed, p99)


def drive(port: int, journeys: Sequence[Sequence[Request]]) -> list[float]:
    """Send all journeys from ``CLIENTS`` keep-alive connections; returns the seconds each took."""
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


def _client(port: int, journeys: Sequence[Sequence[Request]], times: list[float], errors: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for journey in journeys:
        started = time.perf_counter()
        for step in journey:
            connection.request(step.method, step.path, step.body or None, step.headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != step.status:
                errors.append(f"{step.method} {step.path}: {answer.status} {body[:300]!r}")
        times.append(time.perf_counter() - started)
    connection.close()


def interleave(product: Callable[[], Sample], floor: Callable[[], Sample], rounds: int) -> list[tuple[Sample, Sample]]:
    """Measure both sides in turn, so that whatever else the machine does hits both alike."""
    return [(product(), floor()) for _ in range(rounds)]


def report(name: str, pairs: Sequence[tuple[Sample, Sample]], target: float) -> str:
    """One line: the median ratio of CPU time with its spread, the target, and the figures behind it."""
    ratios = sorted(product.cpu_ms / floor.cpu_ms for product, floor in pairs)
    median = statistics.median(ratios)
    products, floors = zip(*pairs, strict=True)
    verdict = "met" if median <= target else "MISSED"
    return (
        f"{name:<10} {median:5.2f}× [{ratios[0]:.2f}–{ratios[-1]:.2f}] target ≤ {target}× {verdict:<7}"
        f" | product {_middle(products)} | floor {_middle(floors)}"
    )


def _middle(samples: Sequence[Sample]) -> str:
    cpu = statistics.median(sample.cpu_ms for sample in samples)
    rate = statistics.median(sample.per_second for sample in samples)
    p99 = statistics.median(sample.p99_ms for sample in samples)
    return f"{cpu:.2f} ms CPU, {rate:.0f}/s, p99 {p99:.0f} ms"
