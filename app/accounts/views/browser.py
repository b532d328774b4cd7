"""What a browser keeps of a person: the token of her session, and the token that makes the browser known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request, session

from app.accounts import current
from app.accounts.current import DEVICE_COOKIE, SESSION_COOKIE
from app.accounts.services import devices, sessions

if TYPE_CHECKING:
    from datetime import timedelta

    from werkzeug.wrappers import Response

    from app.accounts.models import Account


def sign_in(response: Response, account: Account, *, remember: bool = False) -> Response:
    """Open a session in this browser, with a new token against forged requests; an earlier session here ends."""
    _end_present()
    _keep(response, SESSION_COOKIE, sessions.open_session(account))
    if remember:
        _keep(response, DEVICE_COOKIE, devices.remember(account), life=devices.LIFE)
    return response


def sign_out(response: Response) -> Response:
    """End the session of this browser, here and on the server."""
    _end_present()
    response.delete_cookie(SESSION_COOKIE)
    return response


def person() -> Account | None:
    """Who is signed in in this browser."""
    return current.find(request.cookies.get(SESSION_COOKIE))


def device() -> str | None:
    """The token by which this browser may be known."""
    return request.cookies.get(DEVICE_COOKIE)


def _end_present() -> None:
    session.clear()
    if token := request.cookies.get(SESSION_COOKIE):
        sessions.end_session(token)


def _keep(response: Response, name: str, token: str, *, life: timedelta | None = None) -> None:
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(name, token, max_age=life, secure=secure, httponly=True, samesite="Lax")
