"""What no page of ours sends is refused before anything reads it: a body too big, too many parts, a NUL."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from flask import abort, current_app, request

from app.web.access import LARGEST_FORM, largest_body

if TYPE_CHECKING:
    from flask import Flask

NUL = "\x00"


def init_app(app: Flask) -> None:
    """Look at every request first; goes before the other hooks, which read the form themselves."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_FORM
    app.before_request(refuse_malformed)


def refuse_malformed() -> None:
    """Answer 411, 413 or 400. PostgreSQL stores no NUL, and no keyboard types one.

    No browser sends a form without its length; a proxy that buffers has it. Read up to a limit, it would be cut short.
    """
    if "Transfer-Encoding" in request.headers:
        abort(411)
    request.max_content_length = largest_body(current_app.view_functions.get(request.endpoint or ""))
    sent = chain(request.args.items(multi=True), request.form.items(multi=True), [(request.path, "")])
    if any(NUL in name or NUL in value for name, value in sent):
        abort(400)
