"""Hot statements: compiled once, then run past SQLAlchemy's execution, which costs four times as much as they do.

For the few statements that every request runs::

    _FETCH = Hot(select(*TABLE.c["id", "draft"]).where(TABLE.c.id == bindparam("sitting")))
    row = _FETCH.first(sitting=sitting_id)

They run in the session's transaction, with the types of their columns (a sealed column still refuses plain text) and
the same listeners (the guard between the halves, what counts statements). They load no objects and flush nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.core.compiled import Compiled
from app.core.database import session

if TYPE_CHECKING:
    from sqlalchemy import Dialect


class Hot:
    """One statement on tables (not mapped classes), without lists of parameters; values are given by name."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._compiled: dict[tuple[Dialect, frozenset[str]], Compiled] = {}

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

    def _execute(self, values: dict[str, Any]) -> tuple[Compiled, Any]:
        connection = session().connection()
        key = (connection.dialect, frozenset(values))
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = Compiled(self._statement, connection.dialect, values)
        return compiled, compiled.execute(connection, values)
