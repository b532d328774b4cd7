"""The second approval of staff accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID  # noqa: TC003 - a view's arguments

from flask import Blueprint, current_app, flash, redirect, url_for
from flask_babel import gettext as _

from app.accounts.current import viewer
from app.accounts.forms import ROLE_NAMES
from app.accounts.models import Status
from app.accounts.services import closing, staff
from app.core.permissions import Permission
from app.web.access import requires
from app.web.rendering import render

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from app.accounts.services.staff import Invited

blueprint = Blueprint("accounts_supervisor", __name__)


@blueprint.get("/staff/approvals")
@requires(Permission.APPROVE_STAFF)
def list_requests() -> Response:
    """Requests to decide, and people who did not use their link yet."""
    closings = closing.waiting_for(viewer())
    people = staff.read_list(viewer(), Status.REQUESTED, Status.INVITED, also=[each.account for each in closings])
    units = {unit.id: unit for unit in staff.units_for(viewer())}
    return render(
        "accounts/supervisor/list_requests.html",
        people=people,
        units=units,
        role_names=ROLE_NAMES,
        closings=closings,
    )


@blueprint.post("/staff/<uuid:account_id>/approve")
@requires(Permission.APPROVE_STAFF)
def approve_staff(account_id: UUID) -> Response:
    """Say yes; the link is shown once, to be handed over in person."""
    return _hand_over(staff.approve(staff.fetch_staff(account_id, viewer()), by=viewer()))


@blueprint.post("/staff/<uuid:account_id>/invite-again")
@requires(Permission.APPROVE_STAFF)
def invite_again(account_id: UUID) -> Response:
    """A new link for who did not use the first one in time."""
    return _hand_over(staff.invite_again(staff.fetch_staff(account_id, viewer())))


@blueprint.post("/staff/<uuid:account_id>/refuse")
@requires(Permission.APPROVE_STAFF)
def refuse_staff(account_id: UUID) -> AnyResponse:
    """Say no."""
    person = staff.fetch_staff(account_id, viewer())
    staff.refuse(person, by=viewer())
    flash(_("The request is refused."))
    return redirect(url_for(".list_requests"), 303)


@blueprint.post("/staff/closings/<uuid:challenge_id>/confirm")
@requires(Permission.APPROVE_STAFF)
def confirm_closing(challenge_id: UUID) -> AnyResponse:
    """Close an account as the second person."""
    closing.confirm(challenge_id, by=viewer())
    flash(_("The account is closed."))
    return redirect(url_for(".list_requests"), 303)


@blueprint.post("/staff/closings/<uuid:challenge_id>/keep")
@requires(Permission.APPROVE_STAFF)
def keep_account(challenge_id: UUID) -> AnyResponse:
    """Leave the account as it is."""
    closing.keep(challenge_id, by=viewer())
    flash(_("The account stays open."))
    return redirect(url_for(".list_requests"), 303)


def _hand_over(invited: Invited) -> Response:
    address = url_for("accounts_public.come_in", token=invited.token)
    link = f"{current_app.config['XINGFU'].base_url}{address}"
    return render("accounts/supervisor/approve_staff.html", person=invited.account, link=link)
