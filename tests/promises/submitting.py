"""Submissions while something strikes: eight clients who send the very same again until there is an answer."""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import select

from app.accounts.current import SESSION_COOKIE
from app.accounts.services import sessions
from app.core.database import session, transaction
from app.core.permissions import Role
from app.safety.models import Alert
from app.screening.branching import begun_an_hour
from app.screening.models import Result, Sitting
from tests.cast import Cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from app.accounts.models import Account
    from tests.installation import Installation
    from tests.promises.server import Caller, Server

CLIENTS = 8
TOKEN = re.compile(rb'name="csrf-token" content="([^"]+)"')


@dataclass
class Told:
    """What the clients were told: the sitting of each acknowledged submission, and those with a safety answer."""

    submitted: list[tuple[UUID, str]] = field(default_factory=list)
    in_danger: list[UUID] = field(default_factory=list)
    tries: int = 0


class Striker(Thread):
    """Strikes again and again, after so many seconds, until told to stop."""

    def __init__(self, strike: Callable[[], object], pauses: tuple[float, float]) -> None:
        super().__init__(daemon=True)
        self.strike, self.pauses, self.strikes = strike, pauses, 0
        self.over, self.dice = Event(), random.Random(20261122)

    def run(self) -> None:
        """Wait, strike, and again."""
        while not self.over.wait(self.dice.uniform(*self.pauses)):
            self.strike()
            self.strikes += 1


def _signed_in(installation: Installation, account: Account) -> dict[str, str]:
    with installation.app.app_context(), transaction():
        return {SESSION_COOKIE: sessions.open_session(session().merge(account, load=True), second_factor=True)}


def _submit_all(server: Server, cookies: list[dict[str, str]], number: int, told: Told) -> None:
    """Begin, hand in two instruments, begin again; every other sitting holds a safety answer: a quarter of all."""
    for person, kept in enumerate(cookies):
        with server.client(kept) as caller:
            token = TOKEN.search(caller.insist("GET", "/check")[1])
            assert token
            beside = {"csrf_token": token[1].decode()}
            for turn in range(person, number // 2, len(cookies)):
                _submit_sitting(caller, beside, told, danger=turn % 2)
        told.tries += caller.tries


def _submit_sitting(caller: Caller, beside: dict[str, str], told: Told, *, danger: int) -> None:
    location = caller.insist("POST", "/questionnaires/full/start", urlencode(beside))[2]
    sitting = UUID(location.split("/")[2])
    mood = {f"q{item}": 0 for item in range(1, 9)} | {"q9": danger}
    worry = {f"q{item}": 1 for item in range(1, 8)}
    for code, answers in (("phq9", mood), ("gad7", worry)):
        body = urlencode({**answers, **beside, "key": f"{sitting.hex}-{code}"})
        status, answer, _location = caller.insist("POST", f"/sittings/{sitting}/{code}", body)
        assert (status, json.loads(answer)["saved"]) == (200, True), answer
        told.submitted.append((sitting, code))
    if danger:
        told.in_danger.append(sitting)


@contextmanager
def under_fire(
    server: Server, strike: Callable[[], object], pauses: tuple[float, float]
) -> Iterator[tuple[ThreadPoolExecutor, Striker]]:
    """Eight clients at a server while something strikes again and again."""
    striker = Striker(strike, pauses)
    with server, ThreadPoolExecutor(CLIENTS) as pool:
        striker.start()
        try:
            yield pool, striker
        finally:
            striker.over.set()
            striker.join()


def storm(
    installation: Installation,
    server: Server,
    strike: Callable[[], object],
    number: int,
    *,
    pauses: tuple[float, float],
) -> tuple[Told, int]:
    """What the clients were told of so many submissions, and how often it struck meanwhile."""
    people, told = Cast(installation.app), Told()
    cookies = [[_signed_in(installation, each) for each in _workers(people, n, number)] for n in range(CLIENTS)]
    share = number // CLIENTS
    shares = [share + share % 2 if turn % 2 else share - share % 2 for turn in range(CLIENTS)]
    with under_fire(server, strike, pauses) as (pool, striker):
        runs = [pool.submit(_submit_all, server, each, n, told) for each, n in zip(cookies, shares, strict=True)]
        wait_for(runs)
    return told, striker.strikes


def _workers(people: Cast, client: int, number: int) -> list[Account]:
    """As many as it takes that none begins more sittings within the hour than she may."""
    workers = number // CLIENTS // 2 // (begun_an_hour() - 1) + 1
    return [people.make(Role.WORKER, f"职工{client}-{each}", unit=people.township) for each in range(workers)]


def wait_for(runs: list[Future[None]]) -> None:
    """Until all are done; the first failure is raised."""
    for run in runs:
        run.result()


def check(installation: Installation, told: Told, number: int) -> None:
    """Assert that all that was acknowledged is stored once, with its alert."""
    with installation.app.app_context(), transaction(writes=False):
        results = Counter(session().scalars(select(Result.sitting_id)))
        sittings = session().scalars(select(Sitting)).all()
        receipts = sum(len(sitting.draft["receipts"]) for sitting in sittings)
        is_any_open = any(sitting.open for sitting in sittings)
        reports = [report for alert in session().scalars(select(Alert)) for report in alert.state.reports]
        alerts = Counter(UUID(report.source.split(":")[1]) for report in reports)
    acknowledged = Counter(sitting for sitting, _code in told.submitted)
    assert acknowledged == results, "lost or doubled"
    assert (len(told.submitted), receipts, is_any_open) == (number, number, False)
    assert alerts == Counter(told.in_danger), "an alert was lost or doubled"
    assert len(told.in_danger) >= number // 4 - CLIENTS


def say(line: str) -> None:
    """Leave the figures in the report of the run."""
    sys.stderr.write(f"\n{line}\n")
