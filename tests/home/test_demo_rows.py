"""The fictional district's rows are the program's own: written by services, whole, sealed, sound."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.accounts.models import Account, Consent
from app.accounts.services import consents
from app.audit.verification import verify
from app.care.models import Case
from app.core.database import session, transaction
from app.core.permissions import Role
from app.courses.models import Booking, BookingState, Lecture
from app.home.demo import cli
from app.safety.models import Alert, DutyShift
from app.screening.models import Result
from app.screening.services import answers_of, results_of_many
from app.vault import owner_keys, rows
from tests.home.districts import WORKERS

if TYPE_CHECKING:
    from flask import Flask


def test_seats_agree_with_the_bookings(demo: Flask) -> None:
    seated = (BookingState.BOOKED, BookingState.ATTENDED, BookingState.ABSENT)
    with demo.app_context(), transaction(writes=False):
        taken = {row.id: row.taken for row in session().scalars(select(Lecture)) if row.taken}
        booked = Counter(session().scalars(select(Booking.lecture_id).where(Booking.state.in_(seated))))

    assert taken == booked


def test_its_chain_is_sound(demo: Flask) -> None:
    with demo.app_context(), transaction(writes=False):
        assert verify().first_bad is None


def test_its_workers_have_recovery_codes_and_have_decided(demo: Flask) -> None:
    with demo.app_context(), transaction(writes=False):
        workers = session().scalars(select(Account).where(Account.role == Role.WORKER)).all()
        owner_keys.prefetch([worker.id for worker in workers])
        assert len(workers) == WORKERS
        assert all(worker.recovery for worker in workers)
        assert all(consents.decisions(worker.id).keys() == consents.purposes().keys() for worker in workers)


def test_every_result_and_every_answer_opens(demo: Flask) -> None:
    with demo.app_context(), transaction(writes=False):
        subjects = set(session().scalars(select(Result.subject_id)))
        views = [view for found in results_of_many(subjects).values() for view in found]
        assert len(views) == session().scalar(select(func.count()).select_from(Result))
        assert all(answers_of(view.subject_id, view.id).instrument == view.scored.instrument for view in views)


def test_every_sealed_row_holds(demo: Flask) -> None:
    with demo.app_context(), transaction(writes=False):
        for model in (Account, Consent, Case, Alert, DutyShift):
            found = session().execute(select(*rows.columns_of(model))).all()
            assert found
            assert all(rows.holds(model, row) for row in found)


def test_no_row_is_written_but_by_a_service() -> None:
    written = re.compile(r"insert\(|update\(|delete\(|\.add_all\(|session\(\)\.add\(|seal_for\(")
    sources = Path(cli.__file__).parent.glob("*.py")
    assert [source.name for source in sources if written.search(source.read_text("utf-8"))] == []
