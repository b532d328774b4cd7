"""SQLite's write lock is taken with the first write; until then nobody waits for this use case."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app import audit
from app.audit.verification import verify
from app.core.database import lock_for_writing, lock_row, session, transaction
from app.organisations.models import Unit, UnitKind
from app.organisations.services import add_unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


def add(app: Flask) -> None:
    with app.app_context(), transaction():
        add_unit("百官街道", kind=UnitKind.TOWNSHIP, parent=None)


def meanwhile(work: Callable[[], object]) -> None:
    """Do something from start to end in another thread; fails where it has to wait for this one."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(timeout=10)
    assert not thread.is_alive()


def count() -> int:
    return session().scalar(select(func.count()).select_from(Unit)) or 0


def test_a_use_case_that_only_reads_so_far_keeps_nobody_waiting(app: Flask) -> None:
    with app.app_context(), transaction():
        assert count() == 0
        meanwhile(lambda: add(app))
        assert count() == 1


def test_what_was_read_before_somebody_else_wrote_can_still_be_written_on(app: Flask) -> None:
    with app.app_context(), transaction():
        assert count() == 0
        meanwhile(lambda: add(app))
        add_unit("崧厦街道", kind=UnitKind.TOWNSHIP, parent=None)
    with app.app_context(), transaction(writes=False):
        assert count() == 2


def test_a_use_case_that_fails_after_its_first_write_leaves_nothing(app: Flask) -> None:
    with app.app_context(), pytest.raises(ZeroDivisionError), transaction():
        add_unit("百官街道", kind=UnitKind.TOWNSHIP, parent=None)
        session().flush()
        raise ZeroDivisionError
    with app.app_context(), transaction(writes=False):
        assert count() == 0


def test_a_savepoint_taken_back_leaves_the_rest(app: Flask) -> None:
    with app.app_context(), transaction():
        assert count() == 0
        with pytest.raises(ZeroDivisionError), session().begin_nested():
            add_unit("百官街道", kind=UnitKind.TOWNSHIP, parent=None)
            session().flush()
            raise ZeroDivisionError
        add_unit("崧厦街道", kind=UnitKind.TOWNSHIP, parent=None)
    with app.app_context(), transaction(writes=False):
        assert list(session().scalars(select(Unit.name))) == ["崧厦街道"]


def test_a_read_page_keeps_its_snapshot(app: Flask) -> None:
    add(app)
    with app.app_context(), transaction(writes=False):
        first = count()
        meanwhile(lambda: add(app))
        seen = count()
    assert first == 1
    assert seen == (2 if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql") else 1)


def test_a_locked_row_is_read_as_it_is_now_and_stays_so(app: Flask) -> None:
    add(app)
    order: list[str] = []

    def rename() -> None:
        with app.app_context(), transaction():
            unit = session().scalars(select(Unit)).one()
            lock_row(unit)
            order.append(f"second sees {unit.name}")

    with app.app_context(), transaction():
        unit = session().scalars(select(Unit)).one()
        lock_row(unit)
        second = threading.Thread(target=rename)
        second.start()
        second.join(timeout=0.2)
        unit.name = "崧厦街道"
        order.append("first is done")
    second.join()
    assert order == ["first is done", "second sees 崧厦街道"]


def test_the_chain_of_the_log_stays_whole_when_many_append_at_once(app: Flask) -> None:
    def act() -> None:
        for _ in range(10):
            with app.app_context(), transaction():
                audit.record("audit.read")

    threads = [threading.Thread(target=act) for _ in range(6)]
    [thread.start() for thread in threads]  # type: ignore[func-returns-value]
    [thread.join() for thread in threads]  # type: ignore[func-returns-value]
    with app.app_context(), transaction(writes=False):
        verdict = verify((0, bytes(32)))
    assert (verdict.entries, verdict.first_bad) == (60, None)


def test_whoever_asked_to_be_alone_is(app: Flask) -> None:
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        return  # rows have locks of their own there
    with app.app_context(), transaction():
        lock_for_writing()
        second = threading.Thread(target=add, args=(app,))
        second.start()
        second.join(timeout=0.2)
        assert second.is_alive()
    second.join()
