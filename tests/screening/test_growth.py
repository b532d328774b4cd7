"""Growth: a page asks the databases the same few questions whether there is one result or many."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import event

from app.core.database import db, transaction
from tests.screening.rows import store_result

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client

AT_MOST = 12
KEPT = UUID("5f0c2a4e-7f1d-4a55-9c1a-1f2f6c0d9e11")


@pytest.fixture
def worker(people: Cast, signed_in: Callable[[Account], Client]) -> Client:
    return signed_in(people.worker)


def _grow(app: Flask, subject: UUID, number: int) -> None:
    with app.app_context(), transaction():
        [store_result(subject, "who5", [2] * 5, sitting_id=KEPT) for _ in range(number)]


def _statements(app: Flask, client: Client, path: str) -> int:
    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    with app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    client.get(path)
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    return len([statement for statement in seen if not statement.startswith("BEGIN")])


@pytest.mark.parametrize("path", ["/questionnaires", "/results", f"/results/{KEPT}"])
def test_reads_a_page_with_as_many_statements_at_forty_results_as_at_two(
    app: Flask, people: Cast, worker: Client, path: str
) -> None:
    subject = people.subject_of(people.worker)
    _grow(app, subject, 2)
    few = _statements(app, worker, path)
    _grow(app, subject, 38)
    assert _statements(app, worker, path) == few <= AT_MOST


def test_shows_the_questions_with_few_statements(app: Flask, worker: Client) -> None:
    worker.get("/questionnaires")
    worker.submit("/questionnaires/full/start")
    assert _statements(app, worker, worker.page.response.request.path) <= AT_MOST
