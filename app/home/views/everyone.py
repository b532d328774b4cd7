"""The start page: one address, a page for each role and one for strangers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.current import viewer
from app.audit import reading
from app.core import clock
from app.core.permissions import Role
from app.home import services
from app.screening.views.reading import take_together
from app.web import navigation
from app.web.access import public
from app.web.context import role
from app.web.languages import chosen_language
from app.web.rendering import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask, Response

blueprint = Blueprint("home", __name__)


def init_app(app: Flask) -> None:
    """Open the page and put it first in every menu."""
    app.register_blueprint(blueprint)
    for each in Role:
        navigation.register(each, _l("Home"), "home.start", "home", 1)


@blueprint.get("/")
@public
def start() -> Response:
    """The page that suits whoever comes."""
    present = role()
    return PAGES[present]() if present else render("home/public/start.html")


def _worker() -> Response:
    day = services.worker_day(viewer())
    taken = take_together(day.latest, chosen_language()) if day.latest else None
    return render("home/worker/start.html", day=day, taken=taken, hello=_hello(viewer().name))


def _counsellor() -> Response:
    return render("home/counsellor/start.html", day=services.counsellor_day(viewer()), hello=_hello(viewer().name))


def _supervisor() -> Response:
    return render("home/supervisor/start.html", day=services.supervisor_day(viewer()), hello=_hello(viewer().name))


def _admin() -> Response:
    return render("home/admin/start.html", day=services.admin_day(viewer()), hello=_hello(viewer().name))


def _auditor() -> Response:
    day, language = services.auditor_day(), chosen_language()
    words = {line.action: reading.words(line.action, language) for line in day.lines}
    return render("home/auditor/start.html", day=day, words=words, hello=_hello(viewer().name))


PAGES: dict[Role, Callable[[], Response]] = {
    Role.WORKER: _worker,
    Role.COUNSELLOR: _counsellor,
    Role.SUPERVISOR: _supervisor,
    Role.ADMIN: _admin,
    Role.AUDITOR: _auditor,
}


def _hello(name: str | None) -> str:
    """A greeting that fits the hour on the wall, with the name where there is one."""
    hour = clock.local(clock.now()).hour
    if not name:
        return str(_("Good to see you"))
    if 5 <= hour < 12:
        return str(_("Good morning, %(name)s", name=name))
    if 12 <= hour < 18:
        return str(_("Good afternoon, %(name)s", name=name))
    return str(_("Good evening, %(name)s", name=name))
