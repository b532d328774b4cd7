"""One's own number and recovery code: moving to a new phone, and a new code to write down."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID  # noqa: TC003 - a view's arguments

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from app.accounts.current import viewer
from app.accounts.forms import CodeForm, MoveForm, RecoveryCodeForm
from app.accounts.services import moving, phones, recovery, recovery_codes
from app.accounts.services.challenges import ChallengeOver, Purpose
from app.accounts.views import browser
from app.accounts.views.own import blueprint
from app.accounts.views.public.blueprint import show_code_in_demo
from app.core.errors import Conflict, Malformed, TooMany
from app.core.permissions import Permission
from app.web.access import requires
from app.web.rendering import render

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse


@blueprint.route("/me/phone", methods=["GET", "POST"])
@requires(Permission.TAKE_QUESTIONNAIRE)
def move_number() -> AnyResponse:
    """A new phone number: the password now, then a code on the new number."""
    form = MoveForm()
    if form.validate_on_submit():
        try:
            sent = moving.send_move_code(viewer(), form.password.data, form.phone.data, asker=browser.asker())
        except (Malformed, TooMany) as refusal:
            form.form_errors.append(refusal.message)
        else:
            show_code_in_demo(sent.code)
            return redirect(url_for(".confirm_number", challenge_id=sent.challenge.id), 303)
    return render("accounts/own/move_number.html", form=form)


@blueprint.route("/me/phone/<uuid:challenge_id>", methods=["GET", "POST"])
@requires(Permission.TAKE_QUESTIONNAIRE)
def confirm_number(challenge_id: UUID) -> AnyResponse:
    """The code that came to the new number."""
    challenge, form = browser.open_challenge(challenge_id, Purpose.MOVE), CodeForm()
    phone = phones.mask(challenge.about["phone"])
    if form.validate_on_submit():
        try:
            moved = moving.confirm_move(viewer(), challenge, form.code.data, asker=browser.asker())
        except Conflict as refusal:
            form.code.errors = [refusal.message]
        else:
            if moved:
                flash(_("Saved. From now on you sign in with your new number."))
                return redirect(url_for(".show_profile"), 303)
            form.say_wrong()
    return render("accounts/own/confirm_number.html", form=form, phone=phone)


@blueprint.errorhandler(ChallengeOver)
def begin_again(_over: ChallengeOver) -> AnyResponse:
    """A code that is over leads back to the page where it began."""
    flash(_("That took a little long, so please start this step again."), "warning")
    return redirect(url_for("accounts_own.move_number"), 303)


@blueprint.route("/me/recovery-code", methods=["GET", "POST"])
@requires(Permission.TAKE_QUESTIONNAIRE)
def renew_code() -> AnyResponse:
    """A new recovery code, by the password; it is shown this once."""
    account, form = viewer(), RecoveryCodeForm()
    if form.validate_on_submit():
        try:
            recovery.check_password(account, form.password.data)
        except (Malformed, TooMany) as refusal:
            form.password.errors = [refusal.message]
        else:
            code = recovery_codes.renew(account)
            return render("accounts/public/keep_code.html", code=code, onward=url_for(".show_profile"))
    return render("accounts/own/renew_code.html", form=form, has_code=account.recovery is not None)
