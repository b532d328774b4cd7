"""The database: engines with asserted pragmas, the one place that commits, and the guard between the two halves."""

from __future__ import annotations

import enum
import re
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, TypeDecorator, delete, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, registry

from app.config import ROOT
from app.core import engines
from app.core.postgresql import bounded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask
    from sqlalchemy import Connection, Dialect, Engine, Table
    from sqlalchemy.orm import Session, scoped_session

    from app.config import Settings

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Half(enum.StrEnum):
    """Which half of the house a table lives in; one transaction never writes to both (see ``docs/decisions``)."""

    IDENTITY = "identity"
    CLINICAL = "clinical"
    SHARED = "shared"


class Moment(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database, on SQLite too, which itself knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse naive values: nobody could say which instant they mean."""
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the zone back."""
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)) if value else None


class Base(DeclarativeBase):
    """Base of every table; the naming convention makes every constraint reversible by name."""

    registry: ClassVar = registry(metadata=MetaData(naming_convention=NAMING), type_annotation_map={datetime: Moment()})


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class HalvesJoinedError(Exception):
    """A transaction wrote to the identity and the clinical half: their order on disk would join them."""


_depth: ContextVar[int] = ContextVar("depth", default=0)
_writes: ContextVar[bool] = ContextVar("writes", default=False)
_endings: ContextVar[list[Callable[[], object]] | None] = ContextVar("endings", default=None)
_memory: ContextVar[dict[str, Any] | None] = ContextVar("memory", default=None)
_COUNTING: Mapping[str, Any] = {"synchronize_session": False, "preserve_rowcount": True}


@contextmanager
def transaction(*, writes: bool = True) -> Iterator[None]:
    """Run one use case: all it writes is stored together, durably, before this block ends; or nothing is.

    With ``writes=False`` the block reads from one snapshot without the write lock, and only what was asked of
    ``at_end`` (the audit of a read) is written, in a short transaction of its own. Blocks do not nest.
    """
    if _depth.get():
        raise RuntimeError("a use case is one transaction: they do not nest")
    endings: list[Callable[[], object]] = []
    entered, mode, listed = _depth.set(1), _writes.set(writes), _endings.set(endings)
    remembered = _memory.set({})
    try:
        yield
        if not writes:
            session().rollback()
            _writes.set(True)
        if writes or endings:
            _finish(endings)
    except BaseException:
        session().rollback()
        raise
    finally:
        _depth.reset(entered)
        _writes.reset(mode)
        _endings.reset(listed)
        _memory.reset(remembered)


def at_end(ending: Callable[[], object]) -> None:
    """Run ``ending`` last, just before the commit: late, so that the locks it takes are held for a moment only."""
    endings = _endings.get()
    if endings is None:
        raise RuntimeError("outside a transaction nothing can be recorded")
    endings.append(ending)


def store_so_far() -> None:
    """Store what was written so far, durably, and let its locks go; the block goes on in a new transaction.

    For a count that must stand whatever follows, and before slow work (a password hash) that nobody should wait for.
    """
    endings = _endings.get()
    if endings is None or not _writes.get():
        raise RuntimeError("only a transaction that writes can store a part of itself")
    _finish(endings)
    endings.clear()


def in_transaction() -> bool:
    """Whether a transaction is open, so that ``at_end`` may be called."""
    return _endings.get() is not None


def memory() -> dict[str, Any] | None:
    """What may be remembered until the present transaction ends and no longer; None outside one."""
    return _memory.get()


def lock_for_writing() -> None:
    """Be alone from here on, where SQLite knows no lock on a row: before a read that decides what is written."""
    if _writes.get():
        engines.lock(session().connection())


def lock_row(row: Base) -> None:
    """Let nobody else change this row before the use case ends, and read it as it is now."""
    lock_for_writing()
    session().refresh(row, with_for_update={"key_share": True})


def session() -> scoped_session[Session]:
    """The session of this application context."""
    return db.session  # type: ignore[return-value]


def table_of(model: type[Base]) -> Table:
    """The table of a model, for a hot statement: built once for the module, it costs a quarter of one built anew."""
    return cast("Table", model.__table__)


def insert_if_absent(model: Any, **values: Any) -> bool:
    """Insert a row unless its key is taken; says whether it was inserted. Safe under any concurrency."""
    return changed(_insert_once(model), values) == 1


def insert_what_is_absent(model: Any, rows: list[dict[str, Any]]) -> None:
    """Insert many rows in one statement, without those whose key is taken."""
    session().execute(_insert_once(model), rows)


def _insert_once(model: Any) -> Any:
    insert = postgresql.insert if session().get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(table_of(model)).on_conflict_do_nothing()


def changed(statement: Any, values: Mapping[str, Any] | None = None) -> int:
    """Execute an UPDATE or DELETE and say how many rows it changed: the conditional update that decides a race."""
    result: Any = session().execute(statement, values, execution_options=_COUNTING)
    return int(result.rowcount)


def delete_in_parts(model: Any, where: Any, *, size: int = 500) -> int:
    """Delete rows, ``size`` at a time in a transaction of their own: nobody waits for long. Returns how many."""
    key, deleted = table_of(model).primary_key.columns[0], 0
    while True:
        with transaction():
            part = changed(delete(model).where(key.in_(select(key).where(where).limit(size))))
        deleted += part
        if part < size:
            return deleted


def _finish(endings: list[Callable[[], object]]) -> None:
    current = session()
    current.flush()
    for ending in endings:
        ending()
    current.flush()
    _refuse_joined_halves(current.connection())
    current.commit()


_TARGET = re.compile(r'\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.IGNORECASE)


def _note_write(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
    if found := _TARGET.match(statement):
        table = Base.metadata.tables.get(found[1])
        if table is not None:
            connection.info.setdefault("halves", set()).add(table.info.get("half", Half.SHARED))


def _refuse_joined_halves(connection: Connection) -> None:
    if connection.info.get("halves", set()) >= {Half.IDENTITY, Half.CLINICAL}:
        raise HalvesJoinedError


def _forget_writes(connection: Connection) -> None:
    connection.info.pop("halves", None)


def init_app(app: Flask, settings: Settings) -> None:
    """Configure both databases; nothing is opened before the first use."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engines.options(settings.database_url)
    keys = {"url": settings.keys_url, **engines.options(settings.keys_url)}
    app.config["SQLALCHEMY_BINDS"] = {"keys": keys, "key_reads": {**keys, "isolation_level": "AUTOCOMMIT"}}
    db.init_app(app)
    app.wsgi_app = _bounded(app.wsgi_app)  # type: ignore[assignment, method-assign]
    Migrate(app, db, directory=str(ROOT / "migrations"))
    with app.app_context():
        for name, engine in db.engines.items():
            _listen(engine, is_main=name is None)


def _bounded(serve: WSGIApplication) -> WSGIApplication:
    """A request, unlike a job or a command, waits for the database for a while only."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with bounded():
            return serve(environ, start_response)

    return answer


def keys_engine() -> Engine:
    """The engine of the second database, where the owner keys live."""
    return db.engines["keys"]


def key_reads_engine() -> Engine:
    """The same database, for single statements that only read: each is a transaction of its own.

    An engine of its own, for a connection that changes its isolation level may come back to the pool changed.
    """
    return db.engines["key_reads"]


def _listen(engine: Engine, *, is_main: bool) -> None:
    event.listen(engine, "before_cursor_execute", _note_write)
    event.listen(engine, "begin", _forget_writes)
    engines.listen(engine, may_write=_writes.get if is_main else None)
