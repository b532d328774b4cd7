"""Error pages in the person's language, which open no database and no keyring; JSON for a background fetch.

An expected refusal is an ``AppError`` and shows its sentence. What nobody expected shows an incident number, under
which the log has the kind of error and where it happened, never a value.
"""

from __future__ import annotations

import logging
import secrets
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Response, flash, g, jsonify, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.core.errors import AppError
from app.web import typed
from app.web.logs import where_it_happened
from app.web.navigation import door
from app.web.rendering import wants_json

if TYPE_CHECKING:
    from types import TracebackType

    from flask import Flask

    from app.web.typed import Rescued

log = logging.getLogger("xingfu.errors")
SIGN_IN = "accounts_public.sign_in"
HELP_WITH = frozenset({413, 429, 500, 503})
"""Whoever is refused for no fault of what she asked may need help all the more."""
UNAUTHORIZED, INTERNAL, UNAVAILABLE = 401, 500, 503
OUTAGES = (OperationalError, InterfaceError, PoolTimeout)
"""What a database that is down, full, hanging or out of connections raises; nothing was committed."""


@dataclass(frozen=True)
class Page:
    """What an error page says: a title, and what to do now."""

    title: object
    advice: object


UNCLEAR = Page(_l("That did not work"), _l("Please go back and try once more."))
TOO_OLD = Page(
    _l("This page was open for too long"),
    _l("Nothing was changed. Please open the page again and repeat the last step."),
)
NOT_SAVED = Page(_l("We are back soon"), _l("This was not saved. Please send it again in a few minutes."))
PAGES = {
    401: Page(_l("Please sign in"), _l("Sign in, and you will see this page.")),
    403: Page(_l("This page is not open to you"), _l("If you need it, please ask your union's administrator.")),
    404: Page(_l("Nothing to see here"), _l("The page does not exist, or it is not yours to see.")),
    405: Page(_l("That did not work"), _l("Please go back and use the buttons on the page.")),
    409: Page(_l("This is not possible now"), _l("Something has changed since. Please open the page again.")),
    413: Page(_l("That is too big"), _l("Please send less at once: a shorter text, or a smaller file.")),
    422: Page(_l("Something is missing or unclear"), _l("Please go back and check what you filled in.")),
    429: Page(_l("A little too fast"), _l("Please wait a minute, then try again.")),
    500: Page(_l("We made a mistake"), _l("It is not your fault, and we have been told. Please try again in a while.")),
    503: Page(_l("We are back soon"), _l("Nothing was lost. Please try again in a few minutes.")),
}


def init_app(app: Flask) -> None:
    """Answer every error of this application."""
    app.register_error_handler(AppError, show_refusal)
    app.register_error_handler(CSRFError, show_forgery)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(StaleDataError, show_overtaken)
    for outage in OUTAGES:
        app.register_error_handler(outage, show_outage)
    app.jinja_env.globals["incident_number"] = incident
    app.log_exception = record_exception  # type: ignore[method-assign]


def show_refusal(error: AppError) -> Response:
    """What a use case refused, in its own sentence."""
    return _answer(error.status, message=error.message, rescued=typed.rescue(lapsed=False))


def show_overtaken(_error: StaleDataError) -> Response:
    """Somebody else changed the same row in the same moment: nothing was stored, and the page may be tried again."""
    return _answer(409, rescued=typed.rescue(lapsed=False))


def show_forgery(_error: CSRFError) -> Response:
    """A page that was open for too long; or, rarely, somebody else's form."""
    return _answer(400, page=TOO_OLD, rescued=typed.rescue(lapsed=True))


def show_outage(error: Exception) -> Response:
    """The database is down, full or too slow: nothing was changed, and help needs no database."""
    record_exception((type(error), error, error.__traceback__))
    return _answer(UNAVAILABLE, headers={"Retry-After": "60"}, rescued=typed.rescue(lapsed=False))


def show_http_error(error: HTTPException) -> Response:
    """Everything else that has a status."""
    if error.response is not None and error.code is None:
        return make_response(error.response)
    status = error.code or INTERNAL
    if status < 400:
        return make_response(error.get_response())
    rescued = typed.rescue(lapsed=status == UNAUTHORIZED)
    if status == UNAUTHORIZED and not wants_json() and (address := _sign_in_address(rescued)):
        return make_response(redirect(address))
    return _answer(status, headers=_kept_headers(error), rescued=rescued)


def record_exception(
    exc_info: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
) -> None:
    """Write down what kind of error happened where, under the incident number that the person sees."""
    log.error("incident", extra={"incident": incident(), "where": where_it_happened(exc_info[1])})


def incident() -> str:
    """The number under which this request's failure is found in the log."""
    if "incident" not in g:
        g.incident = secrets.token_hex(4).upper()
    return str(g.incident)


def _sign_in_address(rescued: Rescued | None) -> str | None:
    """The sign-in page; none where what was typed could not be kept, for then the answer must show it."""
    if rescued and not rescued.until:
        return None
    if rescued:
        flash(_("You were signed out. What you wrote is kept for half an hour: sign in to have it back."), "warning")
    wanted = request.full_path.rstrip("?") if request.method == "GET" else rescued and rescued.page
    return door(SIGN_IN, next=wanted) if wanted not in {None, "/"} else door(SIGN_IN)


def _kept_headers(error: HTTPException) -> dict[str, str]:
    sent = error.get_response().headers
    return {name: sent[name] for name in ("Allow", "Retry-After") if name in sent}


def _answer(
    status: int,
    *,
    message: object = "",
    page: Page | None = None,
    headers: dict[str, str] | None = None,
    rescued: Rescued | None = None,
) -> Response:
    if status == UNAVAILABLE and request.method == "POST":
        page = NOT_SAVED
    page = page or PAGES.get(status, PAGES[INTERNAL] if status >= INTERNAL else UNCLEAR)
    message = _about_kept(rescued) if rescued and rescued.until else message
    number = incident() if status >= INTERNAL else ""
    said = str(message or page.advice)
    if wants_json():
        response = jsonify({"message": said} | ({"incident": number} if number else {}))
    else:
        words = {"title": page.title, "advice": said, "incident": number, "shows_help": status in HELP_WITH}
        response = make_response(_page(**words, rescued=rescued, sign_in=door(SIGN_IN)))
    response.status_code = status
    response.headers.update(headers or {})
    return response


def _about_kept(rescued: Rescued) -> object:
    if rescued.is_own:
        return _("Nothing was stored, and nothing is lost: what you wrote is kept for half an hour.")
    return _("What was written here is kept for half an hour, for whoever wrote it.")


def _page(**words: Any) -> str:
    try:
        return render_template("errors/error.html", **words)
    except Exception:
        # The page about a failure must not fail itself: without style sheets there is still a sentence.
        record_exception(sys.exc_info())
        return render_template("errors/bare.html", **words)
