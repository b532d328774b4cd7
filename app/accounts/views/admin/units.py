"""Units: the tree of one's branch, invitation links and posters."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from uuid import UUID  # noqa: TC003 - a view's arguments

import segno
from flask import Response, current_app, flash, redirect, url_for
from flask_babel import gettext as _

from app.accounts.current import viewer
from app.accounts.forms import KIND_NAMES, NewUnitForm, UnitForm
from app.accounts.services.members import members_of
from app.accounts.views.admin.blueprint import blueprint
from app.core.errors import NotFound
from app.core.permissions import Permission
from app.organisations import services
from app.organisations.models import CHILDREN, Unit
from app.web.access import requires
from app.web.rendering import render

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse


@blueprint.get("/units")
@requires(Permission.MANAGE_UNITS)
def list_units() -> AnyResponse:
    """The top of one's branch."""
    top = viewer().unit_id
    if top is None:
        raise NotFound
    return redirect(url_for(".show_unit", unit_id=top))


@blueprint.get("/units/<uuid:unit_id>")
@requires(Permission.MANAGE_UNITS)
def show_unit(unit_id: UUID) -> Response:
    """A unit, what lies below it, and its invitation."""
    unit = _fetch(unit_id)
    children = services.children_of(unit)
    return render(
        "accounts/admin/show_unit.html",
        unit=unit,
        above=services.ancestors_of(unit, branch=viewer().unit_id),
        children=children,
        members=members_of(unit, children.units),
        may_grow=bool(CHILDREN[unit.kind]),
        link=_link(unit),
        kind_names=KIND_NAMES,
    )


@blueprint.route("/units/<uuid:unit_id>/add", methods=["GET", "POST"])
@requires(Permission.MANAGE_UNITS)
def add_unit(unit_id: UUID) -> AnyResponse:
    """A new unit below this one."""
    parent = _fetch(unit_id)
    form = NewUnitForm().below(parent)
    if form.validate_on_submit():
        services.add_unit(form.name.data, kind=form.kind.data, parent=parent, name_en=form.name_en.data or "")
        flash(_("Added."))
        return redirect(url_for(".show_unit", unit_id=parent.id), 303)
    return render("accounts/admin/add_unit.html", form=form, parent=parent)


@blueprint.route("/units/<uuid:unit_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_UNITS)
def edit_unit(unit_id: UUID) -> AnyResponse:
    """Another name."""
    unit = _fetch(unit_id)
    form = UnitForm(obj=unit)
    if form.validate_on_submit():
        services.rename(unit, form.name.data, name_en=form.name_en.data or "")
        flash(_("Saved."))
        return redirect(url_for(".show_unit", unit_id=unit.id), 303)
    return render("accounts/admin/edit_unit.html", form=form, unit=unit)


@blueprint.get("/units/<uuid:unit_id>/poster")
@requires(Permission.MANAGE_UNITS)
def show_poster(unit_id: UUID) -> Response:
    """A poster to print: the promise, and the QR code that leads in."""
    unit = _fetch(unit_id)
    return render("accounts/admin/show_poster.html", unit=unit, link=_link(unit))


@blueprint.get("/units/<uuid:unit_id>/qr.svg")
@requires(Permission.MANAGE_UNITS)
def show_unit_qr(unit_id: UUID) -> Response:
    """The QR code of a unit's invitation."""
    drawn = BytesIO()
    segno.make(_link(_fetch(unit_id)), error="q").save(
        drawn, kind="svg", scale=8, border=2, light="#fff", xmldecl=False
    )
    return Response(drawn.getvalue(), content_type="image/svg+xml")


@blueprint.post("/units/<uuid:unit_id>/renew-link")
@requires(Permission.MANAGE_UNITS)
def renew_link(unit_id: UUID) -> AnyResponse:
    """A new link; posters with the old one stop working."""
    unit = _fetch(unit_id)
    services.renew_join_code(unit)
    flash(_("The link is new. Please print the poster again."))
    return redirect(url_for(".show_unit", unit_id=unit.id), 303)


def _fetch(unit_id: UUID) -> Unit:
    if unit_id == viewer().unit_id:
        services.require_placed(unit_id)
    return services.fetch_unit(unit_id, branch=viewer().unit_id)


def _link(unit: Unit) -> str:
    return f"{current_app.config['XINGFU'].base_url}{url_for('accounts_public.welcome', code=unit.join_code)}"
