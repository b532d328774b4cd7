"""Guards: every view says who may enter, or the program does not start."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import abort, current_app, make_response, request
from flask_login import current_user

from app.core.database import transaction
from app.core.permissions import allows
from app.web import typed

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask import Flask

    from app.core.permissions import Permission

View = TypeVar("View", bound="Callable[..., Any]")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PUBLIC = "public"
LARGEST_FORM = 64 * 1024
"""Bytes: a note of 4,000 characters is 36,000 on its way."""
LARGEST_UPLOAD = 12 * 1024 * 1024
"""Bytes: a file of 10 MB and the form around it."""


class OpenDoorError(Exception):
    """A view declares no guard; the text names its endpoint."""


def requires(permission: Permission) -> Callable[[View], View]:
    """Let only those in whose role holds ``permission``; others see the sign-in page or a 404."""

    def declare(view: View) -> View:
        view.__guard__ = permission  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Let everybody in, also strangers."""
    view.__guard__ = PUBLIC  # type: ignore[attr-defined]
    return view


def uploads(view: View) -> View:
    """Take a file: goes with a ``@requires``. Every other view takes a form, and more than that is never read."""
    view.__largest_body__ = LARGEST_UPLOAD  # type: ignore[attr-defined]
    return view


def largest_body(view: Callable[..., Any] | None) -> int:
    """How many bytes may be sent to a view."""
    return getattr(view, "__largest_body__", LARGEST_FORM)


def person_id() -> UUID:
    """The id of the person at the screen: for rooms below accounts, behind a guard that asks for one."""
    return cast("UUID", current_user.id)


def close_doors(app: Flask) -> None:
    """Put the declared guard and one transaction around every view. Raises ``OpenDoorError`` where none is declared."""
    for endpoint, view in list(app.view_functions.items()):
        guard = getattr(view, "__guard__", None)
        if guard is None:
            raise OpenDoorError(f"{endpoint} declares neither @requires(Permission.…) nor @public")
        app.view_functions[endpoint] = _guarded(view, guard)


def _guarded(view: Callable[..., Any], guard: Permission | str) -> Callable[..., Any]:
    @wraps(view)
    def enter(**kwargs: Any) -> Any:
        with transaction(writes=request.method not in SAFE_METHODS):
            if guard != PUBLIC:
                _admit(guard)  # type: ignore[arg-type]
            response = make_response(current_app.ensure_sync(view)(**kwargs))
            if request.method == "POST":
                typed.forget(response)
            return response

    return enter


def _admit(permission: Permission) -> None:
    if not current_user.is_authenticated:
        abort(401)
    if not allows(current_user.role, permission):
        abort(404)
