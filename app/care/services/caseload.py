"""The caseload: ordered by who needs care first without opening a case; names are opened for the lines shown."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from app import audit
from app.accounts.services import links
from app.accounts.services.roles import team_of
from app.care import urgency
from app.care.services import case_lines
from app.core import clock
from app.core.paging import numbered
from app.screening import instruments
from app.vault import VaultError, owner_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from app.accounts.models import Account
    from app.care.services.case_lines import ListedCase
    from app.care.urgency import Brief, Reading
    from app.core.paging import Numbered

WIDTH, HEIGHT, EDGE = 96, 28, 3
PAGE = 50
URGENT = 60
"""The weight from which a flag means that somebody is needed today."""


class Show(enum.StrEnum):
    """Which of the open cases a list shows."""

    NOW = "now"
    TODAY = "today"
    BETTER = "better"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Row:
    """One case as its line shows it; ``name`` is empty until it is opened."""

    id: str
    subject_id: UUID
    assignee: UUID
    brief: Brief
    reading: Reading
    name: str = ""

    @property
    def weeks(self) -> int:
        """Full weeks in care."""
        return self.brief.weeks_in_care(clock.today())

    @property
    def contact_days(self) -> int | None:
        """Days since the last contact."""
        return urgency.days_since(self.brief.last_contact, clock.today())

    @property
    def points(self) -> str:
        """The corners of the sparkline."""
        return _points(self.reading)

    def is_shown(self, show: Show, today: date) -> bool:
        """Whether this case is one of those."""
        match show:
            case Show.NOW:
                return bool(self.reading.flags) and self.reading.flags[0].weight >= URGENT
            case Show.TODAY:
                return self.brief.next_review == today
            case Show.BETTER:
                return self.reading.trend is not None and self.reading.trend.change == "better"
            case Show.OPEN:
                return True


class Caseload(NamedTuple):
    """The rows, and the ids of the cases that cannot be read at present."""

    rows: list[Row]
    unreadable: list[str]


class CaseloadPage(NamedTuple):
    """One page of those asked for, their names opened, and figures about all open cases."""

    page: Numbered[Row]
    counts: dict[str, int]
    unreadable: list[str]


def read_caseload(person: Account, *, team: bool = False) -> Caseload:
    """The open cases of a person, or of a supervisor's team, the most urgent first; no name and no case opened."""
    listed, now = case_lines.read(team_of(person) if team else {person.id}), clock.now()
    rows = [
        _row(each, urgency.judge(each.brief, now=now, has_alert=each.has_alert, is_new=each.is_new))
        for each in listed.cases
    ]
    lost = [str(UUID(hex=case)) for case in listed.unreadable]
    return Caseload(sorted(rows, key=lambda row: row.reading.rank), lost)


def caseload_page(
    person: Account, *, team: bool = False, show: Show = Show.OPEN, name: str = "", number: int = 1
) -> CaseloadPage:
    """A page of the caseload; ``name`` is a part of the names looked for. One audit entry, of the cases shown."""
    found, today = read_caseload(person, team=team), clock.today()
    wanted = [row for row in found.rows if row.is_shown(show, today)]
    if name:
        wanted = [row for row in named(wanted) if name.casefold() in row.name.casefold()]
    page = numbered(wanted, number, PAGE)
    rows = page.rows if name else named(page.rows)
    _record(rows)
    shown = {row.id for row in rows}
    lost = [row.id for row in page.rows if row.id not in shown]
    return CaseloadPage(page._replace(rows=rows), counts(found.rows, today), found.unreadable + lost)


def caseload_of(person: Account, *, team: bool = False) -> list[Row]:
    """All rows of ``read_caseload``, their names opened. One audit entry."""
    rows = named(read_caseload(person, team=team).rows)
    _record(rows)
    return rows


def first_rows(rows: Sequence[Row], *more: Row) -> dict[str, Row]:
    """Some rows of a start page with their names, by id. One audit entry where there are any."""
    opened = {row.id: row for row in named({row.id: row for row in (*rows, *more)}.values())}
    if opened:
        _record(opened.values())
    return opened


def named(rows: Iterable[Row]) -> list[Row]:
    """The rows with their names opened; one whose person was erased, or whose key is out of reach, is left out."""
    wanted = list(rows)
    owner_keys.prefetch([row.subject_id for row in wanted])
    readable = [row for row in wanted if _has_key(row.subject_id)]
    names = links.names_of([row.subject_id for row in readable])
    return [replace(row, name=names.get(row.subject_id) or "") for row in readable]


def counts(rows: Sequence[Row], today: date) -> dict[str, int]:
    """The figures above the list, by the code of ``Show``."""
    return {show.value: sum(row.is_shown(show, today) for row in rows) for show in Show}


def _row(each: ListedCase, reading: Reading) -> Row:
    return Row(
        id=str(UUID(hex=each.case)),
        subject_id=UUID(hex=each.subject),
        assignee=UUID(hex=each.assignee),
        brief=each.brief,
        reading=reading,
    )


def _record(rows: Collection[Row]) -> None:
    people = [row.subject_id for row in rows]
    audit.record("case.list_read", shown=people, cases=[row.id.replace("-", "") for row in rows])


def _has_key(subject_id: UUID) -> bool:
    try:
        owner_keys.key_of(subject_id)
    except VaultError:
        return False
    return True


def _points(reading: Reading) -> str:
    """The sparkline's corners; the worse end of the scale is always at the top."""
    if reading.trend is None or len(reading.trend.totals) < 2:
        return ""
    rises, most = _scale(reading.trend.instrument)
    totals = reading.trend.totals
    step, scale = (WIDTH - 2 * EDGE) / (len(totals) - 1), (HEIGHT - 2 * EDGE) / most
    heights = [total if rises else most - total for total in totals]
    return " ".join(f"{EDGE + index * step:.0f},{EDGE + height * scale:.0f}" for index, height in enumerate(heights))


@cache
def _scale(code: str) -> tuple[bool, int]:
    """Whether an instrument rises to the better, and its highest total."""
    instrument = instruments.get(code)
    return instrument.direction is instruments.Direction.HIGHER_IS_BETTER, instrument.maximum or 1
