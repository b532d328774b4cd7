"""Tiers, triage, cases and contacts.

For other rooms: ``services.recommendations_for(subject_id)`` for the worker's start page, ``services.settle_results()``
for the jobs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from app.care import models as models
from app.care import notices, tiers
from app.care.services import lectures, records
from app.care.views import counsellor, supervisor, worker
from app.care.views.counsellor import cases as _cases
from app.care.views.counsellor import entries as _entries
from app.care.views.counsellor import lectures as _lectures
from app.care.views.counsellor import triage as _triage
from app.core.permissions import CLINICIANS, Role
from app.notices import kinds
from app.safety import services as safety
from app.unsent import services as unsent
from app.web import navigation

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001
    """Open this room in the application. Raises ``UncoveredError`` where an instrument's band leads to nobody."""
    tiers.load_table()
    for pages in (counsellor, supervisor, worker):
        app.register_blueprint(pages.blueprint)
    _fill_menus()
    unsent.name_owner("case_id", records.subject_in)
    safety.learn_caseload(records.subjects_in_care)
    kinds.register(lectures.SUGGESTION, lectures.suggestion_deliveries)
    notices.init_app()


def _fill_menus() -> None:
    for role in CLINICIANS:
        navigation.register(role, _l("My cases"), "care_counsellor.list_cases", "heart", 12)
        navigation.register(role, _l("Triage"), "care_counsellor.list_triage", "list", 20)
    navigation.register(Role.SUPERVISOR, _l("Signatures"), "care_supervisor.list_signatures", "edit", 30)


VIEWS = (_cases, _entries, _lectures, _triage)
"""Named here so that their pages are on the blueprint before it is registered."""
