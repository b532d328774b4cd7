"""Alerts, the duty roster and the help card.

For other rooms: ``services.raise_alert``, ``services.alerts_of``, ``services.on_duty``, ``services.escalate_due``,
``services.recipients`` (who gets ``alert.raised`` and ``alert.escalated``), ``help_card.card(language)``.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from app.core.permissions import CLINICIANS
from app.notices import kinds
from app.safety import help_card
from app.safety import models as models
from app.safety.services import alerts, escalation
from app.safety.views import public, staff
from app.unsent import services as unsent
from app.web import navigation
from app.web.languages import chosen_language

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Open this room in the application."""
    app.register_blueprint(public.blueprint)
    app.register_blueprint(staff.blueprint)
    help_card.set_duty_line(settings.duty_line)
    app.jinja_env.globals["help_now"] = lambda: help_card.card(chosen_language())
    unsent.name_owner("alert_id", alerts.subject_in)
    for kind in (escalation.RAISED, escalation.ESCALATED):
        kinds.register(kind, partial(escalation.deliveries, kind))
    for role in CLINICIANS:
        navigation.register(role, _l("Alerts"), "safety_staff.list_alerts", "alert", 15)
        navigation.register(role, _l("Duty roster"), "safety_staff.show_roster", "clock", 60)
