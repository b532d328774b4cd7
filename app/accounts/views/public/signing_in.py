"""Signing in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID  # noqa: TC003 - a view's arguments

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app import audit
from app.accounts.forms import CodeForm, SignInForm
from app.accounts.one_moment import by_turns
from app.accounts.services import phones, second_factor
from app.accounts.services import sign_in as service
from app.accounts.services.challenges import ChallengeOver, Purpose
from app.accounts.views import browser
from app.accounts.views.public.blueprint import blueprint, next_page, settings, show_code_in_demo
from app.web.access import public
from app.web.rendering import render

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from app.accounts.services.sign_in import Step


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
@by_turns
def sign_in() -> AnyResponse:
    """Phone and password; the answer is the same for known and unknown phones."""
    form = SignInForm()
    if form.validate_on_submit():
        phone, password = form.phone.data, form.password.data
        step = service.begin(
            phone, password, asker=browser.asker(), device=browser.device(), ask_staff=not settings().is_demo
        )
        if answer := _answer(step):
            return answer
        form.form_errors.append(_("The phone number or the password is not right. Please check both."))
    return render("accounts/public/sign_in.html", form=form)


@blueprint.route("/sign-in/code/<uuid:challenge_id>", methods=["GET", "POST"])
@public
def give_device_code(challenge_id: UUID) -> AnyResponse:
    """The code that came to the phone, once for each new browser."""
    challenge = browser.open_challenge(challenge_id, Purpose.DEVICE)
    phone = phones.mask(challenge.about["phone"])
    form = CodeForm()
    if form.validate_on_submit():
        account = service.confirm_device(challenge, form.code.data, browser.asker())
        if account:
            return browser.sign_in(redirect(next_page(), 303), account, remember=True)
        form.say_wrong()
    return render("accounts/public/give_device_code.html", form=form, challenge_id=challenge_id, phone=phone)


@blueprint.route("/sign-in/second-factor/<uuid:challenge_id>", methods=["GET", "POST"])
@public
def give_second_factor(challenge_id: UUID) -> AnyResponse:
    """The code of the person's authenticator; who has none yet sets it up here."""
    challenge = browser.open_challenge(challenge_id, Purpose.SECOND_FACTOR)
    form = CodeForm()
    if form.validate_on_submit():
        account = service.give_second_factor(challenge, form.code.data)
        if account:
            return browser.sign_in(redirect(next_page(), 303), account, remember=True, second_factor=True)
        form.say_wrong()
        challenge = browser.open_challenge(challenge_id, Purpose.SECOND_FACTOR)
    secret = second_factor.secret_to_enrol(service.account_of(challenge))
    return render("accounts/public/give_second_factor.html", form=form, challenge_id=challenge_id, secret=secret)


@blueprint.get("/sign-in/second-factor/<uuid:challenge_id>/qr.svg")
@public
def show_second_factor(challenge_id: UUID) -> Response:
    """The picture an authenticator reads, while it is being set up."""
    challenge = browser.open_challenge(challenge_id, Purpose.SECOND_FACTOR)
    drawn = second_factor.qr_to_enrol(service.account_of(challenge))
    if drawn is None:
        raise ChallengeOver
    return Response(drawn, content_type="image/svg+xml")


@blueprint.post("/sign-out")
@public
def sign_out() -> AnyResponse:
    """End the session, here and on the server."""
    if account := browser.person():
        audit.record("account.signed_out", account.id)
    response = browser.sign_out(redirect(url_for(".sign_in"), 303))
    flash(_("You are signed out."))
    return response


def _answer(step: Step) -> AnyResponse | None:
    """Where a right password leads."""
    wanted = request.args.get("next")
    if step.account:
        return browser.sign_in(redirect(next_page(), 303), step.account)
    if step.sent:
        show_code_in_demo(step.sent.code)
        return redirect(url_for(".give_device_code", challenge_id=step.sent.challenge.id, next=wanted), 303)
    if step.second_factor:
        return redirect(url_for(".give_second_factor", challenge_id=step.second_factor.id, next=wanted), 303)
    return None
