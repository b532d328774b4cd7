"""The person who is looking at a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask_login import LoginManager, current_user

from app import audit
from app.accounts.services import sessions
from app.web import cookies

if TYPE_CHECKING:
    from flask import Flask, Request

    from app.accounts.models import Account

SESSION_COOKIE = "xf_session"
DEVICE_COOKIE = "xf_device"

login_manager = LoginManager()


def viewer() -> Account:
    """The signed-in person; only behind a guard that asks for one."""
    return cast("Account", current_user._get_current_object())


def init_app(app: Flask) -> None:
    """Let Flask-Login find the person by our own cookie; its session and its remember-me cookie are not used."""
    login_manager.session_protection = None
    # A page that asks for nobody must open without the database: no person is put into every template.
    login_manager.init_app(app, add_context_processor=False)
    login_manager.request_loader(_load)


def find(token: str | None) -> Account | None:
    """The person whose session this token opens."""
    return sessions.find_account(token) if token else None


def _load(_request: Request) -> Account | None:
    account = find(cookies.read(SESSION_COOKIE))
    if account is not None:
        audit.act_as(account.id)
    return account
