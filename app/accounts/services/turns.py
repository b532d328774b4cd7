"""Turns: work that hashes a password goes in one at a time, so that it never fills the threads of everybody's pages.

Of the eight threads of a process such work holds five at most: one that works, four that wait for an instant, three of
which are kept for people who come back. Whoever finds them taken is promised a moment of her own, one after the other,
and is let in when she comes back at it. Every process keeps its own line; a promise of one holds in the others.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.core import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

NEW, PROMISED = 2, 5  # threads in use, with hers, at most: by whoever comes new, by whoever comes back at her moment
PATIENCE = 0.4  # seconds that one waits before she is given a moment
SOON = 1.0  # seconds; browsers come back after whole ones
LONGEST = 180.0  # seconds ahead that a moment is promised
SLACK = 1.25  # promised moments lie so much further apart than the work takes: nobody comes to the second
PACE, LEARNS = 0.05, 0.1  # seconds that the work takes, as a first guess, and how fast the guess follows
FASTEST = 0.02  # seconds; a form that is refused at once says nothing about the pace


class NotYet(Exception):
    """All turns are taken; come back at ``due`` (seconds since the epoch)."""

    def __init__(self, due: float) -> None:
        super().__init__(type(self).__name__)
        self.due = due


class Line:
    """The line of one process."""

    def __init__(self) -> None:
        self._inside = 0
        self._turn = threading.Lock()
        self._counts = threading.Lock()
        self._promised_until = self._last_work = 0.0
        self._pace = PACE

    @contextmanager
    def turn(self, promised: float | None = None) -> Iterator[None]:
        """Work for the length of the block. Raises ``NotYet`` where others go first.

        ``promised`` is the moment that ``NotYet`` gave this person before.
        """
        self._check_order(promised)
        with self._place(promised):
            if not self._turn.acquire(timeout=PATIENCE):
                raise self._not_yet(promised)
            begun = _now()
            try:
                yield
            finally:
                self._learn(begun)
                self._turn.release()

    @contextmanager
    def _place(self, promised: float | None) -> Iterator[None]:
        with self._counts:
            is_free = self._inside < (NEW if promised is None else PROMISED)
            self._inside += is_free
        if not is_free:
            raise self._not_yet(promised)
        try:
            yield
        finally:
            with self._counts:
                self._inside -= 1

    def _check_order(self, promised: float | None) -> None:
        """A promised moment is waited for; a newcomer goes behind what is promised, unless nobody comes to claim it."""
        now = _now()
        if promised is not None and promised > now:
            raise NotYet(promised)
        nobody_came = not self._turn.locked() and now - self._last_work > SOON
        if promised is None and self._promised_until > now and not nobody_came:
            raise self._not_yet(None)

    def _not_yet(self, promised: float | None) -> NotYet:
        """Another moment: soon for who had one already, behind all others for who comes new."""
        now = _now()
        if promised is not None:
            return NotYet(now + SOON)
        with self._counts:
            behind = max(self._promised_until, now) + self._pace * SLACK
            self._promised_until = min(behind, now + LONGEST)
            return NotYet(max(self._promised_until, now + SOON))

    def _learn(self, begun: float) -> None:
        self._last_work = _now()
        self._pace += LEARNS * (max(self._last_work - begun, FASTEST) - self._pace)


def _now() -> float:
    return clock.now().timestamp()


LINE = Line()
"""The line of this process."""
