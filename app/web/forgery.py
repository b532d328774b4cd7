"""Protection against forged requests: everything that is not safe carries a token of this browser.

A form carries it through ``{{ form.hidden_tag() }}`` or ``{{ csrf_field() }}``; a background fetch sends it as the
header ``X-CSRFToken``, read from ``<meta name="csrf-token">``. Flask's own session cookie holds this token and flashes,
nothing else.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask_wtf.csrf import CSRFProtect, generate_csrf
from markupsafe import Markup

from app.web.cookies import full_name

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings

csrf = CSRFProtect()


def init_app(app: Flask, settings: Settings) -> None:
    """Guard every request that is not safe; ``app.secret_key`` is set by the vault."""
    is_secure = settings.base_url.startswith("https:")
    app.config.update(
        WTF_CSRF_TIME_LIMIT=int(timedelta(hours=12).total_seconds()),
        # Pages send no referrer, so the check of the referrer could only refuse our own forms.
        WTF_CSRF_SSL_STRICT=False,
        SESSION_COOKIE_NAME=full_name("page", is_secure=is_secure),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_secure,
    )
    csrf.init_app(app)
    app.jinja_env.globals["csrf_field"] = csrf_field


def csrf_field() -> Markup:
    """The hidden field of a form that has no form class."""
    field: Markup = Markup('<input type="hidden" name="csrf_token" value="%s">') % generate_csrf()
    return field
