"""Joining: from the poster to the first page of one's own, in three short steps."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID  # noqa: TC003 - a view's arguments

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app.accounts.forms import CodeForm, JoinForm, PhoneForm
from app.accounts.one_moment import by_turns
from app.accounts.services import challenges, phones, registration
from app.accounts.services.challenges import Purpose
from app.accounts.views import browser
from app.accounts.views.public.blueprint import blueprint, keep_code, show_code_in_demo
from app.core.errors import Conflict, Malformed, NotFound, TooMany
from app.organisations import services as organisations
from app.web.access import public
from app.web.rendering import render

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse


@blueprint.get("/join")
@public
def choose_unit() -> Response:
    """For who comes without a poster: the unions of the district to choose from."""
    return render("accounts/public/choose_unit.html", units=organisations.open_units())


@blueprint.get("/join/<code>")
@public
def welcome(code: str) -> AnyResponse:
    """What a poster leads to: who we are, what we promise, one button; a worker who is signed in goes on at home."""
    person = browser.person()
    if person is not None and not person.is_staff:
        return redirect("/", 303)
    try:
        unit = organisations.unit_by_join_code(code)
    except NotFound:
        flash(_("This poster is an old one. Please choose your union below."), "warning")
        return redirect(url_for(".choose_unit"), 303)
    return render("accounts/public/welcome.html", unit=unit)


@blueprint.route("/join/<code>/phone", methods=["GET", "POST"])
@public
def give_phone(code: str) -> AnyResponse:
    """The one thing we must know."""
    unit = organisations.unit_by_join_code(code)
    form = PhoneForm()
    if form.validate_on_submit():
        try:
            sent = registration.send_join_code(form.phone.data, unit=unit.id, asker=browser.asker())
        except TooMany as refusal:
            form.phone.errors = [refusal.message]
            return render("accounts/public/give_phone.html", form=form, status=TooMany.status, unit=unit)
        show_code_in_demo(sent.code)
        return redirect(url_for(".give_join_code", challenge_id=sent.challenge.id), 303)
    return render("accounts/public/give_phone.html", form=form, unit=unit)


@blueprint.route("/join/code/<uuid:challenge_id>", methods=["GET", "POST"])
@public
def give_join_code(challenge_id: UUID) -> AnyResponse:
    """The code that came to the phone; where the number has an account already, the person says whose it is."""
    challenge = browser.open_challenge(challenge_id, Purpose.JOIN)
    phone = phones.mask(challenge.about["phone"])
    form = CodeForm()
    if form.validate_on_submit():
        proof = registration.prove_phone(challenge, form.code.data, browser.asker())
        if proof:
            page = "prove_owner" if proof.purpose == Purpose.OWNER else "create_account"
            return redirect(url_for(f".{page}", proof_id=proof.id), 303)
        form.say_wrong()
    return render("accounts/public/give_join_code.html", form=form, challenge_id=challenge_id, phone=phone)


@blueprint.route("/join/account/<uuid:proof_id>", methods=["GET", "POST"])
@public
@by_turns
def create_account(proof_id: UUID) -> AnyResponse:
    """A password and, for who wants, a name and an occupation; then the recovery code, this once."""
    proof = browser.open_challenge(proof_id, Purpose.JOINING)
    form = JoinForm()
    if form.validate_on_submit():
        try:
            joined = registration.join(
                proof, form.password.data, occupation=form.occupation.data or None, name=form.name.data
            )
        except (Malformed, Conflict) as refusal:
            form.password.errors = [refusal.message]
        else:
            return browser.sign_in(keep_code(joined.recovery_code), joined.account, remember=True)
    return render("accounts/public/create_account.html", form=form)


@blueprint.post("/codes/<uuid:challenge_id>/again")
@public
def send_again(challenge_id: UUID) -> AnyResponse:
    """A new code, for the page on which the old one did not come."""
    challenge = browser.open_challenge(challenge_id, *challenges.SENT)
    pages = {Purpose.JOIN: "give_join_code", Purpose.DEVICE: "give_device_code", Purpose.FORGOTTEN: "give_reset_code"}
    page = pages[Purpose(challenge.purpose)]
    try:
        sent = challenges.send_again(challenge, browser.asker())
    except TooMany as refusal:
        flash(str(refusal.message), "warning")
    else:
        show_code_in_demo(sent.code)
        flash(_("A new code is on its way."))
        challenge_id = sent.challenge.id
    return redirect(url_for(f".{page}", challenge_id=challenge_id, next=request.args.get("next")), 303)
