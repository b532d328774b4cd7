"""Blending: on PostgreSQL, rows are written anew in the order of their random ids, once a night.

PostgreSQL keeps rows in the order in which they were written, and numbers the transactions that wrote them. Both would
pair the first results with the accounts that registered in the same order. After blending, all rows of two weeks, and
all open ones, carry one transaction number a table and lie in the order of random ids. SQLite keeps such rows by id
from the start.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import false, or_, text, true

from app.audit.models import Mention
from app.care.models import Case, CaseEntry, Recommendation
from app.core import clock
from app.core.database import changed, db, session, table_of, transaction
from app.safety.models import Alert
from app.screening.models import Result, Sitting

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.sql.base import Executable

    from app.core.database import Base

REACH = timedelta(days=8)
BLENDED: tuple[tuple[type[Base], ColumnElement[bool], ColumnElement[bool]], ...] = (
    (Sitting, Sitting.open.is_(False), false()),
    *((model, true(), false()) for model in (Result, Mention, CaseEntry)),
    *((model, true(), model.open.is_(True)) for model in (Recommendation, Case, Alert)),
)
"""Which rows of which tables: of the last two weeks, and besides, however old they are."""


def blend() -> int:
    """Blend what was written this week and the week before, and what is open; returns the number of rows."""
    if db.engine.dialect.name != "postgresql":
        return 0
    return sum(_blend(*each) for each in BLENDED)


def _blend(model: type[Base], finished: ColumnElement[bool], besides: ColumnElement[bool]) -> int:
    with transaction():
        # A writer would find that its row is gone: so it waits, and then sees the row at its new place.
        session().execute(text(f'LOCK TABLE "{table_of(model).name}" IN EXCLUSIVE MODE'))
        return changed(_rewrite(model, finished, besides))


def _rewrite(model: type[Base], finished: ColumnElement[bool], besides: ColumnElement[bool]) -> Executable:
    table: Any = table_of(model)
    recent = table.c.week >= clock.iso_week(clock.now() - REACH)
    gone = table.delete().where(or_(recent & finished, besides)).returning(*table.c).cte("gone")
    moved = gone.select().order_by(gone.c.id)
    made: Executable = table.insert().from_select([column.name for column in table.c], moved)
    return made
