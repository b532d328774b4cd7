"""The caseload on one screen: read in a fixed number of statements, opened once, ordered by who needs care first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from app import audit
from app.accounts.services import links
from app.care import urgency
from app.care.services import records
from app.core import clock
from app.core.permissions import Role
from app.safety import services as safety
from app.screening import instruments
from app.screening import services as screening

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from app.accounts.models import Account
    from app.care.services.records import OpenCase
    from app.care.state import CaseState
    from app.care.urgency import Reading
    from app.screening.services import ResultView

WIDTH, HEIGHT, EDGE = 96, 28, 3


@dataclass(frozen=True, slots=True)
class Row:
    """One case as its line shows it; ``points`` draws the sparkline."""

    id: str
    name: str
    assignee: UUID
    state: CaseState
    reading: Reading
    weeks: int
    contact_days: int | None
    points: str


class Caseload(NamedTuple):
    """The rows, and how many cases more cannot be read at present."""

    rows: list[Row]
    unreadable: int


def caseload_of(person: Account, *, team: bool = False) -> list[Row]:
    """The readable rows of ``read_caseload``."""
    return read_caseload(person, team=team).rows


def read_caseload(person: Account, *, team: bool = False) -> Caseload:
    """The open cases of a person, or of the team for a supervisor; the most urgent first. One audit entry."""
    everyone = team and person.role is Role.SUPERVISOR
    cases, unreadable = records.opened_cases(assignee=None if everyone else person.id)
    subjects = [case.subject_id for case in cases]
    names = links.names_of(subjects)
    in_alert = safety.subjects_in_alert()
    new: dict[UUID, list[ResultView]] = {}
    for view in screening.open_results_of(subjects):
        new.setdefault(view.subject_id, []).append(view)
    rows = [
        _row(case, names.get(case.subject_id, ""), new.get(case.subject_id, []), has_alert=case.subject_id in in_alert)
        for case in cases
    ]
    audit.record("case.list_read", cases=[case.id.hex for case in cases])
    return Caseload(sorted(rows, key=lambda row: row.reading.rank), unreadable)


def _row(case: OpenCase, name: str, new: list[ResultView], *, has_alert: bool) -> Row:
    state, now = records.with_results(case.state, new), clock.now()
    reading = urgency.read(state, now=now, has_alert=has_alert, is_new=bool(new))
    today = clock.local(now).date()
    return Row(
        id=str(case.id),
        name=name or "",
        assignee=case.assignee,
        state=state,
        reading=reading,
        weeks=state.weeks_in_care(today),
        contact_days=urgency.days_since(state.last_contact, today),
        points=_points(reading),
    )


def _points(reading: Reading) -> str:
    """The sparkline's corners; the worse end of the scale is always at the top."""
    if reading.trend is None or len(reading.trend.totals) < 2:
        return ""
    rises, most = _scale(reading.trend.instrument)
    totals = reading.trend.totals[-12:]
    step, scale = (WIDTH - 2 * EDGE) / (len(totals) - 1), (HEIGHT - 2 * EDGE) / most
    heights = [total if rises else most - total for total in totals]
    return " ".join(f"{EDGE + index * step:.0f},{EDGE + height * scale:.0f}" for index, height in enumerate(heights))


@cache
def _scale(code: str) -> tuple[bool, int]:
    """Whether an instrument rises to the better, and its highest total."""
    instrument = instruments.get(code)
    return instrument.direction is instruments.Direction.HIGHER_IS_BETTER, instrument.maximum or 1


def counts(rows: Sequence[Row], today: date) -> dict[str, int]:
    """The figures above the list."""
    return {
        "open": len(rows),
        "now": sum(bool(row.reading.flags) and row.reading.flags[0].weight >= 60 for row in rows),
        "today": sum(row.state.next_review == today for row in rows),
        "better": sum(row.reading.trend is not None and row.reading.trend.change == "better" for row in rows),
    }
