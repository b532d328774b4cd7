"""Staff: who works in one's branch, and asking for an account."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID  # noqa: TC003 - a view's arguments

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from app.accounts.current import viewer
from app.accounts.forms import ROLE_NAMES, StaffForm
from app.accounts.models import Status
from app.accounts.services import closing, staff
from app.accounts.views.admin.blueprint import blueprint
from app.core.errors import Conflict
from app.core.permissions import Permission
from app.web.access import requires
from app.web.rendering import render

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse


@blueprint.get("/staff")
@requires(Permission.REQUEST_STAFF)
def list_staff() -> Response:
    """The staff of one's branch, and requests still open."""
    people = staff.read_list(viewer(), Status.REQUESTED, Status.INVITED, Status.ACTIVE)
    units = {unit.id: unit for unit in staff.units_for(viewer())}
    return render(
        "accounts/admin/list_staff.html",
        people=people,
        units=units,
        role_names=ROLE_NAMES,
        own_id=viewer().id,
        closing=closing.asked_for(people),
    )


@blueprint.route("/staff/request", methods=["GET", "POST"])
@requires(Permission.REQUEST_STAFF)
def request_staff() -> AnyResponse:
    """Ask for an account; a supervisor decides."""
    form = StaffForm().offer(list(staff.units_for(viewer())))
    if form.validate_on_submit():
        try:
            staff.request(form.phone.data, role=form.role.data, name=form.name.data, unit=form.unit.data, by=viewer())
        except Conflict:
            form.phone.errors = [_("This phone number has an account already.")]
            return render("accounts/admin/request_staff.html", form=form)
        flash(_("Asked. A supervisor decides."))
        return redirect(url_for(".list_staff"), 303)
    return render("accounts/admin/request_staff.html", form=form)


@blueprint.post("/staff/<uuid:account_id>/close")
@requires(Permission.REQUEST_STAFF)
def close_staff(account_id: UUID) -> AnyResponse:
    """Ask a supervisor to close an account; one that nobody used yet is closed at once."""
    closed = closing.ask(staff.fetch_staff(account_id, viewer()), by=viewer())
    flash(_("The account is closed.") if closed else _("Asked. A supervisor decides."))
    return redirect(url_for(".list_staff"), 303)
