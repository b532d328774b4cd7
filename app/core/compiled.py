"""A statement compiled for one dialect, for the driver's cursor: what ``Hot`` and ``insert_if_absent`` stand on."""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Connection, Dialect


class Compiled:
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
