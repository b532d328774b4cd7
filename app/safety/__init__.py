"""Alerts, the duty roster and the help card.

For other rooms: ``services.raise_alert``, ``services.alerts_of``, ``services.on_duty``, ``services.escalate_due``,
``services.recipients`` (who gets ``alert.raised`` and ``alert.escalated``), ``help_card.card(language)``.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.notices import kinds
from app.safety import help_card
from app.safety import models as models
from app.safety.services import escalation

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001
    """Open this room in the application."""
    help_card.set_duty_line(settings.duty_line)
    for kind in (escalation.RAISED, escalation.ESCALATED):
        kinds.register(kind, partial(escalation.deliveries, kind))
