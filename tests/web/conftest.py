"""A house with the web room alone, and whatever rooms a test adds: no keys, no tables."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

import app as house
from app import create_app
from tests.installation import settings_for

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

Build = Callable[..., "Flask"]


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Build a house of the web room and one more room, whose ``init_app`` is given."""

    def build_house(furnish: Callable[[Flask], Any] = lambda _app: None, **changed: Any) -> Flask:
        room = SimpleNamespace(init_app=lambda app, _settings: furnish(app))
        monkeypatch.setitem(sys.modules, "app.annexe", room)
        monkeypatch.setattr(house, "ROOMS", ("web", "annexe"))
        app = create_app(replace(settings_for(tmp_path), **changed))
        app.secret_key = "only for these tests"
        return app

    return build_house


@pytest.fixture
def browser(build: Build) -> FlaskClient:
    """A stranger's browser in the bare house."""
    return build().test_client()
