"""A live server on a free port, and browsers in which a person of the cast is signed in.

    def test_x(live: Live, browser_page: OpenPage) -> None:
        page = browser_page(live.people.worker)          # a phone; None for a stranger
        page.goto("/questionnaires")

At the end of a test its pages must have written nothing to the console: a blocked script or style shows up there.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from werkzeug.serving import make_server

from app.accounts.current import SESSION_COOKIE
from app.accounts.services import sessions
from app.core.database import session, transaction
from tests.cast import Cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from playwright.sync_api import Browser, BrowserContext, Page

    from app.accounts.models import Account
    from tests.installation import Installation

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
EXPECTED = ("ERR_INTERNET_DISCONNECTED", "Failed to load resource")  # what a test does on purpose


class OpenPage(Protocol):
    """Opens a page of a new browser; ``screen`` and whatever a Playwright context takes may follow."""

    def __call__(self, account: Account | None = None, **options: Any) -> Page:
        """The page of a browser of its own."""


@dataclass(frozen=True)
class Live:
    """A running program: where it is, and who uses it."""

    address: str
    app: Flask
    people: Cast

    def cookies_of(self, account: Account) -> list[Any]:
        """What the browser of a signed-in person holds."""
        with self.app.app_context(), transaction():
            token = sessions.open_session(session().merge(account, load=True), second_factor=True)
        return [{"name": SESSION_COOKIE, "value": token, "url": self.address}]


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application on a free port, and say where."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def live(sqlite_installation: Installation) -> Iterator[Live]:
    """The program on a free port, with the cast of the tests and nobody else."""
    sqlite_installation.reset()
    with serving(sqlite_installation.app) as address:
        yield Live(address, sqlite_installation.app, Cast(sqlite_installation.app))


@pytest.fixture
def browser_page(live: Live, chromium: Browser) -> Iterator[OpenPage]:
    """Open pages of the live program, each in a browser of its own."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(account: Account | None = None, **options: Any) -> Page:
        settings = {
            "viewport": PHONE,
            "locale": "zh-CN",
            "reduced_motion": "reduce",
            "base_url": live.address,
        } | options
        context = chromium.new_context(**settings)
        contexts.append(context)
        if account is not None:
            context.add_cookies(live.cookies_of(account))
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not [text for text in complaints if not any(expected in text for expected in EXPECTED)]
