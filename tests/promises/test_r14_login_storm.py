"""R14: everybody signs in at once, and who must wait is let in by herself, through any process, also under ``kill -9``.

The figures of R14 (2,000 in a minute, other pages) are measured by ``make bench NAME=storm``; here nobody is lost.
"""

from __future__ import annotations

import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier, Event, Thread
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from app.accounts.current import DEVICE_COOKIE, SESSION_COOKIE
from app.accounts.services import devices
from app.core.database import session, transaction
from app.core.permissions import Role
from tests.accounts.phone import phone_of
from tests.cast import PASSWORD, Cast
from tests.promises.server import Server

if TYPE_CHECKING:
    from tests.installation import Installation

pytestmark = [pytest.mark.promise]
PEOPLE, PROCESSES = 60, 2
PAUSE = 2.0
ACCEPTED, SEE_OTHER = 202, 303
TOKEN = re.compile(rb'name="csrf-token" content="([^"]+)"')


@dataclass
class Outcome:
    """How one person came in: the last status, whether a session is open, and how often she was asked to wait."""

    status: int
    is_in: bool
    waited: int


def _come_in(server: Server, start: Barrier, phone: str, device: str) -> Outcome:
    with server.client({DEVICE_COOKIE: device}) as browser:
        token = TOKEN.search(browser.insist("GET", "/sign-in")[1])
        assert token
        form = urlencode({"csrf_token": token[1].decode(), "phone": phone, "password": PASSWORD})
        start.wait()
        status, waited = browser.insist("POST", "/sign-in", form)[0], 0
        while status == ACCEPTED:
            waited += 1
            time.sleep(1)
            status = browser.insist("GET", "/sign-in")[0]
        return Outcome(status, SESSION_COOKIE in browser.cookies, waited)


def _known_people(installation: Installation) -> list[tuple[str, str]]:
    people = Cast(installation.app)
    workers = [people.make(Role.WORKER, "工友", unit=people.township) for _ in range(PEOPLE)]
    phones = [phone_of(installation.app, worker) for worker in workers]
    with installation.app.app_context(), transaction():
        return [
            (phone, devices.remember(session().merge(worker, load=True)))
            for phone, worker in zip(phones, workers, strict=True)
        ]


def _kill_now_and_then(server: Server, over: Event) -> None:
    while not over.wait(PAUSE):
        server.kill()


def test_everybody_who_signs_in_at_once_is_let_in(sqlite_installation: Installation) -> None:
    sqlite_installation.reset()
    known, start, over = _known_people(sqlite_installation), Barrier(PEOPLE), Event()
    server = Server(sqlite_installation.settings, workers=PROCESSES)
    with server, ThreadPoolExecutor(PEOPLE) as pool:
        killer = Thread(target=_kill_now_and_then, args=(server, over))
        runs = [pool.submit(_come_in, server, start, phone, device) for phone, device in known]
        killer.start()
        outcomes = [run.result() for run in runs]
        over.set()
        killer.join()

    waited = [outcome.waited for outcome in outcomes]
    assert [(outcome.status, outcome.is_in) for outcome in outcomes] == [(SEE_OTHER, True)] * PEOPLE
    assert sum(map(bool, waited)) > PEOPLE // 4, "nobody had to wait, so nothing was shown"
    sys.stderr.write(f"\n{PEOPLE} people, {sum(map(bool, waited))} waited, {server.kills} kills\n")
