"""The triage queue, and taking a case out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app.accounts.current import viewer
from app.care import pictures, services
from app.care.tiers import load_table
from app.care.views.counsellor import blueprint
from app.core import clock
from app.core.permissions import Permission
from app.web.access import requires
from app.web.languages import chosen_language
from app.web.numbers import whole_number
from app.web.rendering import render

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse


@blueprint.get("/triage")
@requires(Permission.TAKE_CASE)
def list_triage() -> Response:
    """Who waits for a counsellor, the most urgent first."""
    return render(
        "care/counsellor/list_triage.html",
        queue=services.queue(request.args.get("page", 1, type=whole_number)),
        tiers=load_table().tiers,
        now=clock.now(),
        band=pictures.band,
        language=chosen_language(),
    )


@blueprint.post("/triage/<uuid:subject_id>/take")
@requires(Permission.TAKE_CASE)
def take_case(subject_id: UUID) -> AnyResponse:
    """Take a person into one's care."""
    case_id = services.take_case(subject_id, by=viewer())
    flash(_("The case is yours. The first contact is the next step."), "success")
    return redirect(url_for(".show_case", case_id=case_id))
