"""People, sign-in, sessions, second factors, roles and consent; holds the sealed link to a subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.accounts import current
from app.accounts.services import passwords

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Open this room in the application."""
    passwords.set_cost(settings.argon2_kib)
    current.init_app(app)
