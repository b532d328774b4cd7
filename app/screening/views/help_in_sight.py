"""Whatever fails, whoever has just said that she thinks of dying sees the help card in the same answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from app.safety import help_card
from app.screening import instruments
from app.screening.forms import read_safety
from app.web.languages import chosen_language
from app.web.rendering import wants_json

if TYPE_CHECKING:
    from app.safety.help_card import HelpCard

REFUSED, FAILED, UNAVAILABLE = 400, 500, 503
SHOWN = b'class="help-card"'


def card() -> HelpCard:
    """The help card in the person's language; it comes from memory."""
    return help_card.card(chosen_language())


def card_html() -> str:
    """The card as a piece of a page, for a background reply."""
    return render_template("screening/components/card.html", help=card())


def keep_help_in_sight(response: Response) -> Response:
    """Put the card into an answer that refuses or fails, when what was sent calls for it. Needs no database."""
    if request.method != "POST" or response.status_code < REFUSED or not _called_for():
        return response
    if response.status_code < FAILED and SHOWN in response.get_data():
        return response
    if wants_json():
        said = response.get_json(silent=True) or {}
        replaced = jsonify(said | {"saved": False, "help_card": card_html()})
    else:
        replaced = make_response(render_template("screening/components/not_stored.html", help=card()))
    replaced.status_code = UNAVAILABLE if response.status_code >= FAILED else response.status_code
    return replaced


def _called_for() -> bool:
    code = (request.view_args or {}).get("instrument", "")
    instrument = instruments.load_all().get(code)
    return instrument is not None and (_is_unreadable() or bool(read_safety(instrument, request.form)))


def _is_unreadable() -> bool:
    """Whether nobody can say what was sent; then it may have been anything."""
    try:
        return request.form is None
    except HTTPException:
        return True
