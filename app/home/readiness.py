"""What ``/readyz`` asks besides the rooms' own checks: keys that open, and tables of the newest number.

Its cost does not grow: of the owner keys it opens a sample, drawn anew each time.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select, text

from app.accounts.models import Account
from app.audit.refusals import KEY_LOST, REFUSED, was_named_since
from app.config import ROOT
from app.core import clock
from app.core.database import session
from app.core.permissions import STAFF
from app.subjects.models import Subject
from app.vault import canary, owner_keys, rows
from app.vault.state import vault
from app.web import health

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

SAMPLE = 20
ALARM = timedelta(days=1)


class MigrationsError(Exception):
    """The tables are not those of this program: run ``flask db upgrade``."""


class KeysLostError(Exception):
    """People whose owner key is gone or does not open, although nobody destroyed it."""


class RowsForgedError(Exception):
    """Rows that were changed past the program, in the last day or at present; or that await ``flask prepare``."""


def init_app() -> None:
    """Add the checks to ``/readyz``."""
    health.register("keys", lambda: canary.check(current_app, every_key=False))
    health.register("owner_keys", check_owner_keys)
    health.register("migrations", check_migrations)
    health.register("rows", check_rows)


def check_migrations() -> None:
    """Raise ``MigrationsError`` unless the data database stands at the number in ``migrations/HEAD``."""
    newest = (ROOT / "migrations" / "HEAD").read_text("utf-8").strip()
    if session().scalar(text("SELECT version_num FROM alembic_version")) != newest:
        raise MigrationsError


def check_owner_keys() -> None:
    """Raise ``KeysLostError`` where one of a sample of people cannot be read any more, or a job found such a person.

    Where every second key is gone, a sample of 20 finds nothing once in a million times; of one key in a hundred it
    finds one in five times, and the next ones find it: it is drawn anew each time.
    """
    if owner_keys.lacking([*_ids(Account), *_ids(Subject)]) or _was_said_lately(KEY_LOST):
        raise KeysLostError


def check_rows() -> None:
    """Raise ``RowsForgedError`` where a row that opens a door does not match its seal.

    What a page or a job came across stands in the log; besides, a sample of each such table is judged, and the staff.
    """
    if rows.sealed_tables().keys() - vault().keyring.sealed_tables or _was_said_lately(REFUSED):
        raise RowsForgedError
    staff = select(*rows.columns_of(Account)).where(Account.role.in_(STAFF)).limit(10 * SAMPLE)
    judged = [(model, row) for model in rows.sealed_models() for row in _some(model, *rows.columns_of(model))]
    judged += [(Account, row) for row in session().execute(staff)]
    if not all(rows.holds(model, row) for model, row in judged):
        raise RowsForgedError


def _was_said_lately(action: str) -> bool:
    return was_named_since(clock.now() - ALARM, action)


def _ids(model: type[Any]) -> list[UUID]:
    return [row.id for row in _some(model, model.id)]


def _some(model: type[Any], *columns: Any) -> Sequence[Row[Any]]:
    """Rows from a random place of a table, found by its key."""
    lowest = session().scalar(select(model.id).order_by(model.id).limit(1))
    highest = session().scalar(select(model.id).order_by(model.id.desc()).limit(1))
    if lowest is None or highest is None:
        return ()
    start = UUID(int=random.randint(lowest.int, highest.int))  # noqa: S311 - a sample, no secret
    return session().execute(select(*columns).where(model.id >= start).order_by(model.id).limit(SAMPLE)).all()
