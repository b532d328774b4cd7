"""Answering with a page: ``return render("courses/worker/book_seat.html", form=form, lecture=lecture)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, make_response, render_template, request

if TYPE_CHECKING:
    from app.web.forms import Form

UNPROCESSABLE = 422


def render(template: str, *, form: Form | None = None, status: int | None = None, **context: Any) -> Response:
    """The page; with status 422 where ``form`` was sent and refused, unless ``status`` says otherwise."""
    if status is None:
        status = UNPROCESSABLE if form is not None and form.errors else 200
    if form is not None:
        context["form"] = form
    return make_response(render_template(template, **context), status)


def wants_json() -> bool:
    """Whether the request is a background fetch that reads JSON rather than a page."""
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]
