"""Cookies of this program: hidden from scripts and other sites, and over https bound to this host alone.

Over https a cookie's name begins with ``__Host-``, which a browser takes only with Secure, for the whole site and from
this very host: a neighbour's page on the same domain cannot put one in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request

if TYPE_CHECKING:
    from datetime import timedelta

    from werkzeug.wrappers import Response


def full_name(name: str, *, is_secure: bool) -> str:
    """The name that the browser knows."""
    return f"__Host-{name}" if is_secure else name


def read(name: str) -> str | None:
    """What this browser sent under a name."""
    return request.cookies.get(full_name(name, is_secure=is_secure()))


def keep(response: Response, name: str, value: str, *, life: timedelta | None = None) -> None:
    """Let the browser keep a value, until it is closed unless ``life`` says how long."""
    secure = is_secure()
    named = full_name(name, is_secure=secure)
    response.set_cookie(named, value, max_age=life, secure=secure, httponly=True, samesite="Lax")


def drop(response: Response, name: str) -> None:
    """Let the browser forget a value."""
    secure = is_secure()
    response.delete_cookie(full_name(name, is_secure=secure), secure=secure, httponly=True, samesite="Lax")


def is_secure() -> bool:
    """Whether people reach this installation over https."""
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
