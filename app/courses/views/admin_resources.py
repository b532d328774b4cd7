"""An admin's series, venues and lecturers: what lectures are planned with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.current import viewer
from app.core import clock
from app.core.permissions import Permission
from app.courses import services
from app.courses.forms import LecturerForm, SeriesForm, VenueForm
from app.courses.models import Lecturer, Series, Venue
from app.courses.services.audience import choices_of
from app.courses.views.admin import blueprint
from app.web.access import requires
from app.web.rendering import render

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from app.web.forms import Form


@dataclass(frozen=True)
class Sort:
    """One sort of resource: its table, its form, and what its pages say."""

    model: Any
    form: type[Form]
    names: tuple[str, ...]
    new: object
    change: object


SORTS = {
    "series": Sort(
        Series,
        SeriesForm,
        ("name", "starts_on", "ends_on", "target_lectures", "target_participants"),
        _l("New series"),
        _l("Change the series"),
    ),
    "venue": Sort(Venue, VenueForm, ("name", "address", "seats"), _l("New venue"), _l("Change the venue")),
    "lecturer": Sort(Lecturer, LecturerForm, ("name", "title"), _l("New lecturer"), _l("Change the lecturer")),
}


@blueprint.get("/lectures/manage/resources")
@requires(Permission.SCHEDULE_LECTURES)
def list_resources() -> Response:
    """All series, venues and lecturers that may be planned with; one's own can be changed."""
    found: dict[str, Any] = {name: choices_of(sort.model, viewer()) for name, sort in SORTS.items()}
    return render("courses/admin/list_resources.html", **found, own=services.own_units(viewer()))


@blueprint.route("/lectures/manage/resources/<any(series, venue, lecturer):sort>/new", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_LECTURES)
def add_resource(sort: str) -> AnyResponse:
    """Add one to one's branch."""
    chosen = SORTS[sort]
    form = chosen.form(data=_defaults(sort))
    if form.validate_on_submit():
        services.add(chosen.model, by=viewer(), **_values(form, chosen))
        return _saved()
    return render("courses/admin/edit_resource.html", form=form, heading=chosen.new, names=chosen.names)


@blueprint.route(
    "/lectures/manage/resources/<any(series, venue, lecturer):sort>/<uuid:row_id>", methods=["GET", "POST"]
)
@requires(Permission.SCHEDULE_LECTURES)
def edit_resource(sort: str, row_id: UUID) -> AnyResponse:
    """Change one of one's branch."""
    chosen = SORTS[sort]
    row = services.fetch_own(chosen.model, row_id, viewer())
    form = chosen.form(data={name: getattr(row, name) for name in chosen.names})
    if form.validate_on_submit():
        for name, value in _values(form, chosen).items():
            setattr(row, name, value)
        return _saved()
    return render("courses/admin/edit_resource.html", form=form, heading=chosen.change, names=chosen.names)


def _defaults(sort: str) -> dict[str, Any]:
    year = clock.today()
    if sort == "series":
        span = {"starts_on": year.replace(month=1, day=1), "ends_on": year.replace(month=12, day=31)}
        return {"target_lectures": 30, "target_participants": 2000, **span}
    return {"seats": 60}


def _values(form: Form, sort: Sort) -> dict[str, Any]:
    return {name: form[name].data for name in sort.names}


def _saved() -> AnyResponse:
    flash(_("Saved."))
    return redirect(url_for(".list_resources"), 303)
