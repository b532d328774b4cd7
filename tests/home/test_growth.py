"""Growth: every page asks the databases as few questions of many people, cases and results as of a handful."""

from __future__ import annotations

import importlib
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from app.care import services as care
from app.core import clock
from app.core.database import db
from tests.care.full_house import fill
from tests.care.scenes import NOW
from tests.safety.scenes import on_duty, raised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client
    from tests.installation import Installation

sealed = importlib.import_module("app.vault.sealed")
AT_MOST = 12
LARGER = {
    ("counsellor", "case"): 17,
    ("supervisor", "case"): 18,
    ("counsellor", "lectures of a case"): 14,
    ("supervisor", "lectures of a case"): 15,
    ("counsellor", "alert"): 13,
    ("supervisor", "alert"): 12,
    ("counsellor", "/"): 13,
    ("supervisor", "/signatures"): 13,
}
"""What pages of one case or alert still ask, and two lists that say in the log whom they showed: never more, and less
as soon as it can be had."""
NO_PAGES = ("/static", "/metrics", "/healthz", "/readyz")
ROLES = ("worker", "counsellor", "supervisor", "admin", "auditor")


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    """SQLite alone: it is the number of statements that counts here, and it is the same on both."""
    sqlite_installation.reset()
    return sqlite_installation


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.at(NOW):
        yield


def pages(app: Flask) -> list[str]:
    """The addresses of all pages that need nothing named."""
    rules = (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments)
    return sorted(rule.rule for rule in rules if not rule.rule.startswith(NO_PAGES))


def grow(app: Flask, people: Cast, number: int) -> dict[str, str]:
    """So many people more in care, in triage and on the alert board, and a job that ran since.

    Returns the pages of one case and of one alert.
    """
    case, *_others = fill(app, people, cases=number, waiting=number)
    for each in range(number):
        alert = raised(app, people.subject_of(people.make(people.worker.role, f"某人{each}", unit=people.township)))
    with app.app_context():
        care.settle_results()
    return {"case": f"/cases/{case}", "lectures of a case": f"/cases/{case}/lectures", "alert": f"/alerts/{alert}"}


def statements(app: Flask, browser: Client, path: str) -> list[str] | None:
    """What a page asks of both databases; None where the role may not see it."""
    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    with app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    response = browser.http.get(path)
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    return [each for each in seen if not each.startswith("BEGIN")] if response.status_code == 200 else None


def test_every_page_asks_as_few_questions_at_eighty_as_at_twenty(
    app: Flask, people: Cast, signed_in: Callable[[Account], Client]
) -> None:
    on_duty(app, people.counsellor)
    browsers = {role: signed_in(getattr(people, role)) for role in ROLES}
    named = grow(app, people, 20)
    small = measured(app, browsers, named)
    grow(app, people, 60)
    large = measured(app, browsers, named)
    grown = {page: (few, large[page]) for page, few in small.items() if large[page] != few}
    assert not grown
    assert {page: few for page, few in small.items() if few > LARGER.get(page, AT_MOST)} == {}


def measured(app: Flask, browsers: dict[str, Client], named: dict[str, str]) -> dict[tuple[str, str], int]:
    """The number of statements by role and page, each page opened once before."""
    asked = {path: path for path in pages(app)} | named
    found = {
        (role, name): _second(app, browser, path) for role, browser in browsers.items() for name, path in asked.items()
    }
    return {page: len(each) for page, each in found.items() if each is not None}


def test_a_list_opens_no_value_more_than_twice(
    app: Flask, people: Cast, signed_in: Callable[[Account], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_duty(app, people.counsellor)
    grow(app, people, 3)
    opened: Counter[bytes] = Counter()
    unseal = sealed.unseal

    def count(key: bytes, context: bytes, blob: bytes) -> Any:
        opened[blob] += 1
        return unseal(key, context, blob)

    monkeypatch.setattr(sealed, "unseal", count)
    browser = signed_in(people.supervisor)
    most = {path: _most(opened, browser, path) for path in ("/alerts", "/duty", "/cases", "/triage")}

    assert not {path: times for path, times in most.items() if times > 2}


def _most(opened: Counter[bytes], browser: Client, path: str) -> int:
    """How often a page opens the value that it opens most often."""
    opened.clear()
    browser.get(path)
    return max(opened.values())


def _second(app: Flask, browser: Client, path: str) -> list[str] | None:
    statements(app, browser, path)
    return statements(app, browser, path)
