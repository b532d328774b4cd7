"""The queue behind the jobs: SQLite, Redis, PostgreSQL or memory, by one setting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import current_app
from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.serializer import SignedSerializer
from redis import ConnectionPool

from app import vault
from app.core import clock
from app.core.private_files import make_private
from app.home.jobs.scans import HOUR, MINUTE, SCANS, Scan, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

NAME = "xingfu"
EXTENSION = "xingfu.queue"
HEARTBEAT = "heartbeat"
PULSE = 10  # seconds between two heartbeats
STALE = 60  # seconds after which the jobs count as stopped


def open_queue(address: str) -> Huey:
    """The queue at an address of ``JOBS_URL``. What it holds is signed, for it is unpickled again."""
    options = {"results": False, "serializer": SignedSerializer(secret=vault.flask_secret().hex(), salt="xingfu/jobs")}
    parts = urlsplit(address)
    if parts.scheme == "sqlite":
        # The queue holds nothing that the rows do not say: it need not survive a power cut.
        file = address.removeprefix("sqlite:///")
        make_private(Path(file))
        return SqliteHuey(NAME, filename=file, journal_mode="delete", fsync=False, **options)
    if parts.scheme in {"redis", "rediss"}:
        # Longer than the second that the jobs wait for work in one question.
        pool = ConnectionPool.from_url(address, socket_connect_timeout=3, socket_timeout=5)
        return RedisHuey(NAME, connection_pool=pool, **options)
    if parts.scheme.startswith("postgresql"):
        return PostgresHuey(NAME, dsn=address.replace("postgresql+psycopg://", "postgresql://"), **options)
    return MemoryHuey(NAME, **options)


def schedule(app: Flask, queue: Huey) -> None:
    """Let the queue run every scan of a minute or an hour."""
    moments = {MINUTE: crontab(minute="*"), HOUR: crontab(minute="7")}
    for scan in SCANS:
        if scan.every in moments:
            queue.periodic_task(moments[scan.every], name=scan.name)(_task(app, scan))


def beat(queue: Huey) -> None:
    """Note that the jobs are alive."""
    queue.storage.put_data(HEARTBEAT, str(clock.now().timestamp()).encode())


def check_alive() -> None:
    """Raise ``TimeoutError`` where the last heartbeat is too old, or there was none: the check of ``/readyz``."""
    known = current_app.extensions
    queue = known.get(EXTENSION) or known.setdefault(EXTENSION, open_queue(current_app.config["XINGFU"].jobs_url))
    beaten: Any = queue.storage.peek_data(HEARTBEAT)
    if not isinstance(beaten, (bytes, memoryview)) or clock.now().timestamp() - float(bytes(beaten)) > STALE:
        raise TimeoutError


def _task(app: Flask, scan: Scan) -> Callable[[], None]:
    def task() -> None:
        with app.app_context():
            run(scan)

    return task
