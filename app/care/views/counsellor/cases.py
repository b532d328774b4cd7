"""The caseload, and one case: reading it, its tier, stage, review, closing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app.accounts.current import viewer
from app.care import services
from app.care.forms import ReasonForm, ReviewForm, TierForm
from app.care.services.caseload import Show
from app.care.state import NEXT
from app.care.views.counsellor import blueprint
from app.care.views.counsellor.lines import lines
from app.care.views.counsellor.page import case_page, damaged_case_page, to_case
from app.core.permissions import Permission, Role
from app.safety.services import staff_names
from app.screening import instruments
from app.vault import VaultError, note_damage
from app.web.access import requires
from app.web.languages import chosen_language
from app.web.numbers import whole_number
from app.web.rendering import render

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse


@blueprint.get("/cases")
@requires(Permission.SEE_CASES)
def list_cases() -> Response:
    """A page of the caseload, whoever needs care first on top."""
    person, asked = viewer(), request.args
    team = person.role is Role.SUPERVISOR and asked.get("whose") != "mine"
    show, name = asked.get("show", Show.OPEN, type=Show), asked.get("name", "").strip()
    number = asked.get("page", 1, type=whole_number)
    found = services.caseload_page(person, team=team, show=show, name=name, number=number)
    return render(
        "care/counsellor/list_cases.html",
        lines=lines(found.page.rows, staff_names() if team else {}, chosen_language()),
        found=found,
        kept={"whose": asked.get("whose"), "show": None if show is Show.OPEN else show.value, "name": name or None},
        team=team,
        is_supervisor=person.role is Role.SUPERVISOR,
    )


@blueprint.get("/cases/<uuid:case_id>")
@requires(Permission.SEE_CASES)
def show_case(case_id: UUID) -> Response:
    """One person in care."""
    case = services.fetch_case(case_id, viewer())
    try:
        return case_page(case)
    except VaultError as error:
        note_damage(error)
        return damaged_case_page(case)


@blueprint.post("/cases/<uuid:case_id>/tier")
@requires(Permission.TAKE_CASE)
def confirm_tier(case_id: UUID) -> AnyResponse:
    """Confirm the tier or choose another one."""
    case = services.fetch_case(case_id, viewer())
    form = TierForm().offer(0)
    if not form.validate_on_submit():
        return case_page(case, tier=form)
    services.confirm_tier(case, form.tier.data, by=viewer(), why=form.why.data or "")
    flash(_("The tier is saved."), "success")
    return to_case(case)


@blueprint.post("/cases/<uuid:case_id>/stage")
@requires(Permission.TAKE_CASE)
def move_stage(case_id: UUID) -> AnyResponse:
    """Go on to the next stage."""
    case = services.fetch_case(case_id, viewer())
    following = NEXT.get(services.state_of(case).stage)
    if following:
        services.move_stage(case, following, by=viewer())
    return to_case(case)


@blueprint.post("/cases/<uuid:case_id>/review")
@requires(Permission.TAKE_CASE)
def set_review(case_id: UUID) -> AnyResponse:
    """Set the next review."""
    case = services.fetch_case(case_id, viewer())
    form = ReviewForm()
    if not form.validate_on_submit():
        return case_page(case, review=form)
    services.set_review(case, form.day.data, by=viewer())
    flash(_("The next review is set."), "success")
    return to_case(case)


@blueprint.post("/cases/<uuid:case_id>/close")
@requires(Permission.TAKE_CASE)
def close_case(case_id: UUID) -> AnyResponse:
    """Close a case with a reason."""
    case = services.fetch_case(case_id, viewer())
    form = ReasonForm()
    if not form.validate_on_submit():
        return case_page(case, closing=form)
    services.close_case(case, by=viewer(), why=form.why.data)
    flash(_("The case is closed."), "success")
    return redirect(url_for(".list_cases"))


@blueprint.post("/cases/<uuid:case_id>/reopen")
@requires(Permission.TAKE_CASE)
def reopen_case(case_id: UUID) -> AnyResponse:
    """Open a closed case again."""
    case = services.fetch_case(case_id, viewer())
    form = ReasonForm()
    if not form.validate_on_submit():
        return case_page(case, closing=form)
    services.reopen_case(case, by=viewer(), why=form.why.data)
    flash(_("The case is open again."), "success")
    return to_case(case)


@blueprint.get("/cases/<uuid:case_id>/answers/<uuid:result_id>")
@requires(Permission.SEE_CASES)
def read_answers(case_id: UUID, result_id: UUID) -> Response:
    """The answers behind one result, an act of its own in the log."""
    case = services.fetch_case(case_id, viewer())
    view, answers = services.read_answers(case, result_id)
    return render(
        "care/counsellor/read_answers.html",
        case=case,
        result=view,
        answers=answers,
        instrument=instruments.get(answers.instrument),
        language=chosen_language(),
    )
