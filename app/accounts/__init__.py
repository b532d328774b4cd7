"""People, sign-in, sessions, second factors, roles and consent; holds the sealed link to a subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from app.accounts import cli, current, one_moment, telling
from app.accounts.services import message_limits, passwords, sessions
from app.accounts.views import admin, desk, own, own_number, public, supervisor
from app.core.permissions import STAFF, Role
from app.web import navigation, typed

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Open this room in the application."""
    passwords.set_cost(settings.argon2_kib)
    message_limits.set_cap(settings.codes_a_day)
    current.init_app(app)
    telling.init_app()
    typed.tell_time_by(app, sessions.seconds_left)
    one_moment.init_app(app)
    for audience in (public, own, admin, supervisor, desk):
        app.register_blueprint(audience.blueprint)
    app.cli.add_command(cli.staff)
    app.cli.add_command(cli.first_admin)
    _fill_menus()


def _fill_menus() -> None:
    navigation.register(Role.WORKER, _l("Mine"), "accounts_own.show_profile", "user", 90)
    for role in STAFF:
        navigation.register(role, _l("My account"), "accounts_own.show_profile", "user", 90)
    navigation.register(Role.ADMIN, _l("Units"), "accounts_admin.list_units", "map-pin", 60)
    navigation.register(Role.ADMIN, _l("Staff"), "accounts_admin.list_staff", "users", 70)
    navigation.register(Role.SUPERVISOR, _l("Staff approvals"), "accounts_supervisor.list_requests", "shield", 75)
    for role in (Role.ADMIN, Role.SUPERVISOR):
        navigation.register(role, _l("At the desk"), "accounts_desk.list_recoveries", "key", 80)


VIEWS = (own_number,)
"""Named here so that its pages are on the blueprint before it is registered."""
