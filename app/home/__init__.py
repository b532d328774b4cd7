"""A start page for each role, made from the others' services; owns no table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Open this room in the application."""
