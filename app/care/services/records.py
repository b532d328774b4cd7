"""Cases as rows: fetching them for a person, changing them by conditional updates, folding new results in."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from app.accounts.services.roles import team_of
from app.care.models import Case
from app.care.state import CaseState, Score
from app.care.tiers import Facts, propose
from app.core import clock
from app.core.database import changed, session, transaction
from app.core.errors import Conflict, NotFound
from app.core.permissions import CLINICIANS
from app.screening import services as screening
from app.vault import VaultError, open_for, owner_keys, rows, seal_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from app.accounts.models import Account
    from app.screening.services import ResultView

log = logging.getLogger("xingfu.care")

ATTEMPTS = 3
CHUNK = 1_000
ERASED = "K005"
FULL = {"phq9", "gad7"}
"""What makes a full battery."""


def fetch_case(case_id: UUID, person: Account) -> Case:
    """A case in one's own caseload; for a supervisor, one of her branch. Raises ``NotFound``."""
    case = session().get(Case, case_id)
    if case is None or not may_see(case, person):
        raise NotFound
    return case


def may_see(case: Case, person: Account) -> bool:
    """Whether this person may open this case: her own, and her team's for a supervisor."""
    if person.role not in CLINICIANS or case.assignee == person.id:
        return person.role in CLINICIANS
    team = team_of(person)
    return team is None or case.assignee in team


def state_of(case: Case) -> CaseState:
    """The opened state of a case."""
    return CaseState.from_json(case.file)


def open_case_of(subject_id: UUID) -> Case | None:
    """The one open case of a subject."""
    return session().scalar(select(Case).where(Case.subject_id == subject_id, Case.open))


def subject_in(case_id: UUID) -> UUID:
    """Whom a case speaks about. Raises ``NotFound``."""
    case = session().get(Case, case_id)
    if case is None:
        raise NotFound
    return case.subject_id


def subjects_in_care(account_id: UUID | None = None) -> set[UUID]:
    """The subjects that have an open case, of one counsellor or of all."""
    if account_id is None:
        return set(session().scalars(select(Case.subject_id).where(Case.open)))
    hers = session().execute(select(*rows.columns_of(Case)).where(Case.open, Case.assignee == account_id))
    return {row.subject_id for row in hers if rows.holds(Case, row)}


class OpenCase(NamedTuple):
    """A case as a list reads it."""

    id: UUID
    subject_id: UUID
    assignee: UUID
    state: CaseState


class OpenedCases(NamedTuple):
    """Cases that could be opened, and the ids of those whose person was erased: as if they had never existed."""

    cases: list[OpenCase]
    erased: list[UUID]


def opened_cases(case_ids: Iterable[UUID]) -> OpenedCases:
    """These cases with their files, in a statement a thousand; one that cannot be read is logged and left out."""
    wanted, found = list(case_ids), OpenedCases([], [])
    columns = select(*rows.columns_of(Case), Case.file)
    for start in range(0, len(wanted), CHUNK):
        read = session().execute(columns.where(Case.id.in_(wanted[start : start + CHUNK]))).all()
        sound = [row for row in read if rows.holds(Case, row)]
        owner_keys.prefetch([row.subject_id for row in sound])
        for row in sound:
            try:
                file = open_for(Case.file, row.file, row=row.id, owner=row.subject_id)
            except VaultError as error:
                log.warning("a case cannot be read: %s", error.code)
                found.erased.extend([row.id] if error.code == ERASED else [])
                continue
            found.cases.append(OpenCase(row.id, row.subject_id, row.assignee, CaseState.from_json(file)))
    return found


def new_results(subject_ids: Iterable[UUID]) -> dict[UUID, list[ResultView]]:
    """The results of each of these subjects that are in no case yet, oldest first."""
    wanted = list(subject_ids)
    found: dict[UUID, list[ResultView]] = {}
    for start in range(0, len(wanted), CHUNK):
        for view in screening.open_results_of(wanted[start : start + CHUNK]):
            found.setdefault(view.subject_id, []).append(view)
    return found


def change(case: Case, alter: Callable[[CaseState], CaseState], **columns: Any) -> CaseState:
    """Apply ``alter`` to the state as it is now, whoever else writes. Raises what ``alter`` raises, or ``Conflict``.

    Raises ``NotFound`` where bound columns would change in a row that was changed past the program.
    """
    for _attempt in range(ATTEMPTS):
        state = alter(state_of(case))
        blob = sealed_file(case.id, case.subject_id, state)
        access = _sealed_anew(case, columns) if columns else {}
        unchanged = update(Case).where(Case.id == case.id, Case.version == case.version)
        written = changed(unchanged.values(file=blob, version=case.version + 1, **access))
        session().refresh(case)
        if written:
            return state
    raise Conflict(_l("Somebody else has just changed this case. Please open it again."))


def _sealed_anew(case: Case, columns: dict[str, Any]) -> dict[str, Any]:
    if not rows.holds(Case, case):
        raise NotFound
    present = {"id": case.id, "subject_id": case.subject_id, "assignee": case.assignee, "open": case.open}
    return rows.with_seal(Case, present | columns)


def sealed_file(case_id: UUID, subject_id: UUID, state: CaseState) -> bytes:
    """A state as its column stores it."""
    return seal_for(Case.file, row=case_id, owner=subject_id, value=state.to_json())


def scores_from(results: Iterable[ResultView]) -> tuple[Score, ...]:
    """The totals of results, oldest first; incomplete ones have none."""
    found = ((clock.local(view.at).date(), view.scored) for view in results)
    return tuple(Score(day, scored.instrument, scored.total) for day, scored in found if scored.total is not None)


def with_results(state: CaseState, views: Iterable[ResultView]) -> CaseState:
    """The state with new results: their totals, and the tier they propose where it differs from the one in force."""
    found = list(views)
    if not found:
        return state
    newest = {view.scored.instrument: view.scored for view in found}
    proposal = propose(list(newest.values()), facts=Facts(full_battery_within_14d=newest.keys() >= FULL))
    reasons = tuple((reason.code, reason.value) for reason in proposal.reasons)
    suggested = proposal.tier if proposal.tier != state.tier else None
    return replace(state.with_scores(scores_from(found)), suggested=suggested, reasons=reasons)


def absorb_results() -> int:
    """Fold new results of subjects in care into their cases and settle them; returns how many.

    Opens the cases that have any, each in a short transaction of its own.
    """
    with transaction(writes=False):
        chosen = select(Case.id).where(Case.open, screening.has_open_result(Case.subject_id))
        concerned = session().scalars(chosen).all()
    return sum(_absorb(case_id) for case_id in concerned)


def _absorb(case_id: UUID) -> int:
    with transaction():
        case = session().get_one(Case, case_id)
        views = screening.open_results_of([case.subject_id])
        if not case.open or not views:
            return 0
        change(case, lambda state: with_results(state, views))
        return screening.settle(view.id for view in views)
