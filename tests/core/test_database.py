"""The database room: durable, one commit, halves apart."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text

from app.accounts.models import Allowance
from app.core import clock
from app.core.database import HalvesJoinedError, at_end, db, insert_if_absent, session, transaction
from app.organisations.models import Unit, UnitKind
from app.organisations.services import add_unit
from app.subjects.models import Subject
from app.vault import owner_keys

if TYPE_CHECKING:
    from flask import Flask

    from tests.installation import Installation


def test_it_stores_all_of_a_use_case_or_nothing(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ZeroDivisionError), transaction():
            add_unit("百官街道", kind=UnitKind.TOWNSHIP, parent=None)
            session().flush()
            raise ZeroDivisionError
        with transaction(writes=False):
            assert session().scalar(select(func.count()).select_from(Unit)) == 0


def test_it_refuses_to_write_both_halves_at_once(app: Flask) -> None:
    subject = Subject()
    with app.app_context():
        owner_keys.create("subject", [subject.id])
        with pytest.raises(HalvesJoinedError), transaction():
            add_unit("百官街道", kind=UnitKind.TOWNSHIP, parent=None)
            subject.alias = "00"
            session().add(subject)


def test_it_does_not_nest(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="nest"), transaction(), transaction():
        pass


def test_a_reading_use_case_writes_only_what_was_asked_for_at_its_end(app: Flask) -> None:
    with app.app_context():
        with transaction(writes=False):
            at_end(lambda: add_unit("百官街道", kind=UnitKind.TOWNSHIP, parent=None))
        with transaction(writes=False):
            assert session().scalar(select(func.count()).select_from(Unit)) == 1


def test_nothing_can_be_recorded_outside_a_use_case(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="outside"):
        at_end(lambda: None)


def test_it_inserts_a_key_once(app: Flask) -> None:
    values = {"key": bytes(16), "used": 1, "ends_at": clock.now()}
    with app.app_context(), transaction():
        assert insert_if_absent(Allowance, **values)
        assert not insert_if_absent(Allowance, **values)


def test_an_instant_needs_a_zone(app: Flask) -> None:
    naive = datetime(2026, 11, 1, 8)  # noqa: DTZ001
    with app.app_context(), pytest.raises(Exception, match="time zone"), transaction():
        insert_if_absent(Allowance, key=bytes(16), used=1, ends_at=naive)


def test_an_instant_comes_back_as_it_went_in(app: Flask) -> None:
    moment = datetime(2026, 11, 1, 8, tzinfo=UTC)
    with app.app_context():
        with transaction():
            insert_if_absent(Allowance, key=bytes(16), used=1, ends_at=moment)
        with transaction(writes=False):
            assert session().scalar(select(Allowance.ends_at)) == moment


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("secure_delete", 1)])
def test_every_sqlite_connection_is_durable(sqlite_installation: Installation, pragma: str, value: object) -> None:
    with sqlite_installation.app.app_context(), transaction(writes=False):
        assert session().scalar(text(f"PRAGMA {pragma}")) == value


def test_postgresql_commits_synchronously(postgresql_installation: Installation) -> None:
    with postgresql_installation.app.app_context(), transaction(writes=False):
        assert session().scalar(text("SHOW synchronous_commit")) == "on"


def test_it_notices_that_postgresql_ended_an_idle_connection(postgresql_installation: Installation) -> None:
    with postgresql_installation.app.app_context():
        with transaction(writes=False):
            ended = session().scalar(text("SELECT pg_backend_pid()"))
        with db.engines["keys"].connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": ended})
        with transaction(writes=False):
            assert session().scalar(text("SELECT pg_backend_pid()")) != ended
