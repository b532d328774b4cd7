"""R1: what was acknowledged is stored, once. R2: no alert is lost. Under ``kill -9``, with the same request sent again.

1,000 submissions by eight clients, a quarter of them with a safety answer; the serving process is killed every 0.15 to
1.4 seconds; whoever gets no answer sends the very same again.
"""

from __future__ import annotations

import json
import random
import re
import sqlite3
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

import pytest
from sqlalchemy import select

from app.accounts.current import SESSION_COOKIE
from app.accounts.services import sessions
from app.core.database import session, transaction
from app.core.permissions import Role
from app.safety.models import Alert
from app.screening.branching import begun_an_hour
from app.screening.models import Receipt, Response, Result, Sitting
from tests.cast import Cast
from tests.promises.server import Caller, Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from app.accounts.models import Account
    from tests.installation import Installation

pytestmark = [pytest.mark.promise]
SUBMISSIONS, CONTROL, CLIENTS = 1_000, 4_000, 8
PAUSES, CONTROL_PAUSES = (0.15, 1.4), (0.1, 0.4)
TOKEN = re.compile(rb'name="csrf-token" content="([^"]+)"')


@dataclass
class Told:
    """What the clients were told: the sitting of each acknowledged submission, and those with a safety answer."""

    submitted: list[tuple[UUID, str]] = field(default_factory=list)
    in_danger: list[UUID] = field(default_factory=list)
    tries: int = 0


class Killer(Thread):
    """Kills the serving process again and again until told to stop."""

    def __init__(self, server: Server, pauses: tuple[float, float]) -> None:
        super().__init__(daemon=True)
        self.server, self.pauses = server, pauses
        self.over, self.dice = Event(), random.Random(20261122)

    def run(self) -> None:
        """Wait, kill, and again."""
        while not self.over.wait(self.dice.uniform(*self.pauses)):
            self.server.kill()


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
def _under_fire(server: Server, pauses: tuple[float, float] = PAUSES) -> Iterator[ThreadPoolExecutor]:
    """Eight clients at a server whose process is killed again and again."""
    killer = Killer(server, pauses)
    with server, ThreadPoolExecutor(CLIENTS) as pool:
        killer.start()
        yield pool
        killer.over.set()
        killer.join()


def _storm(installation: Installation) -> tuple[Told, int]:
    people, told, server = Cast(installation.app), Told(), Server(installation.settings)
    cookies = [[_signed_in(installation, each) for each in _workers(people, client)] for client in range(CLIENTS)]
    share = SUBMISSIONS // CLIENTS
    shares = [share + 1 if number % 2 else share - 1 for number in range(CLIENTS)]
    with _under_fire(server) as pool:
        runs = [pool.submit(_submit_all, server, each, n, told) for each, n in zip(cookies, shares, strict=True)]
        wait_for(runs)
    return told, server.kills


def _workers(people: Cast, client: int) -> list[Account]:
    """As many as it takes that none begins more sittings within the hour than she may."""
    number = SUBMISSIONS // CLIENTS // 2 // (begun_an_hour() - 1) + 1
    return [people.make(Role.WORKER, f"职工{client}-{each}", unit=people.township) for each in range(number)]


def wait_for(runs: list[Future[None]]) -> None:
    """Until all are done; the first failure is raised."""
    for run in runs:
        run.result()


def test_loses_and_doubles_no_submission_and_no_alert(installation: Installation) -> None:
    began = time.monotonic()
    told, kills = _storm(installation)
    with installation.app.app_context(), transaction(writes=False):
        stored = Counter(session().scalars(select(Response.sitting_id)))
        results = Counter(session().scalars(select(Result.sitting_id)))
        receipts = len(session().scalars(select(Receipt.id)).all())
        sittings = session().scalars(select(Sitting.open)).all()
        reports = [report for alert in session().scalars(select(Alert)) for report in alert.state.reports]
        alerts = Counter(UUID(report.source.split(":")[1]) for report in reports)
    acknowledged = Counter(sitting for sitting, _code in told.submitted)
    assert kills >= 5, f"only {kills} kills in {time.monotonic() - began:.0f} s"
    assert stored == acknowledged == results, "lost or doubled"
    assert (len(told.submitted), receipts, any(sittings)) == (SUBMISSIONS, SUBMISSIONS, False)
    assert alerts == Counter(told.in_danger), "an alert was lost or doubled"
    assert len(told.in_danger) >= SUBMISSIONS // 4 - CLIENTS
    _say(f"{SUBMISSIONS} submissions, {kills} kills, {told.tries} requests, {time.monotonic() - began:.0f} s")


def _send_plainly(caller: Caller, numbers: range) -> None:
    with caller:
        for number in numbers:
            caller.insist("POST", "/submit", urlencode({"submission": number}))


def test_doubles_submissions_where_no_key_tells_them_apart(sqlite_installation: Installation) -> None:
    server = Server(sqlite_installation.settings, application="tests.promises.naive:application")
    with _under_fire(server, CONTROL_PAUSES) as pool:
        firsts = range(0, CONTROL, CONTROL // CLIENTS)
        wait_for([pool.submit(_send_plainly, server.client(), range(n, n + CONTROL // CLIENTS)) for n in firsts])
    with closing(sqlite3.connect(sqlite_installation.folder / "naive.db")) as connection:
        rows = connection.execute("SELECT submission FROM response").fetchall()
    _say(f"control: {len(rows) - CONTROL} of {CONTROL} doubled, {server.kills} kills")
    assert len(rows) > CONTROL, "the control shows no danger, so the test above shows no safety"


def _say(line: str) -> None:
    """Leave the figures in the report of the run."""
    sys.stderr.write(f"\n{line}\n")
