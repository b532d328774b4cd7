"""The line in front of what hashes a password: one at a time, others come back, no thread waits for long."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from app.accounts.services import turns
from app.accounts.services.turns import Line, NotYet
from app.core import clock

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def line() -> Line:
    """A line of one's own."""
    return Line()


@contextmanager
def somebody_at_work(line: Line) -> Iterator[None]:
    """Somebody else has the turn, in another thread."""
    inside, done = threading.Event(), threading.Event()

    def work() -> None:
        with line.turn():
            inside.set()
            done.wait(10)

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(10)
    try:
        yield
    finally:
        done.set()
        thread.join()


def refused(line: Line, promised: float | None = None) -> float:
    """The moment that is promised instead of a turn."""
    with pytest.raises(NotYet) as refusal, line.turn(promised):
        pass
    return refusal.value.due


def now() -> float:
    return clock.now().timestamp()


def test_lets_one_after_the_other_in_without_any_wait(line: Line) -> None:
    for _ in range(100):
        with line.turn():
            pass


def test_lets_only_one_in_at_a_time(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 10.0)
    inside, most = 0, []

    def work() -> None:
        nonlocal inside
        with line.turn(now() - 1):
            inside += 1
            time.sleep(0.01)  # long enough for another to come in, if the line let her
            most.append(inside)
            inside -= 1

    threads = [threading.Thread(target=work) for _ in range(turns.PROMISED)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == [1] * turns.PROMISED


def test_keeps_a_thread_for_an_instant_alone(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.01)

    with somebody_at_work(line):
        assert refused(line) >= now() + 0.5


def test_keeps_no_more_threads_than_its_share(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 60.0)  # whoever waited for a turn would hang here
    monkeypatch.setattr(turns, "NEW", 1)
    monkeypatch.setattr(turns, "PROMISED", 1)

    with somebody_at_work(line):
        refused(line)
        refused(line, now() - 1)


def test_promises_each_a_later_moment_than_the_one_before(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "NEW", 0)

    promised = [refused(line) for _ in range(200)]

    assert promised == sorted(promised)
    assert promised[-1] - now() > 5


def test_promises_no_moment_too_far_ahead(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "NEW", 0)
    monkeypatch.setattr(turns, "PACE", 5.0)

    promised = [refused(Line() if not number else line) for number in range(20_000)]

    assert promised[-1] - now() < turns.LONGEST + 2


def test_a_newcomer_goes_behind_those_who_were_promised_a_moment(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        stack.enter_context(monkeypatch.context()).setattr(turns, "NEW", 0)
        last = [refused(line) for _ in range(200)][-1]
    with line.turn(now() - 1):
        pass

    assert refused(line) > last


def test_nobody_waits_for_people_who_do_not_come_back(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        stack.enter_context(monkeypatch.context()).setattr(turns, "NEW", 0)
        for _ in range(200):
            refused(line)

    with clock.at(clock.now() + timedelta(seconds=2)), line.turn():
        pass


def test_who_comes_before_her_moment_keeps_it(line: Line) -> None:
    due = now() + 30

    assert refused(line, due) == due


def test_who_finds_it_full_at_her_moment_comes_soon_again(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "NEW", 0)
    for _ in range(200):
        refused(line)
    monkeypatch.setattr(turns, "PROMISED", 0)

    assert refused(line, now() - 1) < now() + 2


def test_lets_the_next_in_after_a_failure(line: Line) -> None:
    with pytest.raises(ZeroDivisionError), line.turn():
        raise ZeroDivisionError

    with line.turn():
        pass
