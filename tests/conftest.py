"""The house of the tests: both databases, a cast of people, and a browser-like client."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from app import create_app
from app.core.database import transaction
from tests.cast import Cast
from tests.client import Client
from tests.installation import Installation, close, install, postgres_urls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from playwright.sync_api import Browser

    from app.accounts.models import Account

DATABASES = ("sqlite", "postgresql")
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def sqlite_installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation on SQLite: migrated and with keys, but without people."""
    return install(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The same on a real PostgreSQL of its own."""
    with postgres_urls() as (database_url, keys_url):
        folder = tmp_path_factory.mktemp("installation")
        installed = install(folder, database_url=database_url, keys_url=keys_url)
        yield installed
        close(installed.app)


@pytest.fixture(params=DATABASES)
def installation(request: pytest.FixtureRequest) -> Installation:
    """Each of the two installations in turn, empty of people."""
    chosen: Installation = request.getfixturevalue(f"{request.param}_installation")
    chosen.reset()
    return chosen


@pytest.fixture
def app(installation: Installation) -> Flask:
    """The application on each database in turn."""
    return installation.app


@pytest.fixture
def people(app: Flask) -> Cast:
    """The cast; a person comes to life when she is first named."""
    return Cast(app)


@pytest.fixture
def client(app: Flask) -> Client:
    """A stranger's browser."""
    return Client(app)


@pytest.fixture
def signed_in(app: Flask) -> Callable[[Account], Client]:
    """Open a browser in which this person is signed in."""
    return lambda account: Client(app).signed_in_as(account)


@pytest.fixture
def use_case(app: Flask) -> Iterator[None]:
    """One transaction in an application context, for tests that call services themselves."""
    context = app.app_context()
    context.push()
    try:
        with transaction():
            yield
    finally:
        context.pop()


@pytest.fixture
def fresh_app(tmp_path: Path, sqlite_installation: Installation) -> Iterator[Flask]:
    """An application of one's own on SQLite, for tests that change the application itself."""
    shutil.copytree(sqlite_installation.folder, tmp_path / "own")
    settings = sqlite_installation.settings_in(tmp_path / "own")
    application = create_app(settings)
    yield application
    close(application)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all browser tests; without one they are skipped, loudly."""
    if not CHROMIUM.exists():
        pytest.skip(f"NOT TESTED IN A BROWSER: there is no {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()
