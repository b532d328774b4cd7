"""R9 and R10: nothing acknowledged is lost while the disk is full, the database crashes or the program is restarted.

A short run is part of every suite; ``XINGFU_STORM=600 pytest -s tests/promises/test_r9_r10_outages.py`` is a long one.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import make_url

from tests.promises.server import Server
from tests.promises.submitting import check, say, storm

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.installation import Installation

pytestmark = [pytest.mark.promise]
SUBMISSIONS = int(os.environ.get("XINGFU_STORM", "96"))


def _run(
    installation: Installation,
    server: Server,
    strike: Callable[[], object],
    *,
    pauses: tuple[float, float],
    name: str,
) -> None:
    began = time.monotonic()
    told, strikes = storm(installation, server, strike, SUBMISSIONS, pauses=pauses)
    check(installation, told, SUBMISSIONS)
    assert strikes >= 2, "nothing happened, so nothing was shown"
    assert told.tries > 1.5 * SUBMISSIONS + 16, "nobody was ever refused, so nothing was shown"
    seconds = time.monotonic() - began
    say(f"{SUBMISSIONS} submissions, {strikes} times {name}, {told.tries} requests, {seconds:.0f} s")


def _wait_until_open(where: str) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with suppress(psycopg.Error), psycopg.connect(where):
            return
        time.sleep(0.05)
    raise AssertionError("the database did not come back")


def test_a_full_disk_loses_nothing_acknowledged(sqlite_installation: Installation) -> None:
    sqlite_installation.reset()
    server = Server(sqlite_installation.settings)
    _run(sqlite_installation, server, lambda: server.fill_disk(0.4), pauses=(0.1, 0.3), name="the disk full")


def test_a_database_that_crashes_loses_nothing_acknowledged(postgresql_installation: Installation) -> None:
    postgresql_installation.reset()
    address = make_url(postgresql_installation.settings.database_url).set(drivername="postgresql")

    where = address.render_as_string(hide_password=False)

    def crash() -> None:
        """One process of PostgreSQL killed: all others end too, and it recovers from its log."""
        with suppress(psycopg.Error), psycopg.connect(where) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
        _wait_until_open(where)

    server = Server(postgresql_installation.settings)
    _run(postgresql_installation, server, crash, pauses=(0.4, 0.8), name="the database crashed")


def test_a_restart_loses_nothing_acknowledged(installation: Installation) -> None:
    server = Server(installation.settings)
    _run(installation, server, server.restart, pauses=(0.4, 0.8), name="restarted")
