"""Fictional districts in folders of their own."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app import create_app
from app.config import Mode
from app.core.database import db
from tests.installation import _copy_databases, settings_for

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from flask import Flask

    from tests.installation import Installation

WORKERS = 60
AFTERNOON = datetime(2026, 11, 22, 6, tzinfo=UTC)


def district(folder: Path, installation: Installation, *more: str) -> Generator[Flask]:
    with closing(installed(folder, installation)) as apps:
        app = next(apps)
        outcome = app.test_cli_runner().invoke(args=["demo", "load", "--workers", str(WORKERS), "--seed", "7", *more])
        assert outcome.exit_code == 0, outcome.exception or outcome.output
        yield app


def installed(folder: Path, installation: Installation) -> Generator[Flask]:
    assert installation.template is not None
    _copy_databases(installation.template, folder)
    keyring, root_key = installation.settings.keyring, installation.settings.root_key
    settings = replace(settings_for(folder), mode=Mode.DEMO, argon2_kib=19 * 1024, keyring=keyring, root_key=root_key)
    app = create_app(settings)
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
