"""For who cannot come in: phone, code, a proof of who she is where the browser is not known, a new password."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID  # noqa: TC003 - a view's arguments

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from app.accounts.forms import AnewForm, CodeForm, OwnerForm, PasswordForm, PhoneForm
from app.accounts.one_moment import by_turns
from app.accounts.services import ownership, phones, recovery, registration
from app.accounts.services.challenges import Purpose
from app.accounts.views import browser
from app.accounts.views.public.blueprint import blueprint, show_code_in_demo
from app.core.errors import Conflict, Malformed, TooMany
from app.web.access import public
from app.web.rendering import render

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from app.accounts.models import Challenge
    from app.accounts.services.recovery import Reset


@blueprint.route("/forgotten", methods=["GET", "POST"])
@public
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
    """The code that came to the phone; only on a known browser is it enough."""
    challenge = browser.open_challenge(challenge_id, Purpose.FORGOTTEN)
    phone = phones.mask(challenge.about["phone"])
    form = CodeForm()
    if form.validate_on_submit():
        proof = recovery.prove_phone(challenge, form.code.data, device=browser.device(), asker=browser.asker())
        if proof:
            page = "choose_password" if proof.purpose == Purpose.RESET else "prove_owner"
            return redirect(url_for(f".{page}", proof_id=proof.id), 303)
        form.say_wrong()
    return render("accounts/public/give_reset_code.html", form=form, challenge_id=challenge_id, phone=phone)


@blueprint.route("/forgotten/who/<uuid:proof_id>", methods=["GET", "POST"])
@public
@by_turns
def prove_owner(proof_id: UUID) -> AnyResponse:
    """The number is proven, the person is not yet; the page is the same whether or not there is an account."""
    proof = browser.open_challenge(proof_id, Purpose.OWNER)
    may_join, form = "unit" in proof.about, OwnerForm()
    phone = phones.mask(proof.about["phone"])
    if form.validate_on_submit():
        owner = _prove(proof, form)
        if owner:
            return redirect(url_for(".choose_password", proof_id=owner.id), 303)
    anew = AnewForm(formdata=None)
    return render(
        "accounts/public/prove_owner.html", form=form, anew=anew, may_join=may_join, phone=phone, proof_id=proof_id
    )


def _prove(proof: Challenge, form: OwnerForm) -> Challenge | None:
    former, secret = form.former.data or None, form.secret.data
    try:
        owner = ownership.prove(proof, secret, former=former, device=browser.device(), asker=browser.asker())
    except TooMany as refusal:
        form.secret.errors = [refusal.message]
        return None
    if owner is None:
        form.secret.errors = [_("This does not fit. Please check the digits, and the number your account has.")]
    return owner


@blueprint.post("/forgotten/new/<uuid:proof_id>")
@public
def start_anew(proof_id: UUID) -> AnyResponse:
    """The number is mine now and I am new: on to an account of my own."""
    proof, form = browser.open_challenge(proof_id, Purpose.OWNER), AnewForm()
    if not form.validate_on_submit():
        flash(_("Please tick the box if this number is yours now and you are new here."), "warning")
        return redirect(url_for(".prove_owner", proof_id=proof_id), 303)
    joining = registration.start_anew(proof, browser.asker())
    return redirect(url_for(".create_account", proof_id=joining.id), 303)


@blueprint.route("/forgotten/password/<uuid:proof_id>", methods=["GET", "POST"])
@public
@by_turns
def choose_password(proof_id: UUID) -> AnyResponse:
    """A new password, which ends every session."""
    proof = browser.open_challenge(proof_id, Purpose.RESET)
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            done = recovery.reset(proof, form.password.data)
        except (Malformed, Conflict) as refusal:
            form.password.errors = [refusal.message]
        else:
            return _welcome_back(done)
    return render("accounts/public/choose_password.html", form=form)


def _welcome_back(done: Reset) -> AnyResponse:
    """A worker proved who she is: this browser becomes known, and she is in. Staff give their second factor."""
    if done.account.is_staff:
        flash(_("Your new password is set. Please sign in with it."))
        return redirect(url_for(".sign_in"), 303)
    page = render("accounts/public/keep_code.html", code=done.recovery_code, onward="/")
    return browser.sign_in(page, done.account, remember=True)
