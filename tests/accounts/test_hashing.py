"""The hashing process: out of everybody's way, and back when it died."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from argon2 import PasswordHasher

from app.accounts.hashing_process import _answer
from app.accounts.services import hashing
from app.accounts.services.hashing import Hasher
from app.core.errors import Unavailable

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

PASSWORD = "mingtian-jiandan-88"


@pytest.fixture
def hasher() -> Iterator[Hasher]:
    """A cheap one of its own, already running."""
    hasher = Hasher(64)
    hasher.hash("to begin with")
    yield hasher
    hasher.stop()


def running(hasher: Hasher) -> subprocess.Popen[bytes]:
    assert hasher._process is not None
    return hasher._process


def test_knows_a_right_password_from_a_wrong_one_and_from_nobodys(hasher: Hasher) -> None:
    stored = hasher.hash(PASSWORD)

    assert stored.startswith("$argon2id$v=19$m=64,t=2,p=1$")
    assert hasher.verify(stored, PASSWORD)
    assert not hasher.verify(stored, "another")
    assert not hasher.verify(None, "nobody signs in with this")
    assert not hasher.verify("not a hash", PASSWORD)


def test_lets_pages_go_first(hasher: Hasher) -> None:
    assert os.getpriority(os.PRIO_PROCESS, running(hasher).pid) > os.getpriority(os.PRIO_PROCESS, 0)


def test_tells_a_password_to_nobody_who_lists_processes(hasher: Hasher) -> None:
    hasher.hash(PASSWORD)

    told = [Path(f"/proc/{running(hasher).pid}/{file}").read_bytes() for file in ("cmdline", "environ")]

    assert [part for part in told if PASSWORD.encode() in part] == []


def test_answers_again_after_it_died(hasher: Hasher, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(hashing.log, "error", said.append)
    first = running(hasher)
    first.kill()
    first.wait()

    assert hasher.verify(hasher.hash(PASSWORD), PASSWORD)
    assert running(hasher).pid != first.pid
    assert said == ["the hashing process died; it is started again"]


def test_gives_up_on_one_that_hangs_and_starts_another(hasher: Hasher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "PATIENCE", 0.2)
    os.kill(running(hasher).pid, signal.SIGSTOP)

    with pytest.raises(Unavailable):
        hasher.hash(PASSWORD)
    monkeypatch.setattr(hashing, "PATIENCE", 8.0)
    assert hasher.verify(hasher.hash(PASSWORD), PASSWORD)


def test_gives_everybody_their_own_answer(hasher: Hasher) -> None:
    stored = hasher.hash(PASSWORD)
    found: dict[int, bool] = {}

    def ask(number: int) -> None:
        found[number] = hasher.verify(stored, PASSWORD if number % 2 else "another")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(hashing.ASKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {number: bool(number % 2) for number in range(hashing.ASKERS)}


def test_keeps_few_threads_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "ASKERS", 1)
    hasher = Hasher(64)

    with hasher._alone():
        monkeypatch.setattr(hashing, "PATIENCE", None)  # which no lock takes: whoever waited would fail otherwise
        with pytest.raises(Unavailable):
            hasher.hash(PASSWORD)


def test_shares_no_process_with_a_fork(hasher: Hasher, monkeypatch: pytest.MonkeyPatch) -> None:
    parents = running(hasher)
    monkeypatch.setattr(hasher, "_asker", -1)  # as a forked process finds it

    hasher.hash(PASSWORD)

    assert running(hasher).pid != parents.pid
    assert parents.wait(timeout=10) == 0  # only its input was closed, nobody killed it


def test_ends_with_whoever_started_it(hasher: Hasher) -> None:
    process = running(hasher)
    assert process.stdin is not None
    process.stdin.close()

    assert process.wait(timeout=10) == 0


def test_works_as_hard_for_nobody_as_for_a_wrong_password() -> None:
    """The work is looked at, not timed: one verification at the same cost, for either."""
    seen: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            seen.append(str(hash))
            return True

    assert _answer(Counting(), "of nobody", {"password": PASSWORD, "stored": None}) is False
    assert _answer(Counting(), "of nobody", {"password": PASSWORD, "stored": "of somebody"}) is True
    assert seen == ["of nobody", "of somebody"]
