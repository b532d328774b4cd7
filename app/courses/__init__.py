"""Series, lectures, bookings and the waiting list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from app.core.permissions import Role
from app.courses import notices
from app.courses.views import admin, admin_resources, worker
from app.web import navigation

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings

__all__ = ["admin_resources"]


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001
    """Open this room in the application."""
    app.register_blueprint(worker.blueprint)
    app.register_blueprint(admin.blueprint)
    navigation.register(Role.WORKER, _l("Lectures"), "courses_worker.list_lectures", "calendar", 30)
    navigation.register(Role.ADMIN, _l("Lectures"), "courses_admin.manage_lectures", "calendar", 20)
    notices.register_kinds()
