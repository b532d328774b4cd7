"""Migrations: numbered without gaps, reversible, and what they make is what the models say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from app.config import ROOT
from app.core.database import Base, db, transaction
from app.organisations.models import UnitKind
from app.organisations.services import add_unit, townships
from app.screening.services.results import answers_of, results_of
from app.vault import seal_old_rows
from tests.screening.rows import store_result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from tests.cast import Cast

VERSIONS = sorted(path.name for path in (ROOT / "migrations" / "versions").glob("*.py"))
HEAD = (ROOT / "migrations" / "HEAD").read_text("utf-8").strip()


@pytest.fixture
def migrated(app: Flask) -> Iterator[Flask]:
    """The application, brought back to the newest number afterwards, whatever the test did."""
    yield app
    with app.app_context():
        upgrade()


def test_numbers_run_without_gaps() -> None:
    numbers = [int(re.match(r"(\d{4})_", name)[1]) for name in VERSIONS]  # type: ignore[index]

    assert numbers == list(range(1, len(VERSIONS) + 1))


def test_the_head_file_names_the_newest_number() -> None:
    assert VERSIONS[-1].startswith(f"{HEAD}_"), "write the new number into migrations/HEAD"


def test_they_make_what_the_models_say(migrated: Flask) -> None:
    with migrated.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        different = compare_metadata(context, Base.metadata)

    assert different == [], "flask db migrate --rev-id NNNN -m '…', read it, raise migrations/HEAD"


def test_each_can_be_taken_back_and_done_again(migrated: Flask) -> None:
    with migrated.app_context():
        for _ in VERSIONS:
            downgrade()
        assert inspect(db.engine).get_table_names() == ["alembic_version"]
        upgrade()
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT version_num FROM alembic_version")) == HEAD


def test_data_survive_a_step_back_and_forth(migrated: Flask) -> None:
    with migrated.app_context():
        with transaction():
            add_unit("百官街道总工会", kind=UnitKind.TOWNSHIP, parent=None)
        downgrade(revision="0002")
        upgrade()
        assert seal_old_rows(again=True) == 1
        with transaction(writes=False):
            assert [unit.name for unit in townships()] == ["百官街道总工会"]


def test_answers_stay_readable_when_they_move_into_the_row_of_their_result(migrated: Flask, people: Cast) -> None:
    subject = people.subject_of(people.worker)
    with migrated.app_context():
        with transaction():
            result_id = store_result(subject, "phq9", [1] * 9)
        with transaction(writes=False):
            before = answers_of(subject, result_id)
        downgrade(revision="0019")
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM response WHERE answers IS NOT NULL")) == 1
        upgrade()
        with transaction(writes=False):
            assert answers_of(subject, result_id) == before
            assert [view.id for view in results_of(subject)] == [result_id]
