"""The engines: what each database needs to be durable, and when SQLite's one write lock is taken.

On SQLite a use case that may write reads without a snapshot, each statement seeing what is stored by then, as on
PostgreSQL; with its first write it waits for its turn and takes the lock (``BEGIN IMMEDIATE``), until its end. A
snapshot kept from before could not be written on once somebody else has written.
"""

from __future__ import annotations

import re
import select
from typing import TYPE_CHECKING, Any

import pysqlite3
from sqlalchemy import event

from app.core import postgresql
from app.core.errors import Unavailable
from app.core.private_files import before_connecting
from app.core.writers import WriterQueue

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 15_000}
_WRITES = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|REPLACE|SAVEPOINT|CREATE|DROP|ALTER)\b", re.IGNORECASE)
_QUEUE, _LOCKED = "writer_queue", "locked"


def options(url: str) -> dict[str, Any]:
    """What an engine for this address needs: our SQLite build, or PostgreSQL with durable commits."""
    if url.startswith("sqlite"):
        return {
            "hide_parameters": True,
            "module": pysqlite3,
            "connect_args": {"isolation_level": None, "check_same_thread": False},
            "pool_size": 20,
        }
    return {
        "hide_parameters": True,
        "pool_pre_ping": True,
        "pool_size": 20,
        "pool_timeout": postgresql.POOL_PATIENCE,
        "connect_args": postgresql.CONNECT_ARGS,
    }


def listen(engine: Engine, *, may_write: Callable[[], bool] | None) -> None:
    """Prepare an engine; ``may_write`` tells the use cases of the data database from reading ones."""
    if engine.dialect.name != "sqlite":
        engine.dialect.do_ping = _is_open  # type: ignore[assignment, method-assign]
        connector = postgresql.Connector()
        event.listen(engine, "do_connect", lambda _dialect, _record, args, kw: connector.connect(*args, **kw))
        return
    event.listen(engine, "do_connect", before_connecting(engine.url.database or ""))
    event.listen(engine, "connect", _set_pragmas)
    if may_write is None:
        # The keys are read in every use case: only a statement that writes them takes their lock.
        event.listen(engine, "begin", _begin_deferred)
        return
    queue = WriterQueue(engine)

    def begin(connection: Connection) -> None:
        connection.info[_QUEUE] = queue if may_write() else None
        connection.info[_LOCKED] = False
        if not may_write():
            _begin_deferred(connection)

    def before_statement(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if _WRITES.match(statement):
            lock(connection)

    event.listen(engine, "begin", begin)
    event.listen(engine, "before_cursor_execute", before_statement)


def lock(connection: Connection) -> None:
    """Take SQLite's write lock for the rest of the present transaction. Raises ``Unavailable`` after waiting long."""
    queue = connection.info.get(_QUEUE)
    if queue is None or connection.info[_LOCKED]:
        return
    driver: Any = connection.connection.dbapi_connection
    queue.enter(driver)
    try:
        driver.execute("BEGIN IMMEDIATE")
    except pysqlite3.Error as error:
        raise Unavailable from error
    connection.info[_LOCKED] = True


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _is_open(connection: Any) -> bool:
    """Whether PostgreSQL has said nothing on an idle connection: it says goodbye when it stops.

    Asked at every checkout, where a question to the server and its answer would cost as much as a statement.
    """
    goodbye = select.poll()
    goodbye.register(connection.fileno(), select.POLLIN)
    return not goodbye.poll(0)


def _set_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for name, value in PRAGMAS.items():
        cursor.execute(f"PRAGMA {name}={value}")
        actual = cursor.execute(f"PRAGMA {name}").fetchone()[0]
        if actual != value:
            raise RuntimeError(f"SQLite refused PRAGMA {name}={value}: it says {actual}")
    cursor.close()
