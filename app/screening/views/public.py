"""The self-check for anybody: four questions, an answer at once, nothing stored."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request

from app.core.errors import NotFound
from app.organisations.services import unit_by_join_code
from app.screening import instruments
from app.screening.forms import Sheet, read_sheet
from app.screening.scoring import score
from app.screening.views.help_in_sight import card, keep_help_in_sight
from app.screening.views.reading import Taken, read
from app.web.access import public
from app.web.languages import chosen_language
from app.web.rendering import render, render_alike

if TYPE_CHECKING:
    from flask import Response

blueprint = Blueprint("screening_public", __name__)
blueprint.after_request(keep_help_in_sight)
CHECK = "phq4"
JOIN_CODE = re.compile(r"[2-9a-hjkmnp-z]{10}")


@blueprint.get("/q/<code>")
@public
def enter(code: str) -> Response:
    """What the code on a poster opens: the first question, at once; an unknown one, the way to the questions."""
    if _known(code) is None:
        return render("screening/public/enter.html", status=404)
    return _questions(Sheet({}, {}), code=code)


@blueprint.get("/check")
@public
def self_check() -> Response:
    """Four questions for whoever wants to know."""
    return _questions(Sheet({}, {}))


@blueprint.post("/check")
@blueprint.post("/q/<code>")
@public
def read_check(code: str | None = None) -> Response:
    """The answer, worked out and forgotten."""
    instrument = instruments.get(CHECK)
    sheet = read_sheet(instrument, request.form)
    if sheet.wrong:
        return _questions(sheet, code=code)
    taken = Taken(None, (read(score(instrument, dict(sheet.values)), chosen_language()),))
    return render("screening/public/read_check.html", taken=taken, help=card(), code=_known(code))


def _questions(sheet: Sheet, *, code: str | None = None) -> Response:
    template = "screening/public/self_check.html"
    shown: dict[str, Any] = {"instrument": instruments.get(CHECK), "sheet": sheet}
    if sheet.wrong:
        return render(template, status=422, code=_known(code), **shown)
    if code is None:
        return render_alike(template, None, {}, code=None, **shown)
    return render_alike(template, "poster", {"code": code}, **shown)


def _known(code: str | None) -> str | None:
    """The code, if a unit goes by it."""
    try:
        return unit_by_join_code(code).join_code if code and JOIN_CODE.fullmatch(code) else None
    except NotFound:
        return None
