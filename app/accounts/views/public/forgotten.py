"""A forgotten password: phone, code, a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID  # noqa: TC003 - a view's arguments

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from app.accounts.forms import CodeForm, PasswordForm, PhoneForm
from app.accounts.services import phones, recovery
from app.accounts.services.challenges import Purpose
from app.accounts.views import browser
from app.accounts.views.public.blueprint import blueprint, show_code_in_demo
from app.core.errors import Malformed, TooMany
from app.web.access import public
from app.web.limits import limiter
from app.web.rendering import render

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from app.accounts.models import Account


@blueprint.route("/forgotten", methods=["GET", "POST"])
@public
@limiter.limit("120 per minute", methods=["POST"])
def ask_reset() -> AnyResponse:
    """The phone to which a code goes; the answer is the same for known and unknown phones."""
    form = PhoneForm()
    if form.validate_on_submit():
        try:
            sent = recovery.send_reset_code(form.phone.data, device=browser.device(), asker=browser.asker())
        except TooMany as refusal:
            form.phone.errors = [refusal.message]
            return render("accounts/public/ask_reset.html", form=form, status=TooMany.status)
        show_code_in_demo(sent.code)
        return redirect(url_for(".give_reset_code", challenge_id=sent.challenge.id), 303)
    return render("accounts/public/ask_reset.html", form=form)


@blueprint.route("/forgotten/code/<uuid:challenge_id>", methods=["GET", "POST"])
@public
def give_reset_code(challenge_id: UUID) -> AnyResponse:
    """The code that came to the phone; who has no account is invited to join."""
    challenge = browser.open_challenge(challenge_id, Purpose.FORGOTTEN)
    phone = phones.mask(challenge.about["phone"])
    form = CodeForm()
    if form.validate_on_submit():
        proof = recovery.prove_phone(challenge, form.code.data, browser.asker())
        if proof and recovery.find_account(proof) is None:
            flash(_("This phone has no account yet. Joining takes a minute."))
            return redirect(url_for(".choose_unit"), 303)
        if proof:
            return redirect(url_for(".choose_password", proof_id=proof.id), 303)
        form.say_wrong()
    return render("accounts/public/give_reset_code.html", form=form, challenge_id=challenge_id, phone=phone)


@blueprint.route("/forgotten/password/<uuid:proof_id>", methods=["GET", "POST"])
@public
def choose_password(proof_id: UUID) -> AnyResponse:
    """A new password, which ends every session."""
    proof = browser.open_challenge(proof_id, Purpose.RESET)
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            account = recovery.reset(proof, form.password.data)
        except Malformed as refusal:
            form.password.errors = [refusal.message]
        else:
            return _welcome_back(account)
    return render("accounts/public/choose_password.html", form=form)


def _welcome_back(account: Account) -> AnyResponse:
    """A worker proved her phone just now: this browser becomes known, and she is in. Staff give their second factor."""
    if account.is_staff:
        flash(_("Your new password is set. Please sign in with it."))
        return redirect(url_for(".sign_in"), 303)
    response = browser.sign_in(redirect("/", 303), account, remember=True)
    flash(_("Your new password is set. You are signed in."))
    return response
