"""The page "one moment": who finds all turns taken is let in a little later, by herself, with what she typed.

What she sent stays in her own browser as a sealed cookie that nobody but this program can open, and nowhere else: no
row, no file, nothing lost when a process ends. The page asks its browser to come back at the promised moment (a header,
so it works without JavaScript), and what she sent is then taken as if she had sent it at that moment: the token against
forged requests is part of it, so it counts in this browser alone.
"""

from __future__ import annotations

import math
from datetime import timedelta
from functools import wraps
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from flask import g, make_response, request
from flask_babel import gettext as _
from werkzeug.http import parse_cookie

from app.accounts.services.turns import LINE, NotYet
from app.core import clock
from app.core.errors import Unavailable
from app.vault import VaultError, open_token, seal_token
from app.web import cookies
from app.web.errors import show_refusal
from app.web.rendering import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Flask, Response

COOKIE = "xf_moment"
PURPOSE = "one moment"
KEPT = "xingfu.kept"
LONGEST = 3_800  # characters; browsers keep cookies of 4,096 bytes
LATE = timedelta(minutes=2)  # how late somebody may come to her moment
ACCEPTED = 202
FORM = "application/x-www-form-urlencoded"


class Kept(NamedTuple):
    """A form that was sent and waits for its moment (seconds since the epoch): where to, and what was in it."""

    path: str
    query: str
    body: str
    due: float


def init_app(app: Flask) -> None:
    """Take kept forms again, and answer who has to wait."""
    app.wsgi_app = Door(app, app.wsgi_app)  # type: ignore[method-assign]
    app.register_error_handler(NotYet, ask_to_wait)
    app.after_request(forget)


def by_turns(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let the forms of a view, which hash a password, in one at a time; below the guard."""

    @wraps(view)
    def enter(**kwargs: Any) -> Any:
        if request.method != "POST":
            return view(**kwargs)
        kept: Kept | None = request.environ.get(KEPT)
        with LINE.turn(kept.due if kept else None):
            return make_response(view(**kwargs))

    return enter


class Door:
    """Where a browser comes back with a form that was kept, its form is what comes in."""

    def __init__(self, app: Flask, inside: WSGIApplication) -> None:
        self._app = app
        self._inside = inside

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if environ["REQUEST_METHOD"] == "GET" and COOKIE in environ.get("HTTP_COOKIE", ""):
            with self._app.app_context():
                kept = _kept(environ)
            if kept:
                environ = _as_sent(environ, kept)
        return self._inside(environ, start_response)


def ask_to_wait(wait: NotYet) -> Response:
    """The page that comes back by itself, with the form in a cookie; a form too long for one must be sent again."""
    kept = Kept(request.environ["PATH_INFO"], request.environ["QUERY_STRING"], urlencode(_fields()), wait.due)
    token = seal_token(PURPOSE, kept)
    if len(token) > LONGEST:
        return show_refusal(Unavailable(_("Many people are signing in right now. Please try again in a minute.")))
    seconds = max(1, math.ceil(wait.due - clock.now().timestamp()))
    here = _address(kept)
    response = render("accounts/public/one_moment.html", status=ACCEPTED, seconds=seconds, here_again=here)
    response.headers["Refresh"] = f"{seconds}; url={here}"
    cookies.keep(response, COOKIE, token, life=timedelta(seconds=seconds) + LATE)
    g.keeps_form = True
    return response


def forget(response: Response) -> Response:
    """Let go of a form that was taken, or in whose place another one was sent."""
    if request.method == "POST" and cookies.read(COOKIE) and "keeps_form" not in g:
        cookies.drop(response, COOKIE)
    return response


def _fields() -> list[tuple[str, str]]:
    return list(request.form.items(multi=True))


def _address(kept: Kept) -> str:
    path = quote(kept.path.encode("latin-1"))
    return f"{path}?{quote(kept.query, safe='/?&=%+-_.~:')}" if kept.query else path


def _kept(environ: WSGIEnvironment) -> Kept | None:
    """The form that this browser keeps for this page, unless it is too old."""
    name = cookies.full_name(COOKIE, is_secure=cookies.is_secure())
    token = parse_cookie(environ).get(name)
    try:
        kept = Kept(*open_token(PURPOSE, token)) if token else None
    except VaultError:
        return None
    if kept is None or kept.path != environ["PATH_INFO"]:
        return None
    return kept if clock.now().timestamp() < kept.due + LATE.total_seconds() else None


def _as_sent(environ: WSGIEnvironment, kept: Kept) -> WSGIEnvironment:
    body = kept.body.encode()
    return {
        **environ,
        KEPT: kept,
        "REQUEST_METHOD": "POST",
        "QUERY_STRING": kept.query,
        "CONTENT_TYPE": FORM,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
