"""Reading results: whose, in which order, and what triage has settled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, update

from app.core import clock
from app.core.database import session, transaction
from app.core.errors import NotFound
from app.core.ids import random_id
from app.screening import services
from app.screening.models import Result
from app.vault import owner_keys
from tests.screening.rows import store_result

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from flask import Flask

    from tests.cast import Cast

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
LOW, HIGH = [0] * 9, [2] * 9


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    context = app.app_context()
    context.push()
    yield
    context.pop()


@pytest.fixture
def subject(people: Cast, context: None) -> UUID:
    subjects = random_id()
    owner_keys.create("subject", [subjects])
    return subjects


def _store(subject: UUID, instrument: str, answers: list[int], week: int) -> UUID:
    with clock.at(START + timedelta(weeks=week)), transaction():
        return store_result(subject, instrument, answers)


def test_gives_all_results_of_a_subject_oldest_first(subject: UUID) -> None:
    later, earlier = _store(subject, "phq9", HIGH, 3), _store(subject, "phq9", LOW, 0)
    with transaction(writes=False):
        found = services.results_of(subject)
    assert [view.id for view in found] == [earlier, later]
    assert [view.scored.total for view in found] == [0, 18]


def test_reads_many_subjects_with_as_many_statements_as_one(subject: UUID, context: None) -> None:
    others = [random_id() for _ in range(20)]
    owner_keys.create("subject", others)
    with transaction():
        [store_result(each, "gad7", [1] * 7) for each in [subject, *others]]
    assert _statements([subject]) == _statements([subject, *others])


def _statements(subjects: list[UUID]) -> int:
    seen: list[str] = []
    with transaction(writes=False):
        engine = session().get_bind().engine
        event.listen(engine, "before_cursor_execute", note := lambda *args: seen.append(args[2]))
        found = services.results_of_many(subjects)
        event.remove(engine, "before_cursor_execute", note)
    assert len(found) == len(subjects)
    return len(seen)


def test_lists_open_results_until_they_are_settled(subject: UUID) -> None:
    first, second = _store(subject, "phq9", LOW, 0), _store(subject, "who5", [1] * 5, 1)
    with transaction():
        assert set(services.split_ids(services.open_result_ids()[subject.hex])) == {first, second}
        assert services.settle([first]) == 1
        assert services.open_result_ids() == {subject.hex: second.hex}
        assert [view.id for view in services.results_by_id([second, first])] == [first, second]


def test_gives_the_answers_of_a_result_to_nobody_who_names_another_subject(subject: UUID) -> None:
    result = _store(subject, "phq9", HIGH, 0)
    with transaction(writes=False):
        assert services.answers_of(subject, result).given["q9"] == 2
        with pytest.raises(NotFound):
            services.answers_of(random_id(), result)


def test_still_shows_the_other_results_when_one_was_altered(subject: UUID) -> None:
    broken, whole = _store(subject, "phq9", LOW, 0), _store(subject, "phq9", HIGH, 1)
    with transaction():
        session().execute(update(Result).where(Result.id == broken).values(week="2026-W40"))
    with transaction(writes=False):
        assert [view.id for view in services.results_of(subject)] == [whole]


def test_seals_the_lightest_and_the_heaviest_result_at_one_size(subject: UUID) -> None:
    _store(subject, "phq9", LOW, 0), _store(subject, "phq9", [3] * 10, 0), _store(subject, "phq4", [3] * 4, 0)
    with transaction(writes=False):
        sizes = {len(blob) for blob in session().scalars(Result.__table__.select().with_only_columns(Result.scores))}
    assert len(sizes) == 1
