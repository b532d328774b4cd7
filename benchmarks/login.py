"""People signing in beside questionnaires: 50 without a pause (``login``), and 2,000 within a minute (``storm``)."""

from __future__ import annotations

import http.client
import itertools
import statistics
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from app.accounts.current import DEVICE_COOKIE, SESSION_COOKIE
from app.accounts.services import devices, passwords
from app.core.database import session, transaction
from app.subjects import services as subjects
from benchmarks.pages import TOKEN
from benchmarks.product import new_worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.findings import Stage
    from benchmarks.product import Product
    from benchmarks.rounds import Journey, Request

PASSWORD = "bench-xingfu-2026"
CLIENTS, EACH_SECOND, SECONDS = 50, 20, 15
CROWD, ARRIVALS = 2_000, 60
SENDERS = 40
WAITING = 202
FORM = "application/x-www-form-urlencoded"
HTML = {"Accept": "text/html", "Accept-Encoding": "gzip, deflate, br"}


@dataclass
class Times:
    """Seconds that things took, from the moment they were due; and what answered unexpectedly."""

    found: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def ms(self, percent: int) -> float:
        """A percentile in milliseconds."""
        return statistics.quantiles(self.found, n=100)[percent - 1] * 1000 if len(self.found) > 1 else float("nan")

    def __str__(self) -> str:
        """As the terminal prints it."""
        wrong = f", {len(self.errors)} WRONG: {self.errors[0]}" if self.errors else ""
        return f"p50 {self.ms(50):.0f}, p95 {self.ms(95):.0f}, p99 {self.ms(99):.0f} ms of {len(self.found)}{wrong}"


@dataclass(frozen=True)
class Person:
    """Somebody who has an account, and the browser that is known to it."""

    phone: str
    device: str


