"""One's own pages: who I am here, what I agreed to, where I am signed in, who opened my record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.accounts.current import viewer
from app.accounts.forms import ROLE_NAMES, ChangePasswordForm, ProfileForm
from app.accounts.services import consents, profiles, record_log, recovery, sessions
from app.accounts.views import browser
from app.core.errors import Malformed
from app.core.permissions import Permission
from app.web.access import requires
from app.web.addresses import safe_next
from app.web.forms import PlainForm
from app.web.numbers import row_number
from app.web.rendering import render

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("accounts_own", __name__)


@blueprint.get("/me")
@requires(Permission.OWN_DATA)
def show_profile() -> Response:
    """Everything about oneself on one page."""
    return render("accounts/own/show_profile.html", profile=profiles.profile_of(viewer()), role_names=ROLE_NAMES)


@blueprint.route("/me/profile", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def edit_profile() -> AnyResponse:
    """Name and occupation."""
    account = viewer()
    form = ProfileForm(obj=account)
    if form.validate_on_submit():
        profiles.change(account, name=form.name.data or "", occupation=form.occupation.data or None)
        flash(_("Saved."))
        return redirect(url_for(".show_profile"), 303)
    return render("accounts/own/edit_profile.html", form=form)


@blueprint.route("/consent", methods=["GET", "POST"])
@requires(Permission.TAKE_QUESTIONNAIRE)
def give_consent() -> AnyResponse:
    """Each purpose by itself; whatever is left open can be decided later."""
    account, form = viewer(), PlainForm()
    if form.validate_on_submit():
        for purpose in consents.purposes():
            if (decision := request.form.get(purpose)) in {"yes", "no"}:
                consents.decide(account, purpose, given=decision == "yes")
        return redirect(safe_next(request.args.get("next")), 303)
    decided = consents.decisions(account.id)
    purposes = consents.purposes().values()
    return render("accounts/own/give_consent.html", form=form, purposes=purposes, decided=decided)


@blueprint.post("/me/consent/<purpose>")
@requires(Permission.TAKE_QUESTIONNAIRE)
def decide_consent(purpose: str) -> AnyResponse:
    """Agree to one purpose or take it back, at once."""
    given = request.form.get("given") == "yes"
    consents.decide(viewer(), purpose, given=given)
    flash(_("Saved. You agree.") if given else _("Saved. You no longer agree, and it holds from now on."))
    return redirect(url_for(".show_profile", _anchor="consent"), 303)


@blueprint.route("/me/password", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def change_password() -> AnyResponse:
    """A new password, by the present one; it ends every other session."""
    account, form = viewer(), ChangePasswordForm()
    if form.validate_on_submit():
        try:
            recovery.change(account, form.present.data, form.password.data)
        except Malformed as refusal:
            form.form_errors.append(refusal.message)
        else:
            response = browser.sign_in(redirect(url_for(".show_profile"), 303), account)
            flash(_("Your password is changed. Other browsers are signed out."))
            return response
    shortest = recovery.shortest_password(account)
    return render("accounts/own/change_password.html", form=form, shortest=shortest)


@blueprint.post("/me/sign-out-everywhere")
@requires(Permission.OWN_DATA)
def sign_out_everywhere() -> AnyResponse:
    """End every session and forget every known browser, this one too."""
    sessions.leave_everywhere(viewer())
    response = browser.sign_out(redirect(url_for("accounts_public.sign_in"), 303))
    flash(_("You are signed out everywhere."))
    return response


@blueprint.get("/me/openings")
@requires(Permission.TAKE_QUESTIONNAIRE)
def list_openings() -> Response:
    """Who opened my record."""
    before = request.args.get("before", type=row_number)
    found = record_log.openings_of(viewer(), before=before)
    older = found.last.seq if found.last else None
    return render(
        "accounts/own/list_openings.html",
        openings=found.rows,
        older=older,
        is_first=before is None,
        role_names=ROLE_NAMES,
    )
