"""Instruments, scoring, sittings and results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.screening import cli, models

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings

__all__ = ["models"]


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001
    """Open this room in the application."""
    app.cli.add_command(cli.instruments)
