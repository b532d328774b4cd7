"""The blueprint of the pages for strangers, and what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.accounts.services.challenges import ChallengeOver
from app.web.addresses import safe_next
from app.web.rendering import render

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from app.config import Settings

blueprint = Blueprint("accounts_public", __name__)

BEGINNINGS = {
    "give_join_code": "choose_unit",
    "create_account": "choose_unit",
    "give_reset_code": "ask_reset",
    "choose_password": "ask_reset",
    "prove_owner": "ask_reset",
    "start_anew": "choose_unit",
}


def settings() -> Settings:
    """The settings of this installation."""
    found: Settings = current_app.config["XINGFU"]
    return found


def show_code_in_demo(code: str) -> None:
    """Put a code on the next page of the demonstration, where no phone rings."""
    if settings().is_demo:
        flash(_("Demonstration: the code is %(code)s", code=code))


def keep_code(code: str) -> Response:
    """The page that shows a recovery code, the only time that it is shown; what comes next is the consent page."""
    return render("accounts/public/keep_code.html", code=code, onward=url_for("accounts_own.give_consent"))


def next_page() -> str:
    """Where the person wanted to go before she had to sign in."""
    return safe_next(request.args.get("next"))


@blueprint.errorhandler(ChallengeOver)
def begin_again(_over: ChallengeOver) -> Response:
    """A code or proof that is over leads back to the page where it began."""
    flash(_("That took a little long, so please start this step again."), "warning")
    endpoint = (request.endpoint or "").rpartition(".")[2]
    return redirect(url_for(f"accounts_public.{BEGINNINGS.get(endpoint, 'sign_in')}"), 303)