class SigningIn:
    """Clients that sign in as a browser does: page, form, and the page that says one moment, as often as it comes."""

    def __init__(self, port: int, people: list[Person]) -> None:
        self.first, self.inside = Times(), Times()
        self.waited = 0
        self._port = port
        self._people = itertools.cycle(people)
        self._lock = threading.Lock()

    def come_in(self, connection: http.client.HTTPConnection) -> None:
        """One person signs in."""
        with self._lock:
            person = next(self._people)
        cookies = {DEVICE_COOKIE: person.device}
        page = _ask(connection, "GET", "/sign-in", cookies)
        found = TOKEN.search(page.text)
        if not found:
            self.first.errors.append(f"{page.status} without a form")
            return
        body = urlencode({"csrf_token": found[1], "phone": person.phone, "password": PASSWORD})
        started = time.perf_counter()
        answer = _ask(connection, "POST", "/sign-in", cookies, body)
        self.first.found.append(time.perf_counter() - started)
        while answer.status == WAITING:
            self.waited += 1
            connection.close()  # no server keeps it open for so long, and the next one may reach another process
            time.sleep(answer.refresh)
            answer = _ask(connection, "GET", "/sign-in", cookies)
        self.inside.found.append(time.perf_counter() - started)
        if answer.status != 303 or SESSION_COOKIE not in cookies:
            self.inside.errors.append(f"{answer.status} {answer.text[-300:]!r}")

    def without_pause(self, until: float) -> None:
        """One client that signs in over and over."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        while time.perf_counter() < until:
            self._try(connection)
        connection.close()

    def once(self, at: float) -> None:
        """One person who comes at her moment."""
        time.sleep(max(0.0, at - time.perf_counter()))
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        self._try(connection)
        connection.close()

    def _try(self, connection: http.client.HTTPConnection) -> None:
        try:
            self.come_in(connection)
        except (OSError, http.client.HTTPException) as error:
            self.inside.errors.append(repr(error))
            connection.close()


@dataclass(frozen=True)
class Beside:
    """What the report says about one way of coming in."""

    name: str
    database: str
    alone: Times
    beside: Times
    signing_in: list[SigningIn]
    seconds: float

    def __str__(self) -> str:
        """As the terminal prints it."""
        inside = [taken for side in self.signing_in for taken in side.inside.found]
        first = Times([taken for side in self.signing_in for taken in side.first.found])
        errors = [error for side in self.signing_in for error in (*side.first.errors, *side.inside.errors)]
        ratio = self.beside.ms(99) / self.alone.ms(99)
        return (
            f"{self.name:<8} {self.database:<10} {ratio:.1f}× | alone {self.alone} | beside {self.beside} | "
            f"{len(inside) / self.seconds:.0f} sign-ins/s, first answer {first}, inside {Times(inside, errors)}, "
            f"{sum(side.waited for side in self.signing_in)} asked to wait"
        )


def login(stage: Stage, hand_in: Callable[[int], list[Journey]]) -> Beside:
    """50 clients sign in without a pause beside 20 submissions a second, and those submissions alone, in turn."""
    people = _people(stage.product, 400)
    alone, beside, sides = Times(), Times(), []
    for _round in range(stage.rounds):
        journeys = hand_in(2 * EACH_SECOND * SECONDS)
        steadily(stage.server.port, journeys[::2], alone)
        side = SigningIn(stage.server.port, people)
        until = time.perf_counter() + SECONDS
        clients = [threading.Thread(target=side.without_pause, args=(until,)) for _ in range(CLIENTS)]
        _beside(clients, partial(steadily, stage.server.port, journeys[1::2], beside))
        sides.append(side)
    return Beside("login", stage.database, alone, beside, sides, SECONDS * stage.rounds)


def storm(stage: Stage, page: Request) -> Beside:
    """2,000 people sign in within a minute, while others look at their pages 20 times a second."""
    alone, beside = Times(), Times()
    steadily(stage.server.port, [(page,)] * (EACH_SECOND * SECONDS), alone)
    side = SigningIn(stage.server.port, _people(stage.product, CROWD))
    begun = time.perf_counter()
    moments = (begun + number * ARRIVALS / CROWD for number in range(CROWD))
    clients = [threading.Thread(target=side.once, args=(moment,)) for moment in moments]
    _beside(clients, partial(steadily, stage.server.port, [(page,)] * (EACH_SECOND * ARRIVALS), beside))
    return Beside("storm", stage.database, alone, beside, [side], time.perf_counter() - begun)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str
    refresh: float


def _ask(
    connection: http.client.HTTPConnection, method: str, path: str, cookies: dict[str, str], body: str = ""
) -> Answer:
    headers = {"Accept": "text/html", "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    connection.request(method, path, body or None, headers | ({"Content-Type": FORM} if body else {}))
    answer = connection.getresponse()
    text = answer.read().decode()
    for kept in answer.headers.get_all("Set-Cookie", []):
        name, _, value = kept.split(";")[0].partition("=")
        cookies[name] = value
    return Answer(answer.status, text, float((answer.headers.get("Refresh") or "1").split(";")[0]))


def _beside(clients: list[threading.Thread], work: Callable[[], None]) -> None:
    for client in clients:
        client.start()
    work()
    for client in clients:
        client.join()


def steadily(port: int, journeys: Sequence[Journey], times: Times, each_second: int = EACH_SECOND) -> None:
    """Send the journeys, so many a second whatever happens, each timed from the moment it was due."""
    begun = time.perf_counter() + 0.2
    plan = [(begun + number / each_second, journey) for number, journey in enumerate(journeys)]
    senders = [threading.Thread(target=_send, args=(port, plan[n::SENDERS], times)) for n in range(SENDERS)]
    _beside(senders, lambda: None)


def _send(port: int, plan: list[tuple[float, Journey]], times: Times) -> None:
    for due, journey in plan:
        time.sleep(max(0.0, due - time.perf_counter()))
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for step in journey:
            try:
                connection.request(step.method, step.path, step.body or None, step.headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as error:
                times.errors.append(repr(error))
                break
            if answer.status != step.status:
                times.errors.append(f"{step.method} {step.path}: {answer.status}")
        times.found.append(time.perf_counter() - due)
        connection.close()


def _people(product: Product, count: int) -> list[Person]:
    """People with the same password, each with a known browser."""
    made: list[Person] = []
    with product.app.app_context():
        credential = passwords.hash_password(PASSWORD)
        subjects.refill(count)
        while len(made) < count:
            with transaction():
                for _ in range(100):
                    worker = new_worker()
                    worker.credential = credential
                    session().flush()
                    made.append(Person(worker.phone or "", devices.remember(worker)))
    return made
