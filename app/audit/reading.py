"""Reading the log as an auditor does: who in which role did what to which kind of object, and nothing clinical."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.models import Entry
from app.audit.services import SYSTEM, actions
from app.core import clock
from app.core.paging import Page, page_of
from app.core.permissions import Role
from app.vault import VaultError, note_damage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    Roles = Callable[[Sequence[UUID]], Mapping[UUID, Role]]

PAGE = 50
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
    """One entry as the auditor reads it; ``role`` is None for the program itself."""

    seq: int
    at: datetime
    action: str
    role: Role | None
    kind: object
    reference: str
    is_damaged: bool = False


def roles_from(lookup: Roles) -> None:
    """Let a higher room say which roles accounts have; ids it does not know are pseudonyms of workers."""
    _roles[:] = [lookup]


def entries(*, before: int | None = None, action: str = "", day: date | None = None, size: int = PAGE) -> Page[Line]:
    """One page of the log, the newest first; ``before`` is the last number of the page before."""
    wanted = select(Entry)
    if action in actions():
        wanted = wanted.where(Entry.action == action)
    if day is not None:
        start = datetime.combine(day, time(), clock.LOCAL)
        wanted = wanted.where(Entry.at >= start, Entry.at < start + timedelta(days=1))
    found = page_of(wanted, (Entry.seq,), size, after=None if before is None else (before,), newest=True)
    return Page(_lines(found.rows), found.has_more)


def words(action: str, language: str) -> str:
    """What an act is called."""
    return actions()[action][language]


def _lines(found: Sequence[Entry]) -> list[Line]:
    actors = {entry.seq: _actor(entry) for entry in found}
    people = sorted({actor for actor in actors.values() if actor not in {SYSTEM, None}})
    roles = _roles[0](people) if _roles and people else {}
    return [_line(entry, actors[entry.seq], roles) for entry in found]


def _actor(entry: Entry) -> UUID | None:
    try:
        return UUID(entry.detail["actor"])
    except VaultError as error:
        note_damage(error)
        return None


def _line(entry: Entry, actor: UUID | None, roles: Mapping[UUID, Role]) -> Line:
    role = None if actor in {SYSTEM, None} else roles.get(actor, Role.WORKER)
    kind = OBJECTS.get(entry.action.split(".")[0], "")
    reference = entry.target.hex()[:8] if entry.target else ""
    return Line(entry.seq, entry.at, entry.action, role, kind, reference, is_damaged=actor is None)
