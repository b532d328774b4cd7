"""Cases as rows: fetching them for a person, changing them by conditional updates, folding new results in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from app.care.models import Case
from app.care.state import CaseState, Score
from app.core import clock
from app.core.database import changed, session
from app.core.errors import Conflict, NotFound
from app.core.permissions import CLINICIANS, Role
from app.screening import services as screening
from app.vault import owner_keys, seal_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from uuid import UUID

    from app.accounts.models import Account
    from app.screening.services import ResultView

ATTEMPTS = 3


def fetch_case(case_id: UUID, person: Account) -> Case:
    """A case in one's own caseload; the whole team's for a supervisor. Raises ``NotFound``."""
    case = session().get(Case, case_id)
    if case is None or not may_see(case, person):
        raise NotFound
    return case


def may_see(case: Case, person: Account) -> bool:
    """Whether this person may open this case."""
    return person.role is Role.SUPERVISOR or (person.role in CLINICIANS and case.assignee == person.id)


def state_of(case: Case) -> CaseState:
    """The opened state of a case."""
    return CaseState.from_json(case.file)


def open_case_of(subject_id: UUID) -> Case | None:
    """The one open case of a subject."""
    return session().scalar(select(Case).where(Case.subject_id == subject_id, Case.open))


def subjects_in_care(account_id: UUID | None = None) -> set[UUID]:
    """The subjects that have an open case, of one counsellor or of all."""
    chosen = select(Case.subject_id).where(Case.open)
    if account_id:
        chosen = chosen.where(Case.assignee == account_id)
    return set(session().scalars(chosen))


def open_cases(*, assignee: UUID | None = None) -> Sequence[Case]:
    """Open cases, of one counsellor or of all, their keys at hand."""
    chosen = select(Case).where(Case.open)
    if assignee:
        chosen = chosen.where(Case.assignee == assignee)
    found = session().scalars(chosen).all()
    owner_keys.prefetch([case.subject_id for case in found])
    return found


def change(case: Case, alter: Callable[[CaseState], CaseState], **columns: Any) -> CaseState:
    """Apply ``alter`` to the state as it is now, whoever else writes. Raises what ``alter`` raises, or ``Conflict``."""
    for _attempt in range(ATTEMPTS):
        state = alter(state_of(case))
        blob = sealed_file(case.id, case.subject_id, state)
        unchanged = update(Case).where(Case.id == case.id, Case.version == case.version)
        written = changed(unchanged.values(file=blob, version=case.version + 1, **columns))
        session().refresh(case)
        if written:
            return state
    raise Conflict(_l("Somebody else has just changed this case. Please open it again."))


def sealed_file(case_id: UUID, subject_id: UUID, state: CaseState) -> bytes:
    """A state as its column stores it."""
    return seal_for(Case.file, row=case_id, owner=subject_id, value=state.to_json())


def scores_from(results: Iterable[ResultView]) -> tuple[Score, ...]:
    """The totals of results, oldest first; incomplete ones have none."""
    found = ((clock.local(view.at).date(), view.scored) for view in results)
    return tuple(Score(day, scored.instrument, scored.total) for day, scored in found if scored.total is not None)


def absorb_results() -> int:
    """Fold new results of subjects in care into their cases and settle them; returns how many."""
    cases = {case.subject_id: case for case in open_cases()}
    new: dict[UUID, list[ResultView]] = {}
    for view in screening.open_results():
        if view.subject_id in cases:
            new.setdefault(view.subject_id, []).append(view)
    for subject_id, views in new.items():
        change(cases[subject_id], lambda state, views=views: state.with_scores(scores_from(views)))  # type: ignore[misc]
    screening.settle(view.id for views in new.values() for view in views)
    return sum(map(len, new.values()))
