"""What ``/readyz`` asks besides the rooms' own checks: keys that open, and tables of the newest number.

Its cost does not grow: of the owner keys it opens a sample, drawn anew each time.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select, text

from app.accounts.models import Account
from app.config import ROOT
from app.core.database import session
from app.subjects.models import Subject
from app.vault import canary, owner_keys
from app.web import health

if TYPE_CHECKING:
    from collections.abc import Sequence

SAMPLE = 20


class MigrationsError(Exception):
    """The tables are not those of this program: run ``flask db upgrade``."""


class KeysLostError(Exception):
    """People whose owner key is gone or does not open, although nobody destroyed it."""


def init_app() -> None:
    """Add the checks to ``/readyz``."""
    health.register("keys", lambda: canary.check(current_app, every_key=False))
    health.register("owner_keys", check_owner_keys)
    health.register("migrations", check_migrations)


def check_migrations() -> None:
    """Raise ``MigrationsError`` unless the data database stands at the number in ``migrations/HEAD``."""
    newest = (ROOT / "migrations" / "HEAD").read_text("utf-8").strip()
    if session().scalar(text("SELECT version_num FROM alembic_version")) != newest:
        raise MigrationsError


def check_owner_keys() -> None:
    """Raise ``KeysLostError`` where one of a sample of people cannot be read any more.

    Where every second key is gone, a sample of 20 finds nothing once in a million times; of one key in a hundred it
    finds one in five times, and the next ones find it: it is drawn anew each time.
    """
    if owner_keys.lacking([*_some(Account), *_some(Subject)]):
        raise KeysLostError


def _some(model: type[Any]) -> Sequence[UUID]:
    """Ids from a random place of a table, found by its key."""
    lowest = session().scalar(select(model.id).order_by(model.id).limit(1))
    highest = session().scalar(select(model.id).order_by(model.id.desc()).limit(1))
    if lowest is None or highest is None:
        return ()
    start = UUID(int=random.randint(lowest.int, highest.int))  # noqa: S311 - a sample, no secret
    return session().scalars(select(model.id).where(model.id >= start).order_by(model.id).limit(SAMPLE)).all()
