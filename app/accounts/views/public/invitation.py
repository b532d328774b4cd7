"""The one-time link of a member of staff: a password, then her second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, url_for

from app.accounts.forms import FirstForm, StaffPasswordForm
from app.accounts.one_moment import by_turns
from app.accounts.services import sign_in, staff
from app.accounts.views import browser
from app.accounts.views.public.blueprint import blueprint, settings
from app.core.errors import Conflict, Malformed
from app.web.access import public
from app.web.limits import limiter
from app.web.rendering import render

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from app.accounts.models import Account


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@public
@limiter.limit("60 per minute")
@by_turns
def come_in(token: str) -> AnyResponse:
    """The first password of a member of staff."""
    person = staff.fetch_invited(token)
    form = FirstForm() if staff.is_unnamed(person) else StaffPasswordForm()
    if form.validate_on_submit():
        said = {field.name: field.data for field in form if field.name in {"name", "phone"}}
        try:
            account = staff.come_in(token, form.password.data, **said)
        except (Malformed, Conflict) as refusal:
            form.password.errors = [refusal.message]
        else:
            return _go_on(account)
    return render("accounts/public/come_in.html", form=form, person=person)


def _go_on(account: Account) -> AnyResponse:
    if settings().is_demo:
        return browser.sign_in(redirect("/", 303), account)
    challenge = sign_in.begin_second_factor(account, browser.asker())
    return redirect(url_for(".give_second_factor", challenge_id=challenge.id), 303)
