"""PostgreSQL that is slow, hangs or is gone: how long a request may wait for it, and who asks whether it is back.

A request waits for ``PATIENCE`` seconds at most, all its statements together; then its connection is closed, which
undoes what it wrote, and it is answered with 503. While no connection can be opened one request at a time tries, and
the others are answered at once. Jobs and commands run outside ``bounded`` and may take as long as they need.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.errors import _WaitTimeout

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 8.0
"""Seconds that one request waits for the database: less than the 12 after which a page's script tries again."""
POOL_PATIENCE = 5.0
"""Seconds that a thread waits for a connection of the pool."""
CONNECT_ARGS: dict[str, Any] = {
    # The server stops a statement within two seconds once nobody waits for it any more (PostgreSQL 14).
    "options": "-c synchronous_commit=on -c client_connection_check_interval=2s",
    "connect_timeout": 3,  # seconds
    "keepalives_idle": 30,  # seconds
    "keepalives_interval": 10,  # seconds
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds that sent bytes may stay unanswered by the other machine
}


@dataclass
class _Budget:
    """Seconds that are left to the present request."""

    left: float

    @contextmanager
    def spent(self) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            self.left -= time.monotonic() - begun


_budget: ContextVar[_Budget | None] = ContextVar("budget", default=None)


@contextmanager
def bounded(seconds: float = PATIENCE) -> Iterator[None]:
    """Let everything in this block wait for PostgreSQL for so many seconds at most, taken together.

    Beyond them a statement raises ``psycopg.OperationalError``; SQLAlchemy makes its own error of the same name of it.
    """
    token = _budget.set(_Budget(seconds))
    try:
        yield
    finally:
        _budget.reset(token)


class PatientConnection(psycopg.Connection[Any]):
    """A connection that is closed when the patience of the request that waits for it has come to an end."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for the server. Raises ``psycopg.OperationalError`` at the end of the request's patience."""
        budget = _budget.get()
        if budget is None or self.closed:
            return super().wait(gen, interval, timeout)
        try:
            with budget.spent():
                return super().wait(gen, interval, max(min(budget.left, timeout or budget.left), 0.001))
        except _WaitTimeout:
            self.pgconn.finish()
            raise psycopg.OperationalError("the database did not answer in time") from None


class Connector:
    """Opens the connections of one engine."""

    def __init__(self) -> None:
        self._is_failing = False
        self._trial = threading.Lock()

    def connect(self, *args: Any, **parameters: Any) -> psycopg.Connection[Any]:
        """A new connection. Raises ``psycopg.OperationalError`` where there is none, at once if another one tries."""
        budget = _budget.get()
        if budget is None:
            return PatientConnection.connect(*args, **parameters)
        if budget.left <= 0:
            raise psycopg.OperationalError("no time is left to connect")
        with budget.spent(), self._one_at_a_time():
            return PatientConnection.connect(*args, **parameters)

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        tries_alone = self._is_failing
        if tries_alone and not self._trial.acquire(blocking=False):
            raise psycopg.OperationalError("the database does not answer, and another request asks it")
        try:
            yield
        except psycopg.Error:
            self._is_failing = True
            raise
        else:
            self._is_failing = False
        finally:
            if tries_alone:
                self._trial.release()
