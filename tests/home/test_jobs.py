"""The jobs: scans that may run any number of times, and a queue behind them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from flask import current_app
from huey import MemoryHuey, SqliteHuey
from sqlalchemy import func, select

from app.core import clock
from app.core.database import session, transaction
from app.home.jobs import consumer, queue
from app.home.jobs.scans import SCANS, Scan, run
from app.notices.models import OutboxRow
from app.notices.services import enqueue
from app.subjects.models import Ticket

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask


def count(app: Flask, model: type) -> int:
    with app.app_context(), transaction(writes=False):
        return session().scalar(select(func.count()).select_from(model)) or 0


def test_one_round_delivers_and_fills_the_pool(app: Flask) -> None:
    with app.app_context(), transaction():
        enqueue("phone.code", phone="+8613900000001", code="123456")

    outcome = app.test_cli_runner().invoke(args=["jobs", "run-once"])

    assert outcome.exit_code == 0, outcome.output
    assert count(app, OutboxRow) == 0
    assert count(app, Ticket) >= 64


def test_a_scan_that_fails_does_not_stop_the_others(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise ValueError("王小骑 13800000001")

    with app.app_context():
        went_well = run(Scan("test", 1, fail))

    assert not went_well
    assert "scan test failed" in caplog.text
    assert "王小骑" not in caplog.text


@pytest.mark.parametrize(("address", "kind"), [("sqlite:///{}/jobs.db", SqliteHuey), ("memory://", MemoryHuey)])
def test_a_queue_is_chosen_by_its_address(app: Flask, tmp_path: Path, address: str, kind: type) -> None:
    with app.app_context():
        assert isinstance(queue.open_queue(address.format(tmp_path)), kind)


def test_every_scan_of_a_minute_or_an_hour_is_scheduled(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        opened = queue.open_queue(f"sqlite:///{tmp_path}/jobs.db")

    queue.schedule(app, opened)

    names = {task.name for task in opened._registry.periodic_tasks}
    assert names == {scan.name for scan in SCANS if scan.every > 1}


def test_readiness_knows_a_heart_that_stopped(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        opened = current_app.extensions[queue.EXTENSION] = queue.open_queue(f"sqlite:///{tmp_path}/jobs.db")
        with pytest.raises(TimeoutError):
            queue.check_alive()
        queue.beat(opened)
        queue.check_alive()
        with clock.at(clock.now() + timedelta(minutes=2)), pytest.raises(TimeoutError):
            queue.check_alive()
        del current_app.extensions[queue.EXTENSION]


def test_a_round_may_run_twice(app: Flask) -> None:
    with app.app_context():
        assert (consumer.run_once(), consumer.run_once()) == (0, 0)
