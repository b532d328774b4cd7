"""Blending: on PostgreSQL, finished rows are written anew in the order of their random ids, once a night.

PostgreSQL keeps rows in the order in which they were inserted, and numbers the transactions that wrote them. Both would
pair the first results with the accounts that registered in the same order. After blending, all finished rows of two
weeks carry one transaction number and lie in the order of random ids. SQLite keeps clinical rows by id from the start.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import true

from app.core import clock
from app.core.database import changed, session
from app.screening.models import Response, Result, Sitting

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.sql.base import Executable

REACH = timedelta(days=8)


def blend() -> int:
    """Blend what this week and the week before have finished; returns the number of rows."""
    if session().get_bind().dialect.name != "postgresql":
        return 0
    finished = ((Sitting, Sitting.open.is_(False)), (Response, true()), (Result, true()))
    return sum(changed(_rewrite(model, condition)) for model, condition in finished)


def _rewrite(model: type[Sitting | Response | Result], finished: ColumnElement[bool]) -> Executable:
    table = model.__table__
    week = table.c.week >= clock.iso_week(clock.now() - REACH)
    gone = table.delete().where(week, finished).returning(*table.c).cte("gone")  # type: ignore[attr-defined]
    moved = gone.select().order_by(gone.c.id)
    return table.insert().from_select([column.name for column in table.c], moved)  # type: ignore[attr-defined,no-any-return]
