"""The alert board, one alert, and the duty roster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.accounts.current import viewer
from app.core import clock
from app.core.errors import NotFound
from app.core.permissions import Permission, Role
from app.safety import clocks, services
from app.safety.forms import CHANNEL_NAMES, CHOICE_NAMES, KIND_NAMES, STEP_FORMS, ReturnForm
from app.safety.services import sheet
from app.safety.steps import Kind, Step
from app.web.access import requires
from app.web.languages import chosen_language
from app.web.rendering import render

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from app.safety.models import Alert
    from app.safety.services.sheet import Sheet
    from app.web.forms import Form

blueprint = Blueprint("safety_staff", __name__)


@blueprint.get("/alerts")
@requires(Permission.SEE_ALERTS)
def list_alerts() -> Response:
    """The open alerts, the one whose time runs out first on top."""
    person, now = viewer(), clock.now()
    return render(
        "safety/staff/list_alerts.html",
        rows=services.rows_for(person, names=services.staff_names()),
        on_duty=services.on_duty(now),
        answers=services.answers_alerts(person, now),
        is_supervisor=person.role is Role.SUPERVISOR,
        language=chosen_language(),
    )


@blueprint.post("/alerts/<uuid:alert_id>/acknowledge")
@requires(Permission.SEE_ALERTS)
def acknowledge_alert(alert_id: UUID) -> AnyResponse:
    """Take an alert over."""
    alert = services.fetch_open_alert(alert_id, viewer())
    services.acknowledge(alert, by=viewer())
    flash(_("The alert is yours. Taken is not resolved: please call now."), "success")
    return redirect(url_for(".show_alert", alert_id=alert_id))


@blueprint.get("/alerts/<uuid:alert_id>")
@requires(Permission.SEE_ALERTS)
def show_alert(alert_id: UUID) -> Response:
    """One alert: whose it is, what was done, what is still missing."""
    return _sheet(services.fetch_alert(alert_id, viewer()))


@blueprint.post("/alerts/<uuid:alert_id>/steps/<kind>")
@requires(Permission.SEE_ALERTS)
def document_step(alert_id: UUID, kind: str) -> AnyResponse:
    """Write down a contact, an assessment, a decision or a plan."""
    alert = services.fetch_alert(alert_id, viewer())
    if kind not in {known.value for known in STEP_FORMS}:
        raise NotFound
    form = STEP_FORMS[Kind(kind)]()
    if not form.validate_on_submit():
        return _sheet(alert, form, kind=Kind(kind))
    channel = form.channel.data if "channel" in form else ""
    step = Step(Kind(kind), clock.now(), viewer().id, form.choice.data, channel, form.text.data)
    services.document(alert, step)
    flash(_("Written down."), "success")
    return redirect(url_for(".show_alert", alert_id=alert_id))


@blueprint.post("/alerts/<uuid:alert_id>/propose")
@requires(Permission.SEE_ALERTS)
def propose_closing(alert_id: UUID) -> AnyResponse:
    """Ask a supervisor to sign."""
    services.propose_closing(services.fetch_alert(alert_id, viewer()), by=viewer())
    flash(_("A supervisor is asked to sign."), "success")
    return redirect(url_for(".show_alert", alert_id=alert_id))


@blueprint.post("/alerts/<uuid:alert_id>/sign")
@requires(Permission.SIGN_TIER)
def sign_closing(alert_id: UUID) -> AnyResponse:
    """Sign, and the alert is closed."""
    services.sign_closing(services.fetch_alert(alert_id, viewer()), by=viewer())
    flash(_("Signed. The alert is closed."), "success")
    return redirect(url_for(".list_alerts"))


@blueprint.post("/alerts/<uuid:alert_id>/return")
@requires(Permission.SIGN_TIER)
def return_closing(alert_id: UUID) -> AnyResponse:
    """Give the closing back with a reason."""
    alert = services.fetch_alert(alert_id, viewer())
    form = ReturnForm()
    if not form.validate_on_submit():
        return _sheet(alert, returning=form)
    services.return_closing(alert, by=viewer(), reason=form.reason.data)
    flash(_("Returned with your words."), "success")
    return redirect(url_for(".show_alert", alert_id=alert_id))


@blueprint.get("/duty")
@requires(Permission.SEE_ALERTS)
def show_roster() -> Response:
    """Who is on duty in the next fourteen days; a supervisor may change it."""
    language = chosen_language()
    return render(
        "safety/staff/show_roster.html",
        days=services.roster(),
        heads=[_("Day"), *(shift.name(language) for shift in clocks.shifts())],
        clinicians=[(account.id, account.name) for account in services.clinicians()],
        may_plan=viewer().role is Role.SUPERVISOR,
        language=language,
    )


@blueprint.post("/duty")
@requires(Permission.PLAN_DUTY)
def plan_roster() -> AnyResponse:
    """Store the roster."""
    changed = services.plan(request.form)
    flash(_("The roster is saved: %(shifts)s shifts changed.", shifts=changed), "success")
    return redirect(url_for(".show_roster"))


def _wanted(read: Sheet) -> Kind | None:
    """The step whose form the page offers first."""
    asked, state = request.args.get("step"), read.state
    kinds = [kind for kind in STEP_FORMS if kind.value == asked] or [k for k in state.missing if k in STEP_FORMS]
    return kinds[0] if read.alert.open and kinds and state.has(Kind.ACKNOWLEDGED) else None


def _sheet(
    alert: Alert, form: Form | None = None, *, kind: Kind | None = None, returning: Form | None = None
) -> Response:
    """The page; where nothing was sent, with the form of the step that comes next."""
    read = sheet.read(alert, viewer())
    kind = kind or _wanted(read)
    if form is None and returning is None and kind:
        form = STEP_FORMS[kind](formdata=None)
    return render(
        "safety/staff/show_alert.html",
        form=form,
        status=422 if returning and returning.errors else None,
        sheet=read,
        kind=kind,
        kinds=tuple(STEP_FORMS),
        returning=returning or ReturnForm(formdata=None),
        kind_names=KIND_NAMES,
        choice_names=CHOICE_NAMES,
        channel_names=CHANNEL_NAMES,
        language=chosen_language(),
    )
