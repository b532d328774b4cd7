"""R1: what was acknowledged is stored, once. R2: no alert is lost. Under ``kill -9``, with the same request sent again.

1,000 submissions by eight clients, a quarter of them with a safety answer; the serving process is killed every 0.15 to
1.4 seconds; whoever gets no answer sends the very same again.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.promises.server import Caller, Server
from tests.promises.submitting import CLIENTS, check, say, storm, under_fire, wait_for

if TYPE_CHECKING:
    from tests.installation import Installation

pytestmark = [pytest.mark.promise]
SUBMISSIONS, CONTROL = 1_000, 4_000
PAUSES, CONTROL_PAUSES = (0.15, 1.4), (0.1, 0.4)


def test_loses_and_doubles_no_submission_and_no_alert(installation: Installation) -> None:
    began = time.monotonic()
    server = Server(installation.settings)
    told, kills = storm(installation, server, server.kill, SUBMISSIONS, pauses=PAUSES)
    check(installation, told, SUBMISSIONS)
    assert kills >= 5, f"only {kills} kills in {time.monotonic() - began:.0f} s"
    say(f"{SUBMISSIONS} submissions, {kills} kills, {told.tries} requests, {time.monotonic() - began:.0f} s")


def _send_plainly(caller: Caller, numbers: range) -> None:
    with caller:
        for number in numbers:
            caller.insist("POST", "/submit", urlencode({"submission": number}))


def test_doubles_submissions_where_no_key_tells_them_apart(sqlite_installation: Installation) -> None:
    server = Server(sqlite_installation.settings, application="tests.promises.naive:application")
    with under_fire(server, server.kill, CONTROL_PAUSES) as (pool, _killer):
        firsts = range(0, CONTROL, CONTROL // CLIENTS)
        wait_for([pool.submit(_send_plainly, server.client(), range(n, n + CONTROL // CLIENTS)) for n in firsts])
    with closing(sqlite3.connect(sqlite_installation.folder / "naive.db")) as connection:
        rows = connection.execute("SELECT submission FROM response").fetchall()
    say(f"control: {len(rows) - CONTROL} of {CONTROL} doubled, {server.kills} kills")
    assert len(rows) > CONTROL, "the control shows no danger, so the test above shows no safety"
