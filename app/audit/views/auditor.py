"""The auditor's pages."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, request
from flask_babel import lazy_gettext as _l

from app import audit
from app.audit import anchors, reading
from app.audit.services import actions
from app.core.permissions import Permission, Role
from app.web import navigation
from app.web.access import requires
from app.web.languages import chosen_language
from app.web.numbers import row_number
from app.web.rendering import render

if TYPE_CHECKING:
    from flask import Flask, Response

blueprint = Blueprint("audit_auditor", __name__)


def init_app(app: Flask) -> None:
    """Open the page."""
    app.register_blueprint(blueprint)
    navigation.register(Role.AUDITOR, _l("Audit log"), "audit_auditor.list_entries", "shield", 20)


@blueprint.get("/audit")
@requires(Permission.READ_AUDIT)
def list_entries() -> Response:
    """The newest entries first, a page at a time, by act and day."""
    action, before = request.args.get("act", ""), request.args.get("before", type=row_number)
    day = request.args.get("day", type=_day)
    found = reading.entries(before=before, action=action, day=day)
    audit.record("audit.read")
    return render(
        "audit/auditor/list_entries.html",
        lines=found.lines,
        older=found.older,
        chosen={"act": action or None, "day": day.isoformat() if day else None},
        first=before is None,
        acts=_acts(),
        anchor=anchors.last(),
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _acts() -> dict[str, str]:
    language = chosen_language()
    return {action: named[language] for action, named in actions().items()}
