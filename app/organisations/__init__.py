"""The unit tree and the occupational groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.organisations import models as models

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Open this room in the application."""
