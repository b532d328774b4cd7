"""Hot statements: compiled once, then run past SQLAlchemy's execution, which costs four times as much as they do.

For the few statements that every request runs::

    _FETCH = Hot(select(*TABLE.c["id", "draft"]).where(TABLE.c.id == bindparam("sitting")))
    row = _FETCH.first(sitting=sitting_id)

They run in the session's transaction, with the types of their columns (a sealed column still refuses plain text) and
the same listeners (the guard between the halves, what counts statements). They load no objects and flush nothing.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from app.core.database import session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Connection, Dialect


class Hot:
    """One statement on tables (not mapped classes), without lists of parameters; values are given by name."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._compiled: dict[tuple[Dialect, frozenset[str]], _Compiled] = {}

    def all(self, **values: Any) -> list[Any]:
        """The rows, as named tuples of the columns."""
        compiled, cursor = self._execute(values)
        return compiled.rows(cursor.fetchall())

    def first(self, **values: Any) -> Any:
        """The first row, or None."""
        return next(iter(self.all(**values)), None)

    def run(self, **values: Any) -> int:
        """Write; returns how many rows it concerned."""
        return int(self._execute(values)[1].rowcount)

    def _execute(self, values: dict[str, Any]) -> tuple[_Compiled, Any]:
        connection = session().connection()
        key = (connection.dialect, frozenset(values))
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = _Compiled(self._statement, connection.dialect, values)
        return compiled, compiled.execute(connection, values)


class _Compiled:
    """A statement for one dialect and one set of given values."""

    def __init__(self, statement: Any, dialect: Dialect, given: Iterable[str]) -> None:
        made: Any = statement.compile(dialect=dialect, column_keys=list(given))
        self._text = str(made)
        self._order: list[str] | None = made.positiontup
        self._fixed = {name: bound.value for name, bound in made.binds.items() if bound.value is not None}
        self._defaults: dict[str, Callable[[], Any]] = {
            column.key: _default_of(column) for column in getattr(made, "insert_prefetch", ())
        }
        self._into: dict[str, Callable[[Any], Any]] = made._bind_processors
        columns = made._result_columns or ()
        self._out_of = [column.type._cached_result_processor(dialect, None) for column in columns]
        self._row = _row_of([column.keyname for column in columns])

    def rows(self, fetched: Iterable[Any]) -> list[Any]:
        """Rows of Python values out of what the driver gave."""
        out_of = self._out_of
        return [
            self._row(value if convert is None else convert(value) for value, convert in zip(row, out_of, strict=True))
            for row in fetched
        ]

    def execute(self, connection: Connection, values: dict[str, Any]) -> Any:
        """The driver's cursor after execution. Raises SQLAlchemy's errors, without the values."""
        driver: Any = connection
        cursor = driver.connection.cursor()
        bound = self._bind(values)
        for listener in driver.dispatch.before_cursor_execute:
            listener(connection, cursor, self._text, bound, None, False)
        errors: Any = connection.dialect.loaded_dbapi.Error
        try:
            cursor.execute(self._text, bound)
        except errors as error:
            raise DBAPIError.instance(
                self._text, None, error, errors, hide_parameters=True, dialect=connection.dialect
            ) from error
        return cursor

    def _bind(self, given: dict[str, Any]) -> Any:
        values = {**self._fixed, **{name: make() for name, make in self._defaults.items()}, **given}
        for name, convert in self._into.items():
            values[name] = convert(values[name])
        return values if self._order is None else [values[name] for name in self._order]


def _row_of(names: list[str]) -> Callable[[Iterable[Any]], Any]:
    made: Any = namedtuple("Row", names)  # type: ignore[misc]
    make: Callable[[Iterable[Any]], Any] = made._make
    return make


def _default_of(column: Any) -> Callable[[], Any]:
    default = column.default
    return (lambda: default.arg(None)) if default.is_callable else (lambda: default.arg)
