"""Answering with a page: ``return render("courses/worker/show_lecture.html", form=form, lecture=lecture)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, current_app, make_response, render_template, request, session
from flask_wtf.csrf import generate_csrf

from app.web.context import preferences

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from app.web.forms import Form

UNPROCESSABLE = 422
KEPT = 200
MARK = "\0{}\0"


def render(template: str, *, form: Form | None = None, status: int | None = None, **context: Any) -> Response:
    """The page; with status 422 where ``form`` was sent and refused, unless ``status`` says otherwise."""
    if status is None:
        status = UNPROCESSABLE if form is not None and form.errors else 200
    if form is not None:
        context["form"] = form
    return make_response(render_template(template, **context), status)


def render_alike(template: str, variant: Hashable, own: Mapping[str, str], **context: Any) -> Response:
    """A page that is the same for everybody up to a few strings, rendered once for each variant and look.

    ``own`` names what differs from one person to the next (an id in a link, a key), each a string found nowhere else on
    the page; the token against forgery is seen to. Everything else in ``context`` must follow from ``variant`` alone:
    nothing about a person may stand in such a page.
    """
    if "_flashes" in session:
        return render(template, **context)
    strings = {**own, "token": generate_csrf()}
    kind = (template, variant, preferences())
    pages: dict[Hashable, str] = current_app.extensions.setdefault("pages_alike", {})
    if kind not in pages:
        if len(pages) >= KEPT:
            pages.clear()
        pages[kind] = _hollow(render_template(template, **context), strings)
    return make_response(_filled(pages[kind], strings))


def _hollow(page: str, strings: Mapping[str, str]) -> str:
    for name, text in strings.items():
        page = page.replace(text, MARK.format(name))
    return page


def _filled(page: str, strings: Mapping[str, str]) -> str:
    for name, text in strings.items():
        page = page.replace(MARK.format(name), text)
    return page


def wants_json() -> bool:
    """Whether the request is a background fetch that reads JSON rather than a page."""
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]
