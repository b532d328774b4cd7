"""What ``/readyz`` asks besides the rooms' own checks: keys that open, and tables of the newest number."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import text

from app.config import ROOT
from app.core.database import session
from app.vault import canary
from app.web import health


class MigrationsError(Exception):
    """The tables are not those of this program: run ``flask db upgrade``."""


def init_app() -> None:
    """Add both checks to ``/readyz``."""
    health.register("keys", lambda: canary.check(current_app))
    health.register("migrations", check_migrations)


def check_migrations() -> None:
    """Raise ``MigrationsError`` unless the data database stands at the number in ``migrations/HEAD``."""
    newest = (ROOT / "migrations" / "HEAD").read_text("utf-8").strip()
    if session().scalar(text("SELECT version_num FROM alembic_version")) != newest:
        raise MigrationsError
