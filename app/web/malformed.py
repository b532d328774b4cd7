"""What no page of ours sends is refused before anything reads it: a body too big, too many parts, a NUL."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from flask import abort, request

if TYPE_CHECKING:
    from flask import Flask

NUL = "\x00"
LARGEST_BODY = 12 * 1024 * 1024  # bytes; a file of 10 MB and the form around it


def init_app(app: Flask) -> None:
    """Look at every request first; goes before the other hooks, which read the form themselves."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.before_request(refuse_malformed)


def refuse_malformed() -> None:
    """Answer 413 or 400. PostgreSQL stores no NUL, and no keyboard types one."""
    sent = chain(request.args.items(multi=True), request.form.items(multi=True), [(request.path, "")])
    if any(NUL in name or NUL in value for name, value in sent):
        abort(400)
