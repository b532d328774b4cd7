"""The append-only, tamper-evident log of every read and write of a clinical object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.audit import cli, refusals
from app.audit.services import act_as, acting_as, record, reference
from app.audit.views import auditor

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings

__all__ = ["act_as", "acting_as", "record", "reference"]


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001
    """Open this room in the application."""
    app.cli.add_command(cli.audit)
    auditor.init_app(app)
    refusals.init_app(app)
