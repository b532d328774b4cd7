"""Whole sittings: stored at once they are what the same answers would have been one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.audit.verification import verify
from app.core import clock
from app.core.database import session, transaction
from app.core.errors import Malformed
from app.notices.models import OutboxRow
from app.safety import services as safety
from app.screening import instruments, services
from app.screening.services import Sheet, Whole
from tests.acts import acts

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

    from tests.cast import Cast

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def sheet(code: str, value: int, **others: int) -> Sheet:
    """The same answer to every scored item but some; PHQ-9 also asks how hard it all was."""
    given = {item.id: value for item in instruments.get(code).scored_items}
    return Sheet(code, given | others)


def full(subject: UUID, *, unsafe: int = 0, settled: bool = False) -> Whole:
    return Whole(subject, "full", AT, [sheet("phq9", 1, q9=unsafe, difficulty=1), sheet("gad7", 2)], settled=settled)


def store(app: Flask, *sittings: Whole) -> None:
    with app.app_context(), transaction():
        assert services.store_complete(sittings) == len(sittings)


def shown(app: Flask, subject: UUID) -> list[tuple[object, ...]]:
    """What is read of a subject's results, and the answers behind them."""
    with app.app_context(), transaction(writes=False):
        views = services.results_of(subject)
        sheets = [services.answers_of(subject, view.id) for view in views]
    return [(view.week, view.at, view.scored, dict(answers.given)) for view, answers in zip(views, sheets, strict=True)]


def one_by_one(app: Flask, whole: Whole) -> None:
    """Give the same answers as a worker does."""
    for number, each in enumerate(whole.sheets):
        with clock.at(AT + timedelta(minutes=number)), app.app_context(), transaction():
            sitting = services.start(whole.subject_id, whole.battery)
            services.submit(sitting, each.instrument, each.given, key="a")


def test_stores_what_the_same_answers_would_have_been(app: Flask, people: Cast) -> None:
    mine, hers = people.subject_of(people.worker), people.subject_of(people.other_worker)

    store(app, full(mine))
    one_by_one(app, full(hers))

    assert shown(app, mine) == shown(app, hers)
    assert len(shown(app, mine)) == 2


def test_leaves_them_to_triage_unless_they_are_settled(app: Flask, people: Cast) -> None:
    mine, hers = people.subject_of(people.worker), people.subject_of(people.other_worker)

    store(app, full(mine), full(hers, settled=True))

    with app.app_context(), transaction(writes=False):
        assert services.open_result_ids().keys() == {mine.hex}


def test_raises_the_alert_of_a_safety_answer_and_tells_nobody(app: Flask, people: Cast) -> None:
    mine, hers = people.subject_of(people.worker), people.subject_of(people.other_worker)

    store(app, full(mine, unsafe=2), full(hers))

    with app.app_context(), transaction(writes=False):
        assert safety.subjects_in_alert() == {mine}
        assert [alert.state.raised_at for alert in safety.open_alerts()] == [AT]
        assert not session().scalars(select(OutboxRow)).all()


def test_records_each_sheet_at_its_own_moment(app: Flask, people: Cast) -> None:
    mine, hers = people.subject_of(people.worker), people.subject_of(people.other_worker)

    store(app, full(mine), full(hers))

    with app.app_context(), transaction(writes=False):
        assert [act.at for act in acts("screening.submitted")] == [AT, AT, *[AT + timedelta(minutes=1)] * 2]
        assert verify().first_bad is None


@pytest.mark.parametrize(
    "sheets",
    [
        pytest.param([sheet("phq9", 1, difficulty=1)], id="one is missing"),
        pytest.param([sheet("gad7", 1), sheet("phq9", 1, difficulty=1)], id="in another order"),
        pytest.param([sheet("phq9", 9), sheet("gad7", 1)], id="an answer that is not offered"),
        pytest.param([Sheet("phq9", {"q1": 1}), sheet("gad7", 1)], id="an answer is missing"),
    ],
)
def test_refuses_what_no_sitting_could_have_been(app: Flask, people: Cast, sheets: list[Sheet]) -> None:
    mine = people.subject_of(people.worker)

    with pytest.raises(Malformed), app.app_context(), transaction():
        services.store_complete([full(mine), Whole(mine, "full", AT, sheets)])

    assert shown(app, mine) == []
