"""A supervisor oversees the cases of her branch: the whole district's at its top, her township's below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.care import services
from app.care.models import Case
from app.core import clock
from app.core.database import session
from app.core.permissions import Role
from tests.care.scenes import NOW, at, in_care

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client

    SignedIn = Callable[[Account], Client]

PAGES = ("/cases", "/signatures")


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def near(people: Cast) -> Account:
    """A counsellor of one township."""
    return people.make(Role.COUNSELLOR, "街道咨询师", unit=people.township)


@pytest.fixture
def overseer(people: Cast) -> Account:
    """The supervisor of the same township."""
    return people.make(Role.SUPERVISOR, "街道督导", unit=people.township)


def waiting_case(app: Flask, people: Cast, worker: Account, counsellor: Account) -> UUID:
    """A case whose tier waits for a signature."""
    case_id = in_care(app, people.subject_of(worker), counsellor)
    with at(app):
        services.confirm_tier(session().get_one(Case, case_id), 3, by=counsellor, why="睡眠很差")
    return case_id


@pytest.mark.parametrize("path", PAGES)
def test_a_township_supervisor_sees_her_own_branch_alone(
    app: Flask, people: Cast, near: Account, overseer: Account, signed_in: SignedIn, path: str
) -> None:
    waiting_case(app, people, people.worker, near)
    waiting_case(app, people, people.other_worker, people.counsellor)
    page = signed_in(overseer).get(path)
    assert page.says("王小骑")
    assert not page.says("李大件")


def test_her_start_page_counts_her_branch_alone(
    app: Flask, people: Cast, near: Account, overseer: Account, signed_in: SignedIn
) -> None:
    waiting_case(app, people, people.worker, near)
    waiting_case(app, people, people.other_worker, people.counsellor)
    assert signed_in(people.supervisor).get("/").says("陈静")
    page = signed_in(overseer).get("/")
    assert page.says("街道咨询师")
    assert not page.says("陈静")


def test_a_case_of_another_branch_does_not_exist_for_her(
    app: Flask, people: Cast, overseer: Account, signed_in: SignedIn
) -> None:
    case_id = waiting_case(app, people, people.other_worker, people.counsellor)
    browser = signed_in(overseer)
    browser.get(f"/cases/{case_id}", status=404)
    browser.get("/cases")
    browser.post(f"/signatures/{case_id}/sign", [("csrf_token", browser.csrf)], status=404)
    with at(app):
        assert services.state_of(session().get_one(Case, case_id)).waiting == 3


def test_she_signs_in_her_branch(
    app: Flask, people: Cast, near: Account, overseer: Account, signed_in: SignedIn
) -> None:
    case_id = waiting_case(app, people, people.worker, near)
    browser = signed_in(overseer)
    browser.get(f"/cases/{case_id}")
    browser.post(f"/signatures/{case_id}/sign", [("csrf_token", browser.csrf)])
    with at(app):
        assert services.state_of(session().get_one(Case, case_id)).tier == 3


@pytest.mark.parametrize("path", PAGES)
def test_the_districts_supervisor_sees_all(
    app: Flask, people: Cast, near: Account, signed_in: SignedIn, path: str
) -> None:
    waiting_case(app, people, people.worker, near)
    waiting_case(app, people, people.other_worker, people.counsellor)
    page = signed_in(people.supervisor).get(path)
    assert page.says("王小骑")
    assert page.says("李大件")


def test_a_supervisor_without_a_unit_oversees_nobody_else(app: Flask, people: Cast, signed_in: SignedIn) -> None:
    alone = people.make(Role.SUPERVISOR, "无单位督导", unit=None)
    case_id = waiting_case(app, people, people.worker, people.counsellor)
    signed_in(alone).get(f"/cases/{case_id}", status=404)
