"""The union tree: branches, ancestors, invitations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.core.database import session, transaction
from app.core.errors import NotFound
from app.organisations import services
from app.organisations.models import Unit, UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from tests.cast import Cast


@pytest.fixture
def tree(app: Flask, people: Cast) -> Iterator[Cast]:
    """A district with two townships, and a use case to ask about it."""
    assert people.township
    assert people.other_township
    with app.app_context(), transaction():
        yield people


def test_a_branch_is_a_unit_and_all_below_it(tree: Cast) -> None:
    assert [unit.id for unit in services.branch_of(tree.township.id)] == [tree.township.id]
    assert len(services.branch_of(tree.district.id)) == 3


def test_a_unit_of_another_branch_is_not_found(tree: Cast) -> None:
    with pytest.raises(NotFound):
        services.fetch_unit(tree.other_township.id, branch=tree.township.id)


def test_the_ancestors_end_at_the_top_of_the_branch(tree: Cast) -> None:
    shop = services.add_unit("小店工会", kind=UnitKind.ENTERPRISE, parent=session().get_one(Unit, tree.township.id))

    assert [unit.id for unit in services.ancestors_of(shop, branch=tree.district.id)] == [
        tree.district.id,
        tree.township.id,
    ]
    assert [unit.id for unit in services.ancestors_of(shop, branch=tree.township.id)] == [tree.township.id]


def test_a_district_is_made_once(tree: Cast) -> None:
    assert services.ensure_district("另一个区").id == tree.district.id


def test_who_comes_without_a_poster_chooses_a_township(tree: Cast) -> None:
    assert {unit.id for unit in services.open_units()} == {tree.township.id, tree.other_township.id}


def test_an_unknown_code_is_not_found(tree: Cast) -> None:
    assert services.unit_by_join_code(tree.township.join_code).id == tree.township.id
    with pytest.raises(NotFound):
        services.unit_by_join_code("2222222222")
