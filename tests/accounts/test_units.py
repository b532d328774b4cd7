"""Units: an admin's branch of the tree, invitations and posters."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from app.core.permissions import Role
from app.organisations.models import UnitKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client

    SignedIn = Callable[[Account], Client]

PAGES = ["", "/add", "/edit", "/poster", "/qr.svg"]


def test_an_admin_sees_the_top_of_her_branch(signed_in: SignedIn, people: Cast) -> None:
    assert people.township
    page = signed_in(people.admin).get("/units")

    assert page.says("上虞区总工会")
    assert page.says("百官街道总工会")


def test_a_township_admin_sees_her_own_branch_alone(signed_in: SignedIn, people: Cast) -> None:
    assert people.other_township
    page = signed_in(people.township_admin).get("/units")

    assert page.says("百官街道总工会")
    assert not page.says("崧厦街道总工会")
    assert not page.says("上虞区总工会 ›")


@pytest.mark.parametrize("page", PAGES)
def test_a_foreign_unit_looks_like_a_random_one(signed_in: SignedIn, people: Cast, page: str) -> None:
    browser = signed_in(people.township_admin)
    foreign = browser.get(f"/units/{people.other_township.id}{page}", status=404).text
    random = browser.get(f"/units/{uuid4()}{page}", status=404).text

    assert foreign == random


@pytest.mark.parametrize("page", PAGES)
def test_a_counsellor_sees_no_unit(signed_in: SignedIn, people: Cast, page: str) -> None:
    signed_in(people.counsellor).get(f"/units/{people.township.id}{page}", status=404)


def test_an_admin_adds_a_unit_below(signed_in: SignedIn, people: Cast) -> None:
    browser = signed_in(people.township_admin)
    browser.get(f"/units/{people.township.id}/add")
    page = browser.submit(name="曹娥江快递联合工会", kind="joint")

    assert page.says("曹娥江快递联合工会")


def test_a_township_takes_no_township_below_it(signed_in: SignedIn, people: Cast) -> None:
    browser = signed_in(people.township_admin)
    browser.get(f"/units/{people.township.id}/add")
    browser.submit(name="另一个街道", kind="township", status=422)


def test_an_admin_renames_a_unit(signed_in: SignedIn, people: Cast) -> None:
    browser = signed_in(people.township_admin)
    browser.get(f"/units/{people.township.id}/edit")

    assert browser.submit(name="百官街道工会").says("百官街道工会")


def test_a_poster_carries_the_link_of_its_unit(signed_in: SignedIn, people: Cast) -> None:
    page = signed_in(people.admin).get(f"/units/{people.township.id}/poster")

    assert f"/join/{people.township.join_code}" in page.text


def test_the_code_of_a_poster_is_a_picture_of_this_site(signed_in: SignedIn, people: Cast) -> None:
    answer = signed_in(people.admin).http.get(f"/units/{people.township.id}/qr.svg")

    assert answer.content_type == "image/svg+xml"


def test_a_new_link_ends_the_old_poster(client: Client, signed_in: SignedIn, people: Cast) -> None:
    browser = signed_in(people.admin)
    browser.get(f"/units/{people.township.id}")
    browser.submit("/renew-link")

    assert client.get(f"/join/{people.township.join_code}").response.request.path == "/join"


def test_a_small_number_is_hidden(signed_in: SignedIn, people: Cast) -> None:
    assert people.worker
    page = signed_in(people.admin).get("/units")

    assert page.says("人数不足")


def test_a_number_that_is_large_enough_is_shown(signed_in: SignedIn, people: Cast) -> None:
    members = [people.make(Role.WORKER, f"职工{number}", unit=people.township) for number in range(6)]
    page = signed_in(people.township_admin).get("/units")

    assert len(members) == 6
    assert page.says("职工人数： 6")


def test_a_joint_union_may_hold_enterprises(signed_in: SignedIn, people: Cast) -> None:
    joint = people._unit("园区联合工会", UnitKind.JOINT, people.township)
    browser = signed_in(people.admin)
    browser.get(f"/units/{joint.id}/add")

    assert browser.submit(name="小店工会", kind="enterprise").says("小店工会")
