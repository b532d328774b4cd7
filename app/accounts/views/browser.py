"""What a browser keeps of a person: the token of her session, and the token that makes the browser known."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import current_app, session, url_for

from app.accounts import current
from app.accounts.current import DEVICE_COOKIE, SESSION_COOKIE
from app.accounts.services import challenges, devices, sessions
from app.accounts.services.challenges import Asker
from app.unsent import services
from app.web import cookies
from app.web.limits import is_this_machine, network

if TYPE_CHECKING:
    from uuid import UUID

    from werkzeug.wrappers import Response

    from app.accounts.models import Account, Challenge
    from app.accounts.services.challenges import Purpose

BROWSER = "browser"


def sign_in(response: Response, account: Account, *, remember: bool = False, second_factor: bool = False) -> Response:
    """Open a session in this browser, with a new token against forged requests; an earlier session here ends.

    ``second_factor`` says that she gave one; the demonstration asks nobody for one. Who had written something that was
    not stored is led there first.
    """
    _end_present()
    is_demo = current_app.config["XINGFU"].is_demo
    cookies.keep(response, SESSION_COOKIE, sessions.open_session(account, second_factor=second_factor or is_demo))
    if services.offered(account.id):
        response.location = url_for("unsent_own.list_texts", next=response.location)
    if remember:
        cookies.keep(response, DEVICE_COOKIE, devices.remember(account), life=devices.LIFE)
    return response


def sign_out(response: Response) -> Response:
    """End the session of this browser, here and on the server."""
    _end_present()
    cookies.drop(response, SESSION_COOKIE)
    return response


def asker() -> Asker:
    """Who asks for a code: this browser by a token of its own, and the network it comes from."""
    if BROWSER not in session:
        session[BROWSER] = secrets.token_urlsafe(16)
    return Asker(browser=session[BROWSER], network="" if is_this_machine() else network())


def open_challenge(challenge_id: UUID, *purposes: Purpose) -> Challenge:
    """A challenge that this very browser began. Raises ``ChallengeOver``, also for another browser's."""
    return challenges.fetch(challenge_id, *purposes, browser=str(session.get(BROWSER, "")))


def person() -> Account | None:
    """Who is signed in in this browser."""
    return current.find(cookies.read(SESSION_COOKIE))


def device() -> str | None:
    """The token by which this browser may be known."""
    return cookies.read(DEVICE_COOKIE)


def _end_present() -> None:
    session.clear()
    if token := cookies.read(SESSION_COOKIE):
        sessions.end_session(token)
