"""What a browser keeps of a person: the token of her session, and the token that makes the browser known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import session

from app.accounts import current
from app.accounts.current import DEVICE_COOKIE, SESSION_COOKIE
from app.accounts.services import devices, sessions
from app.web import cookies

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from app.accounts.models import Account


def sign_in(response: Response, account: Account, *, remember: bool = False) -> Response:
    """Open a session in this browser, with a new token against forged requests; an earlier session here ends."""
    _end_present()
    cookies.keep(response, SESSION_COOKIE, sessions.open_session(account))
    if remember:
        cookies.keep(response, DEVICE_COOKIE, devices.remember(account), life=devices.LIFE)
    return response


def sign_out(response: Response) -> Response:
    """End the session of this browser, here and on the server."""
    _end_present()
    cookies.drop(response, SESSION_COOKIE)
    return response


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
