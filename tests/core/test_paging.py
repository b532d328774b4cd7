"""One way of paging: by key for queries, by number for lists at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.core.database import session
from app.core.paging import numbered, page_of
from app.notices.models import Notice

if TYPE_CHECKING:
    from app.accounts.models import Account
    from tests.cast import Cast

MINE = (Notice.created_at, Notice.id)


@pytest.fixture
def worker(people: Cast) -> Account:
    return people.worker


@pytest.fixture
def notices(worker: Account, use_case: None) -> list[Notice]:
    rows = [Notice(account_id=worker.id, said={"text": "x", "values": {}}) for _ in range(6)]
    session().add_all(rows)
    session().flush()
    return sorted(rows, key=lambda row: (row.created_at, row.id.hex))


@pytest.mark.parametrize("newest", [False, True])
def test_walks_through_all_rows_once(notices: list[Notice], newest: bool) -> None:
    seen: list[Notice] = []
    page = page_of(select(Notice), MINE, 4, newest=newest)
    seen += page.rows
    assert page.last is not None
    page = page_of(select(Notice), MINE, 4, newest=newest, after=(page.last.created_at, page.last.id))
    assert [*seen, *page.rows] == (notices[::-1] if newest else notices)
    assert page.last is None


def test_a_page_that_is_exactly_full_leads_to_no_empty_one(notices: list[Notice]) -> None:
    page = page_of(select(Notice), MINE, len(notices))
    assert (len(page.rows), page.last) == (len(notices), None)


@pytest.mark.parametrize(
    ("number", "shown", "newer", "older"),
    [(1, [0, 1, 2], None, 2), (2, [3, 4, 5], 1, None), (3, [3, 4, 5], 1, None), (-1, [0, 1, 2], None, 2)],
)
def test_a_number_beyond_the_list_shows_the_nearest_page(
    number: int, shown: list[int], newer: int | None, older: int | None
) -> None:
    page = numbered(range(6), number, 3)
    assert (list(page.rows), page.newer, page.older, page.pages, page.total) == (shown, newer, older, 2, 6)


def test_an_empty_list_is_one_empty_page() -> None:
    page = numbered(list[int](), 5, 3)
    assert (list(page.rows), page.newer, page.older) == ([], None, None)
