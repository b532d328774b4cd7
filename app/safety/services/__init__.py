"""The use cases of safety: alerts, duty, escalation."""

from __future__ import annotations

from app.safety.services.access import answers_alerts, learn_caseload
from app.safety.services.alerts import (
    Raised,
    acknowledge,
    alerts_of,
    document,
    fetch_alert,
    fetch_open_alert,
    has_open_alert,
    open_alerts,
    propose_closing,
    raise_alert,
    return_closing,
    sign_closing,
    subjects_in_alert,
)
from app.safety.services.board import open_identity, rows_for
from app.safety.services.duty import clinicians, give_shift, on_duty, plan, roster, staff_names
from app.safety.services.escalation import deliveries, escalate_due, recipients
from app.safety.services.mending import mend

__all__ = [
    "Raised",
    "acknowledge",
    "alerts_of",
    "answers_alerts",
    "clinicians",
    "deliveries",
    "document",
    "escalate_due",
    "fetch_alert",
    "fetch_open_alert",
    "give_shift",
    "has_open_alert",
    "learn_caseload",
    "mend",
    "on_duty",
    "open_alerts",
    "open_identity",
    "plan",
    "propose_closing",
    "raise_alert",
    "recipients",
    "return_closing",
    "roster",
    "rows_for",
    "sign_closing",
    "staff_names",
    "subjects_in_alert",
]
