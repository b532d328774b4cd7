"""A person's own notices, for every role."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask_babel import lazy_gettext as _l

from app.core.permissions import STAFF, Permission
from app.notices import services, texts
from app.vault import VaultError, note_damage
from app.web import navigation
from app.web.access import person_id, requires
from app.web.languages import chosen_language
from app.web.rendering import render

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask, Response
    from werkzeug.wrappers import Response as AnyResponse

    from app.notices.models import Notice

blueprint = Blueprint("notices_own", __name__)


class Line(NamedTuple):
    """A notice as its owner reads it."""

    words: str
    href: str | None
    at: datetime
    is_new: bool


def init_app(app: Flask) -> None:
    """Open the page and put it into the menus of staff; a worker finds it behind the bell."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["unread_notices"] = lambda: services.count_unread(person_id())
    for role in STAFF:
        navigation.register(role, _l("Notices"), "notices_own.list_notices", "bell", 80)


@blueprint.get("/notices")
@requires(Permission.SIGNED_IN)
def list_notices() -> Response:
    """The newest notices first, a page at a time."""
    before = request.args.get("before", type=UUID)
    found = services.notices_of(person_id(), before=before)
    older = found.last.id.hex if found.last else None
    newest = next((notice.id.hex for notice in found.rows if notice.read_at is None), None)
    lines = [_line(notice) for notice in found.rows]
    return render("notices/own/list_notices.html", lines=lines, older=older, newest=newest, first=before is None)


@blueprint.post("/notices/read")
@requires(Permission.SIGNED_IN)
def mark_read() -> AnyResponse:
    """Mark everything that was shown as read."""
    until = request.form.get("until", type=UUID)
    if until is not None:
        services.mark_read(person_id(), until=until)
    return redirect(url_for(".list_notices"), 303)


def _line(notice: Notice) -> Line:
    try:
        said = notice.said
    except VaultError as error:
        note_damage(error)
        return Line(str(_l("This notice cannot be read at present.")), None, notice.created_at, notice.read_at is None)
    text = texts.words(said["text"], said["values"], chosen_language())
    door = texts.known()[said["text"]].door
    return Line(text, navigation.door(door) if door else None, notice.created_at, notice.read_at is None)
