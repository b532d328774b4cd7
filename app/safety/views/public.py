"""The help page: open to everybody, and there even when the database is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from app.safety import help_card as texts
from app.web.access import public
from app.web.languages import chosen_language
from app.web.rendering import render

if TYPE_CHECKING:
    from flask import Response

blueprint = Blueprint("safety_public", __name__)


@blueprint.get("/help")
@public
def help_card() -> Response:
    """Four numbers, one tap away."""
    return render("safety/public/help_card.html", card=texts.card(chosen_language()))
