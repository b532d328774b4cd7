"""SQLite's writers wait in a queue; every turn ends, whatever happened in it."""

from __future__ import annotations

import fcntl
import os
import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.core import writers
from app.core.database import session, transaction
from app.core.errors import Unavailable
from app.organisations.models import Unit, UnitKind
from app.organisations.services import add_unit

if TYPE_CHECKING:
    from flask import Flask

    from tests.installation import Installation


def add(app: Flask) -> None:
    with app.app_context(), transaction():
        add_unit("百官街道", kind=UnitKind.TOWNSHIP, parent=None)


def test_a_turn_ends_when_the_use_case_fails(app: Flask) -> None:
    with app.app_context(), pytest.raises(ZeroDivisionError), transaction():
        session().execute(select(Unit))
        raise ZeroDivisionError

    add(app)


def test_all_who_wait_get_their_turn(app: Flask) -> None:
    threads = [threading.Thread(target=add, args=(app,)) for _ in range(12)]
    [thread.start() for thread in threads]  # type: ignore[func-returns-value]
    [thread.join() for thread in threads]  # type: ignore[func-returns-value]

    with app.app_context(), transaction(writes=False):
        assert session().scalar(select(func.count()).select_from(Unit)) == 12


def test_nobody_waits_for_ever(sqlite_installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite_installation.reset()
    monkeypatch.setattr(writers, "PATIENCE", 0.05)
    refusals: list[type[BaseException]] = []

    def come_second() -> None:
        with pytest.raises(Unavailable) as refusal:
            add(sqlite_installation.app)
        refusals.append(refusal.type)

    with sqlite_installation.app.app_context(), transaction():
        add_unit("崧厦街道", kind=UnitKind.TOWNSHIP, parent=None)
        session().flush()
        second = threading.Thread(target=come_second)
        second.start()
        second.join()

    assert refusals == [Unavailable]


def test_another_process_is_not_waited_for_for_ever(
    sqlite_installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_installation.reset()
    monkeypatch.setattr(writers, "PATIENCE", 0.05)
    add(sqlite_installation.app)
    held = os.open(sqlite_installation.folder / "xingfu.db-writers", os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(Unavailable):
        add(sqlite_installation.app)
    os.close(held)
    add(sqlite_installation.app)


def test_whoever_waited_for_another_process_goes_in_when_it_is_done(sqlite_installation: Installation) -> None:
    sqlite_installation.reset()
    add(sqlite_installation.app)
    held = os.open(sqlite_installation.folder / "xingfu.db-writers", os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    second = threading.Thread(target=add, args=(sqlite_installation.app,))
    second.start()
    second.join(timeout=0.2)
    assert second.is_alive()
    fcntl.flock(held, fcntl.LOCK_UN)
    second.join(timeout=10)
    assert not second.is_alive()
    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(held)


def test_a_wait_that_was_given_up_takes_the_lock_from_nobody(
    sqlite_installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_installation.reset()
    add(sqlite_installation.app)
    monkeypatch.setattr(writers, "PATIENCE", 0.05)
    path = sqlite_installation.folder / "xingfu.db-writers"
    held = os.open(path, os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(Unavailable):
        add(sqlite_installation.app)
    os.close(held)
    waits = [thread for thread in threading.enumerate() if isinstance(thread, writers._Waiter)]
    for thread in waits:
        thread.join(timeout=10)
    other = os.open(path, os.O_RDWR)
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(other)
