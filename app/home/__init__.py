"""A start page for each role, made from the others' services, the jobs and the demo; owns no table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.accounts.services.roles import roles_of
from app.audit import cli as audit_cli
from app.audit import reading
from app.home import preparing, readiness, watching
from app.home.demo.cli import demo
from app.home.jobs import cli, queue
from app.home.views import everyone
from app.web import health

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Open this room in the application."""
    reading.roles_from(roles_of)
    audit_cli.also_verify(watching.find_all)
    app.cli.add_command(cli.jobs)
    app.cli.add_command(preparing.prepare)
    app.cli.add_command(demo)
    everyone.init_app(app)
    readiness.init_app()
    if settings.jobs_url != "memory://":
        health.register("jobs", queue.check_alive)
