"""The application: the one place where everything meets."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from app import config
from app.core import database

ROOMS = (
    "vault",
    "web",
    "audit",
    "notices",
    "subjects",
    "organisations",
    "accounts",
    "safety",
    "screening",
    "courses",
    "care",
    "home",
)


def create_app(settings: config.Settings | None = None) -> Flask:
    """Build the application from its settings. Raises ``SettingsError`` where they are incomplete."""
    settings = settings or config.load()
    app = Flask(__name__, static_folder=None, template_folder=str(config.ROOT / "templates"))
    app.config.update(XINGFU=settings, TESTING=settings.mode is config.Mode.TEST)
    database.init_app(app, settings)
    for room in ROOMS:
        import_module(f"app.{room}").init_app(app, settings)
    import_module("app.web.access").close_doors(app)
    return app
