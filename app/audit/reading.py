"""Reading the log as an auditor does: who in which role did what to which kind of object, and nothing clinical.

Neither act nor time is plain, so both are found by opening entries: a day by a few steps of a search, for entries stand
in the order of time; an act by going back through at most ``REACH`` entries for a page.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.audit.mentions import said_in
from app.audit.models import Entry
from app.audit.services import SYSTEM, actions, reference
from app.core import clock
from app.core.database import session
from app.core.permissions import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from app.audit.models import Said

    Roles = Callable[[Sequence[UUID]], Mapping[UUID, Role]]

PAGE = 50
REACH = 2_000
"""Entries that one page opens while it looks for an act."""
FAN = 256
LATE = timedelta(minutes=5)
"""An act is stored at the end of its request: by so much its neighbours may stand in another order."""

OBJECTS = {
    "account": _l("Account"),
    "screening": _l("Questionnaire"),
    "alert": _l("Alert"),
    "case": _l("Case"),
    "lecture": _l("Lecture"),
    "unit": _l("Union unit"),
    "audit": _l("Audit log"),
}

_roles: list[Roles] = []


class Line(NamedTuple):
    """One entry as the auditor reads it; ``role`` is None for the program itself, ``at`` where it cannot be read."""

    seq: int
    at: datetime | None
    action: str
    role: Role | None
    kind: object
    reference: str

    @property
    def is_damaged(self) -> bool:
        """Whether nothing can be read but that there was an act."""
        return self.at is None


class Found(NamedTuple):
    """A page of the log; ``older`` is the number before which the next page goes on, None at the beginning."""

    lines: list[Line]
    older: int | None


def roles_from(lookup: Roles) -> None:
    """Let a higher room say which roles accounts have; ids it does not know are pseudonyms of workers."""
    _roles[:] = [lookup]


def entries(*, before: int | None = None, action: str = "", day: date | None = None, size: int = PAGE) -> Found:
    """One page of the log, the newest first; ``before`` is where the page before ended."""
    low, high = _span(day) if day else (0, None)
    high = min((end for end in (before, high) if end is not None), default=None)
    is_sieved = action in actions() or day is not None
    rows = _rows(low, high, REACH if is_sieved else size)
    shown: list[tuple[int, Said | None]] = []
    for row in rows:
        said = said_in(row)
        if said is None or ((said.action == action or action not in actions()) and _is_of(said.at, day)):
            shown.append((row.seq, said))
        if len(shown) == size:
            return Found(_lines(shown), row.seq if row.seq > low + 1 else None)
    return Found(_lines(shown), rows[-1].seq if rows and rows[-1].seq > low + 1 else None)


def words(action: str, language: str) -> str:
    """What an act is called; nothing for one that cannot be read."""
    return actions()[action][language] if action else ""


def _rows(low: int, high: int | None, limit: int) -> Sequence[Any]:
    table = Entry.__table__.c
    wanted = select(table.seq, table.id, table.act).where(table.seq > low)
    wanted = wanted if high is None else wanted.where(table.seq < high)
    return session().execute(wanted.order_by(table.seq.desc()).limit(limit)).all()


def _is_of(at: datetime, day: date | None) -> bool:
    return day is None or clock.local(at).date() == day


def _span(day: date) -> tuple[int, int]:
    """Between which numbers the entries of a day stand."""
    start = datetime.combine(day, time(), clock.LOCAL)
    newest = session().scalar(select(func.max(Entry.seq))) or 0
    return _last_before(start - LATE, newest), _last_before(start + timedelta(days=1) + LATE, newest) + 1


def _last_before(moment: datetime, newest: int) -> int:
    """The number of the last entry before a moment; a step looks at ``FAN`` entries, so four steps search them all."""
    low, high, step = 0, newest + 1, FAN
    while step > 1:
        step = max(1, (high - low) // FAN)
        earlier, later = _parted(range(low + 1, high, step), moment)
        low = max(earlier, default=low)
        high = min((seq for seq in later if seq > low), default=high)
        if not earlier and not later:
            break
    return low


def _parted(places: range, moment: datetime) -> tuple[list[int], list[int]]:
    """The numbers of the entries at these places, those before a moment and the others."""
    rows = session().execute(select(*Entry.__table__.c["seq", "id", "act"]).where(Entry.seq.in_(places)))
    earlier: list[int] = []
    later: list[int] = []
    for row in rows:
        if said := said_in(row):
            (earlier if said.at < moment else later).append(row.seq)
    return earlier, later


def _lines(shown: list[tuple[int, Said | None]]) -> list[Line]:
    people = sorted({said.actor for _seq, said in shown if said and said.actor != SYSTEM})
    roles = _roles[0](people) if _roles and people else {}
    return [_line(seq, said, roles) for seq, said in shown]


def _line(seq: int, said: Said | None, roles: Mapping[UUID, Role]) -> Line:
    if said is None:
        return Line(seq, None, "", None, "", "")
    role = None if said.actor == SYSTEM else roles.get(said.actor, Role.WORKER)
    kind = OBJECTS.get(said.action.split(".")[0], "")
    return Line(seq, said.at, said.action, role, kind, reference(said.target).hex()[:8] if said.target else "")
