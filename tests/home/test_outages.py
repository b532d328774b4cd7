"""When a database is down or full: a page that says so, the help card on it, and nothing lost that was acknowledged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app import create_app
from app.accounts.current import SESSION_COOKIE
from tests.client import Client
from tests.installation import close
from tests.screening.scenes import CARD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.installation import Installation

NOWHERE = {
    "sqlite": "sqlite:////nonexistent/xingfu.db",
    "postgresql": "postgresql+psycopg://nobody@127.0.0.1:1/xingfu",
}


@pytest.fixture(params=NOWHERE)
def stranded(request: pytest.FixtureRequest, sqlite_installation: Installation) -> Iterator[Client]:
    """The browser of somebody signed in, while neither database can be reached."""
    url = NOWHERE[request.param]
    settings = replace(sqlite_installation.settings, database_url=url, keys_url=f"{url}_keys")
    app = create_app(settings)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = Client(app)
    client.http.set_cookie(SESSION_COOKIE, "a-token")
    yield client
    close(app)


@pytest.mark.parametrize("path", ["/", "/questionnaires", "/lectures", "/alerts", "/q/aaaaaaaaaa"])
def test_a_page_that_needs_a_database_says_that_we_are_back_soon_and_shows_help(stranded: Client, path: str) -> None:
    answer = stranded.http.get(path)
    assert answer.status_code == 503
    assert CARD in answer.text
    assert "X-Content-Type-Options" in answer.headers


def test_a_failing_page_speaks_the_persons_language_and_says_when_to_come_back(stranded: Client) -> None:
    stranded.http.set_cookie("lang", "en")
    answer = stranded.http.get("/questionnaires")
    assert answer.status_code == 503
    assert "We are back soon" in answer.text
    assert answer.headers["Retry-After"] == "60"


@pytest.mark.parametrize("path", ["/help", "/check", "/healthz", "/bye"])
def test_help_and_the_self_check_need_no_database(stranded: Client, path: str) -> None:
    stranded.get(path)
