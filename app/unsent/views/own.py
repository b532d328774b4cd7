"""What I had written: put it back, or throw it away."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, request
from flask_babel import gettext as _

from app.core import clock
from app.core.permissions import Permission
from app.unsent import services
from app.unsent.keeping import kind_of, save_draft
from app.web import typed
from app.web.access import person_id, requires
from app.web.addresses import safe_next
from app.web.languages import format_clock
from app.web.rendering import render

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from app.unsent.services import Kept

blueprint = Blueprint("unsent_own", __name__)


class Line(NamedTuple):
    """One text that may be put back: what the fields are called, not what they hold."""

    id: str
    at: datetime
    page: str
    labels: list[object]


@blueprint.get("/unsent")
@requires(Permission.SIGNED_IN)
def list_texts() -> Response:
    """What I had written when my session was over, to be put back."""
    lines = [_line(kept) for kept in services.offered(person_id())]
    return render("unsent/own/list_texts.html", lines=lines, onward=safe_next(request.args.get("next")))


@blueprint.post("/unsent/save")
@requires(Permission.SIGNED_IN)
def save_text() -> Response:
    """What I am typing, kept while I type; says when, and how long my session lives. ``stay`` asks for nothing else."""
    until = None if "stay" in request.form else save_draft()
    saved = format_clock(clock.now()) if until else ""
    return jsonify({"saved": saved, **typed.seconds_left()})


@blueprint.post("/unsent/discard")
@requires(Permission.SIGNED_IN)
def discard_text() -> AnyResponse:
    """Throw one of them away."""
    text_id = request.form.get("text", type=UUID)
    if text_id and services.discard(text_id, person_id()):
        flash(_("Thrown away."))
    return redirect(safe_next(request.form.get("next")), 303)


def _line(kept: Kept) -> Line:
    kind = kind_of(kept.origin)
    names = sorted(name for name in typed.free_fields(kind) if any(kept.values.get(name, ()))) if kind else []
    labels = [typed.label_of(kind, name) for name in names] if kind else []
    return Line(kept.origin.id.hex, kept.at, kept.origin.page, labels)
