"""Blending: finished clinical rows lose the order in which they were written."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import text

from app.core.database import session, transaction
from app.home.blending import blend
from app.screening.models import Result
from app.vault import owner_keys

if TYPE_CHECKING:
    from flask import Flask

    from tests.installation import Installation


def write_results(count: int) -> None:
    subjects = [uuid4() for _ in range(count)]
    owner_keys.create("subject", subjects)
    for subject in subjects:
        with transaction():
            session().add(Result(subject_id=subject, sitting_id=uuid4(), answers={"q1": 1}, scores={}))


def test_rows_come_to_lie_in_the_order_of_their_ids(postgresql_installation: Installation) -> None:
    postgresql_installation.reset()
    with postgresql_installation.app.app_context():
        write_results(20)
        assert blend() == 20
        with transaction(writes=False):
            rows = session().execute(text("SELECT id, xmin::text FROM result ORDER BY ctid")).all()

    assert [row.id for row in rows] == sorted(row.id for row in rows)
    assert len({row.xmin for row in rows}) == 1


def test_every_row_can_still_be_opened(app: Flask) -> None:
    with app.app_context():
        write_results(5)
        blend()
        with transaction(writes=False):
            answers = [result.answers for result in session().query(Result)]

    assert answers == [{"q1": 1}] * 5
