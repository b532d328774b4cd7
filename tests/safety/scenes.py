"""States of an alert, made through the services."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from app.core import clock
from app.core.database import session, transaction
from app.safety import services
from app.safety.models import Alert
from app.safety.steps import Kind, Step

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from flask import Flask

    from app.accounts.models import Account


def raised(app: Flask, subject_id: UUID, *, source: str = "sitting:1", value: int = 1) -> UUID:
    """An alert from the ninth question."""
    with app.app_context(), transaction():
        return services.raise_alert(subject_id, source=source, instrument="phq9", item="q9", value=value).alert_id


def on_duty(app: Flask, account: Account, *, at: datetime | None = None) -> None:
    """Put somebody on duty for the hours around a moment."""
    moment = at or clock.now()
    with app.app_context(), transaction():
        services.give_shift(account, starts=moment - timedelta(hours=6), ends=moment + timedelta(hours=6))


def acknowledged(app: Flask, subject_id: UUID, by: Account) -> UUID:
    """An alert that somebody took."""
    alert_id = raised(app, subject_id)
    with app.app_context(), transaction():
        services.acknowledge(session().get_one(Alert, alert_id), by=by)
    return alert_id


def documented(app: Flask, subject_id: UUID, by: Account) -> UUID:
    """An alert with all that closing needs."""
    alert_id = acknowledged(app, subject_id, by)
    with app.app_context(), transaction():
        alert = session().get_one(Alert, alert_id)
        for kind, choice, channel in STEPS:
            services.document(alert, Step(kind, clock.now(), by.id, choice, channel, "已记录"))
    return alert_id


def proposed(app: Flask, subject_id: UUID, by: Account) -> UUID:
    """An alert whose closing waits for a signature."""
    alert_id = documented(app, subject_id, by)
    with app.app_context(), transaction():
        services.propose_closing(session().get_one(Alert, alert_id), by=by)
    return alert_id


STEPS = (
    (Kind.CONTACT, "reached", "phone"),
    (Kind.ASSESSMENT, "medium", ""),
    (Kind.DECISION, "accompany", ""),
    (Kind.PLAN, "safety_plan", ""),
)
