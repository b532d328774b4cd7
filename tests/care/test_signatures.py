"""Signatures: a page at a time, whatever waits longest first, and nothing is opened that is not shown."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from app.care import services
from app.care.models import Case
from app.care.services import cases
from app.core import clock
from app.core.database import session, transaction
from tests.acts import acts
from tests.care.scenes import NOW, at, in_care

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from uuid import UUID

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def waiting(app: Flask, people: Cast, subject: UUID, other_subject: UUID) -> tuple[UUID, UUID]:
    """Two cases whose tier was proposed two days ago and yesterday."""
    first, second = (in_care(app, each, people.counsellor, days=9) for each in (subject, other_subject))
    propose(app, first, people.counsellor, NOW - timedelta(days=2))
    propose(app, second, people.counsellor, NOW - timedelta(days=1))
    return first, second


def propose(app: Flask, case_id: UUID, by: Account, moment: datetime) -> None:
    with at(app, moment):
        services.confirm_tier(session().get_one(Case, case_id), 3, by=by, why="睡不着，吃不下")


def read(app: Flask) -> list[list[str]]:
    """Which cases each reading of the list opened."""
    with app.app_context(), transaction(writes=False):
        return [act.detail["cases"] for act in acts("case.signatures_read")]


def test_the_longest_waiting_fill_the_first_page_and_only_they_are_opened(
    app: Flask,
    people: Cast,
    waiting: tuple[UUID, UUID],
    signed_in: Callable[[Account], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cases, "PAGE", 1)
    browser = signed_in(people.supervisor)
    first = browser.get("/signatures")
    second = browser.get(next(link for link in first.links if "page=2" in link))
    assert (first.says("王小骑"), first.says("李大件")) == (True, False)
    assert (second.says("王小骑"), second.says("李大件")) == (False, True)
    assert not any("page=3" in link for link in second.links)
    assert read(app) == [[waiting[0].hex], [waiting[1].hex]]


def test_a_short_list_is_one_page(
    app: Flask, people: Cast, waiting: tuple[UUID, UUID], signed_in: Callable[[Account], Client]
) -> None:
    page = signed_in(people.supervisor).get("/signatures?page=7")
    assert page.says("王小骑")
    assert page.says("李大件")
    assert not any("page=" in link for link in page.links)
    assert [sorted(each) for each in read(app)] == [sorted(each.hex for each in waiting)]
