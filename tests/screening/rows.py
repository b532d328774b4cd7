"""Results put straight into the database, as a history that tests read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert

from app.core import clock
from app.core.database import session
from app.core.ids import random_id
from app.screening import instruments
from app.screening.models import Result
from app.screening.scoring import score
from app.screening.services.results import sealed_scores
from app.vault import seal_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


def store_result(subject_id: UUID, instrument: str, answers: Sequence[int], *, sitting_id: UUID | None = None) -> UUID:
    """Store answers and their result as of now; returns its id."""
    chosen, row, now = instruments.get(instrument), random_id(), clock.now()
    week = clock.iso_week(now)
    given = {item.id: value for item, value in zip(chosen.items, answers, strict=False)}
    sheet = {"instrument": instrument, "version": chosen.version, "given": given, "seconds": {}}
    answers_blob = seal_for(Result.answers, row=row, owner=subject_id, value=sheet, bound={"week": week})
    scores = sealed_scores(score(chosen, given), at=now, row=row, owner=subject_id, week=week)
    place = {"id": row, "subject_id": subject_id, "sitting_id": sitting_id or random_id(), "week": week}
    session().execute(insert(Result).values(**place, open=True, answers=answers_blob, scores=scores))
    return row
