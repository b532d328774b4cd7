"""Tiers, triage, cases and contacts.

For other rooms: ``services.recommendations_for(subject_id)`` for the worker's start page, ``services.settle_quiet()``
for the jobs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.care import models as models
from app.care.services import lectures, records
from app.notices import kinds
from app.safety import services as safety

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001
    """Open this room in the application."""
    safety.learn_caseload(records.subjects_in_care)
    kinds.register(lectures.SUGGESTION, lectures.suggestion_deliveries)
