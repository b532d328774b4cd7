"""Small pages that belong to no domain: how pages look, the way out, what machines ask for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, jsonify, redirect, request
from flask_babel import gettext as _

from app.core import clock
from app.web import cookies
from app.web.access import public
from app.web.addresses import safe_next
from app.web.context import CHOICES
from app.web.rendering import render

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("web_public", __name__)
A_YEAR = timedelta(days=365)


def init_app(app: Flask) -> None:
    """Open the pages."""
    app.register_blueprint(blueprint)


@blueprint.post("/preferences")
@public
def choose_preferences() -> AnyResponse:
    """Keep language, text size and theme in this browser, and go back to the page."""
    response = redirect(safe_next(request.form.get("next")), 303)
    for name, allowed in CHOICES.items():
        if (chosen := request.form.get(name)) in allowed:
            cookies.keep(response, name, chosen, life=A_YEAR)
    return response


@blueprint.get("/bye")
@public
def leave() -> Response:
    """A page about nothing, for whoever must leave quickly."""
    return render("web/public/leave.html", today=clock.today())


@blueprint.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """What a phone needs to keep the site on its home screen."""
    icon = current_app.jinja_env.globals["asset"]("img/favicon.svg")  # type: ignore[operator]
    response = jsonify(
        name=_("Xingfu"),
        short_name=_("Xingfu"),
        start_url="/",
        display="standalone",
        background_color="#faf7f2",
        theme_color="#0f6b5f",
        icons=[{"src": icon, "sizes": "any", "type": "image/svg+xml"}],
    )
    response.content_type = "application/manifest+json"
    return response


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    """No page is for search engines."""
    return Response("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")
