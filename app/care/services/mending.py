"""Cases that were changed past the program, brought back to what their sealed file says: none leaves the lists."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app import audit
from app.care.models import NOBODY, Case
from app.care.services import records
from app.care.state import Happening, Stage
from app.core.database import changed, session, transaction
from app.vault import VaultError, note_damage, rows

if TYPE_CHECKING:
    from app.care.state import CaseState


def mend(case_id: UUID) -> bool:
    """Give a case whose row was changed back to whoever had it, open as it was; says whether it did.

    Runs its own transaction. A case that was closed with the program stays closed. One that cannot be read, or whose
    seal is gone, is open and nobody's: supervisors find it.
    """
    with transaction():
        case = session().get(Case, case_id)
        if case is None:
            return False
        state = _state_of(case)
        truth = {"open": state is None or state.stage is not Stage.CLOSED, "assignee": _holder(state)}
        if rows.would_hold(Case, case, **truth):
            return _write(case, truth)
        return not case.open and truth["open"] is True and _write(case, {"open": True})


def _write(case: Case, columns: dict[str, object]) -> bool:
    """Write these columns; False where the person is in care under another case by now."""
    unchanged = update(Case).where(Case.id == case.id, Case.version == case.version)
    try:
        with session().begin_nested():
            if not changed(unchanged.values(**columns)):
                return False
    except IntegrityError:
        return False
    audit.record("case.put_back", case.subject_id, case=case.id.hex)
    return True


def _state_of(case: Case) -> CaseState | None:
    try:
        return records.state_of(case)
    except VaultError as error:
        note_damage(error)
        return None


def _holder(state: CaseState | None) -> UUID:
    """Who had the case, by its history."""
    if state is None:
        return NOBODY
    handed = [line.to for line in state.history if line.what is Happening.ASSIGNED]
    return UUID(handed[-1] if handed else state.last(Happening.OPENED).by)
