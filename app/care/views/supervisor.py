"""What waits for a supervisor's signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.accounts.current import viewer
from app.care import services
from app.care.forms import ReasonForm
from app.care.tiers import load_table
from app.core.errors import Malformed
from app.core.permissions import Permission
from app.safety.services import staff_names
from app.web.access import requires
from app.web.languages import chosen_language
from app.web.numbers import whole_number
from app.web.rendering import render

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("care_supervisor", __name__)


@blueprint.get("/signatures")
@requires(Permission.SIGN_TIER)
def list_signatures() -> Response:
    """Tiers 3 and 4 that wait to be signed, and alerts that wait to be closed."""
    page = services.signatures(viewer(), request.args.get("page", 1, type=whole_number))
    return render(
        "care/supervisor/list_signatures.html",
        page=page,
        names=staff_names(),
        tiers=load_table().tiers,
        reasons={each.case.id: ReasonForm.about_case(each.case.id, each.case.subject_id) for each in page.rows},
        language=chosen_language(),
    )


@blueprint.post("/signatures/<uuid:case_id>/sign")
@requires(Permission.SIGN_TIER)
def sign_tier(case_id: UUID) -> AnyResponse:
    """Sign a tier."""
    services.sign_tier(services.fetch_case(case_id, viewer()), by=viewer())
    flash(_("Signed."), "success")
    return redirect(url_for(".list_signatures"))


@blueprint.post("/signatures/<uuid:case_id>/return")
@requires(Permission.SIGN_TIER)
def return_tier(case_id: UUID) -> AnyResponse:
    """Give it back with a reason."""
    case = services.fetch_case(case_id, viewer())
    form = ReasonForm()
    if not form.validate_on_submit():
        raise Malformed(_("Please say why you return it."))
    services.return_tier(case, by=viewer(), why=form.why.data)
    flash(_("Returned with your words."), "success")
    return redirect(url_for(".list_signatures"))
