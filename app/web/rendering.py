"""Answering with a page: ``return render("courses/worker/show_lecture.html", form=form, lecture=lecture)``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from flask import Response, current_app, g, make_response, render_template, request, session
from flask_wtf.csrf import generate_csrf
from markupsafe import escape

from app.web import typed
from app.web.context import here, preferences

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from app.web.forms import Form

UNPROCESSABLE = 422
KEPT = 200
TOKEN, HERE = "csrf_token", "here"


def render(template: str, *, form: Form | None = None, status: int | None = None, **context: Any) -> Response:
    """The page; with status 422 where ``form`` was sent and refused, unless ``status`` says otherwise."""
    if status is None:
        status = UNPROCESSABLE if form is not None and form.errors else 200
    if form is not None:
        context["form"] = form
    typed.restore(context)
    return make_response(render_template(template, **context), status)


def render_alike(template: str, variant: Hashable, own: Mapping[str, Any], **context: Any) -> Response:
    """A page that is the same for everybody up to a few strings, rendered once for each variant and look.

    ``own`` are the variables that differ from one person to the next (an id in a link, a key); the CSRF token and the
    path of the page are seen to. The page is rendered with a random marker in the place of each, so nothing that came
    with a request ever stands in a kept page. Everything in ``context`` must follow from ``variant`` alone.
    """
    if "_flashes" in session:
        return render(template, **context, **own)
    strings = {**own, TOKEN: generate_csrf(), HERE: here()}
    kind = (template, variant, preferences())
    pages: dict[Hashable, Kept] = current_app.extensions.setdefault("pages_alike", {})
    if kind not in pages:
        if len(pages) >= KEPT:
            pages.clear()
        pages[kind] = _kept(template, strings, context)
    return make_response(pages[kind].filled(strings))


@dataclass(frozen=True, slots=True)
class Kept:
    """A rendered page, and the markers that stand in it, by the name of what is put in their place."""

    page: str
    markers: Mapping[str, str]

    def filled(self, strings: Mapping[str, str]) -> str:
        """The page with these strings, each escaped, in the places of the markers."""
        page = self.page
        for name, marker in self.markers.items():
            page = page.replace(marker, escape(strings[name]))
        return page


def _kept(template: str, names: Iterable[str], context: Mapping[str, Any]) -> Kept:
    """Render with a random id for each name: it fits wherever an id or a code does, and nobody can send it."""
    markers = {name: str(uuid4()) for name in names}
    token = getattr(g, TOKEN)
    setattr(g, TOKEN, markers[TOKEN])
    try:
        variables = {name: marker for name, marker in markers.items() if name != TOKEN}
        return Kept(render_template(template, **{**context, **variables}), markers)
    finally:
        setattr(g, TOKEN, token)


def wants_json() -> bool:
    """Whether the request is a background fetch that reads JSON rather than a page."""
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]
