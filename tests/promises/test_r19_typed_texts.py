"""R19: nothing that is typed is lost, whatever happens to the page, and nobody else ever sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from app import create_app
from app.accounts.current import SESSION_COOKIE
from app.core.database import db
from tests.client import Client
from tests.installation import close
from tests.promises.writing import MARK, Desk, Written, kinds_with_text
from tests.unsent.scenes import later, signed_out, token_old

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from app.accounts.models import Account
    from tests.client import Page
    from tests.installation import Installation

pytestmark = pytest.mark.promise

BY_STRANGERS = {
    "FirstForm": "nobody has an account yet: the answer page shows the name again",
    "JoinForm": "nobody has an account yet: the answer page shows the name again",
}
LEAST = 25
"""Texts typed in one run: each free field of each form of each role."""


class Browser:
    """Somebody's browser, and what she has typed in it."""

    def __init__(self, desk: Desk, account: Account, paths: list[str]) -> None:
        self.desk, self.account = desk, account
        self.client = Client(desk.app).signed_in_as(account)
        self.written = [written for path in paths for written in desk.write(self.client, path)]

    def send(self) -> None:
        """Send every form; none of the posts may be stored."""
        for each in self.written:
            answer = self.client.http.post(each.action, data=each.data())
            assert answer.status_code in {302, 400}, f"{each.action}: {answer.status_code}"

    def save(self) -> None:
        """What the script does while somebody types."""
        headers = {"Accept": "application/json"}
        for each in self.written:
            answer = self.client.http.post("/unsent/save", data=each.data(), headers=headers)
            assert answer.status_code == 200, f"{each.kind.__name__}: {answer.get_data(as_text=True)}"

    def found_again(self, app: Flask) -> set[str]:
        """What she finds when she signs in anew and opens the pages again."""
        client = Client(app).signed_in_as(self.account)
        pages = {each.path: self.desk.open(client, each.path) for each in self.written}
        return {text for each in self.written for text in self._shown(pages, each)}

    def _shown(self, pages: dict[str, Page], each: Written) -> Iterator[str]:
        for kind, form in self.desk.forms(pages[each.path]):
            if kind is each.kind and (form.action or each.path) == each.action:
                yield from (form.values[name][0] for name in each.texts if name in form.values)


def session_over(browser: Browser) -> None:
    """She wrote for twenty minutes, and sends."""
    with later():
        browser.send()


def leaves(browser: Browser) -> None:
    """She signs out in another window, and sends the one that is still open."""
    signed_out(browser.client)
    browser.send()


def token_ages(browser: Browser) -> None:
    """The token of the page is not this browser's any more."""
    token_old(browser.client)
    browser.send()


def cut_off(browser: Browser) -> None:
    """The network goes before she sends: what the script saved is all there is."""
    browser.save()


EVENTS: dict[str, Callable[[Browser], None]] = {
    "session over": session_over,
    "signed out": leaves,
    "token old": token_ages,
    "network cut": cut_off,
}


@pytest.fixture
def desk(app: Flask) -> Desk:
    """A world in which every form with free text stands on some page."""
    return Desk(app)


@pytest.fixture
def restarted(installation: Installation) -> Iterator[Flask]:
    """The program started anew on the same databases."""
    app = create_app(installation.settings)
    yield app
    close(app)


def test_no_text_is_lost_and_nobody_else_sees_one(desk: Desk, restarted: Flask) -> None:
    outcomes = {name: run(desk, restarted, event) for name, event in EVENTS.items()}

    assert {name: lost for name, (lost, _seen) in outcomes.items() if lost} == {}
    assert {name: seen for name, (_lost, seen) in outcomes.items() if seen} == {}
    assert not lies_in_plain(desk.app)


def run(desk: Desk, restarted: Flask, event: Callable[[Browser], None]) -> tuple[set[str], set[str]]:
    """Everybody writes in every form, and it happens: which texts are lost, and on which pages others see one."""
    browsers = {role: Browser(desk, account, paths) for role, (account, paths) in desk.pages.items()}
    written = [each for browser in browsers.values() for each in browser.written]
    typed = {text for each in written for text in each.texts.values()}
    assert len(typed) >= LEAST
    assert kinds_with_text() - {each.kind.__name__ for each in written} == set(BY_STRANGERS), (
        "open its page in writing.py"
    )
    for browser in browsers.values():
        event(browser)
    with later():
        seen = {path for role in desk.pages for path in strangers_see(desk, role, browsers[role])}
        found = {text for browser in browsers.values() for text in browser.found_again(restarted)}
    return typed - found, seen


def strangers_see(desk: Desk, role: str, browser: Browser) -> list[str]:
    """The pages on which somebody else, in the very same browser, reads what was typed."""
    found, paths = [], {*(each.path for each in browser.written), "/", "/unsent"}
    for other in desk.others[role]:
        browser.client.http.delete_cookie(SESSION_COOKIE)
        browser.client.signed_in_as(other)
        answers = {path: browser.client.http.get(path, follow_redirects=True) for path in paths}
        found += [path for path, answer in answers.items() if MARK in answer.get_data(as_text=True)]
    return found


def lies_in_plain(app: Flask) -> bool:
    """Whether any row of a kept text holds the words."""
    with app.app_context(), db.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM unsent_text")).all()
    assert len(rows) > 10
    return any(MARK.encode() in value for row in rows for value in row if isinstance(value, bytes))
