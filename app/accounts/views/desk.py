"""The desk: two members of staff let a person in again who stands before them with her identity card."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID  # noqa: TC003 - a view's arguments

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _

from app.accounts.current import viewer
from app.accounts.forms import DeskForm
from app.accounts.services import desk, phones, staff
from app.core.errors import TooMany
from app.core.permissions import Permission
from app.web.access import requires
from app.web.rendering import render

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("accounts_desk", __name__)


@blueprint.route("/recoveries", methods=["GET", "POST"])
@requires(Permission.RECOVER_ACCOUNT)
def list_recoveries() -> AnyResponse:
    """Look a person up by a number she has or had; and what waits for a second person."""
    form = DeskForm()
    found = None
    if form.validate_on_submit():
        try:
            found = desk.find(form.phone.data, viewer())
        except TooMany as refusal:
            form.phone.errors = [refusal.message]
    return render(
        "accounts/desk/list_recoveries.html",
        form=form,
        found=found,
        waiting=desk.waiting_for(viewer()),
        own_id=viewer().id,
        units={unit.id: unit for unit in staff.units_for(viewer())},
        mask=phones.mask,
    )


@blueprint.post("/recoveries/<uuid:account_id>/start")
@requires(Permission.RECOVER_ACCOUNT)
def start_recovery(account_id: UUID) -> AnyResponse:
    """The first of two: I see her card."""
    desk.start(account_id, by=viewer())
    flash(_("Started. A second member of staff confirms it on this page, within 30 minutes."))
    return redirect(url_for(".list_recoveries"), 303)


@blueprint.post("/recoveries/<uuid:challenge_id>/confirm")
@requires(Permission.RECOVER_ACCOUNT)
def confirm_recovery(challenge_id: UUID) -> Response:
    """The second of two: I see her card as well; the code is shown this once."""
    return render("accounts/desk/confirm_recovery.html", code=desk.confirm(challenge_id, by=viewer()))
