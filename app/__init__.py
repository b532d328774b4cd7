"""The application: the one place where everything meets."""

from __future__ import annotations

import sys
from importlib import import_module

from flask import Flask

from app import config
from app.core import database

ROOMS = (
    "vault",
    "web",
    "unsent",
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

# Commands that open neither keys nor a database: a checkout without an installation runs them.
NEED_NO_SETTINGS = {"instruments", "translations", "--help"}


def create_app(settings: config.Settings | None = None) -> Flask:
    """Build the application from its settings. Raises ``SettingsError`` where they are incomplete."""
    settings = settings or _settings()
    app = Flask(__name__, static_folder=None, template_folder=str(config.ROOT / "templates"))
    app.config.update(XINGFU=settings, TESTING=settings.mode is config.Mode.TEST)
    database.init_app(app, settings)
    for room in ROOMS:
        import_module(f"app.{room}").init_app(app, settings)
    import_module("app.web.access").close_doors(app)
    return app


def _settings() -> config.Settings:
    try:
        return config.load()
    except config.NoSettingsError:
        if NEED_NO_SETTINGS.isdisjoint(sys.argv):
            raise
        settings: config.Settings = import_module("app.home.first_settings").stand_in()
        return settings
