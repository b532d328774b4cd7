"""Instruments, scoring, sittings and results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from app.core.permissions import Role
from app.notices import kinds
from app.screening import cli, models
from app.screening.views import drawing, public, results, worker
from app.web import navigation

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings

__all__ = ["models", "results"]


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001
    """Open this room in the application."""
    app.cli.add_command(cli.instruments)
    app.jinja_env.globals["draw_questions"] = drawing.draw_questions
    app.register_blueprint(worker.blueprint)
    app.register_blueprint(public.blueprint)
    kinds.register("screening.completed", lambda _payload: [])
    navigation.register(Role.WORKER, _l("Questionnaires"), "screening_worker.list_questionnaires", "clipboard", 20)
