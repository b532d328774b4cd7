"""Finding entries by whom they concern, and opening what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from app.audit.models import EPOCH, MICROSECOND, Entry, Mention, Said
from app.audit.services import reference
from app.core import clock
from app.core.database import session
from app.vault import VaultError, note_damage, open_for

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class Act(NamedTuple):
    """That somebody did something: the number of the entry, when, what and who."""

    seq: int
    at: datetime
    action: str
    actor: UUID


def acts_on(*people: UUID, since: datetime | None = None) -> list[Act]:
    """What others did to these people or rows, the newest first; ``since`` spares the weeks before it."""
    table = Mention.__table__.c
    found = select(*table).where(table.about.in_([reference(person) for person in people]))
    if since is not None:
        found = found.where(table.week >= clock.iso_week(since))
    acts = [act for row in session().execute(found) if (act := act_in(row))]
    return sorted((act for act in acts if since is None or act.at > since), reverse=True)


def said_in(row: Any) -> Said | None:
    """What a row of the log says; None where that cannot be read."""
    try:
        return Said.from_json(open_for(Entry.act, row.act or b"", row=row.id))
    except VaultError as error:
        note_damage(error)
        return None


def details_of(acts: Iterable[Act]) -> list[dict[str, Any]]:
    """The reasons of some acts, those that can be read."""
    rows = select(*Entry.__table__.c["seq", "id", "act"]).where(Entry.seq.in_([act.seq for act in acts]))
    return [said.detail for row in session().execute(rows) if (said := said_in(row))]


def act_in(row: Any) -> Act | None:
    """What a mention finds; None where that cannot be read."""
    try:
        bound = {"about": row.about, "week": row.week}
        seq, at, action, actor = open_for(Mention.place, row.place, row=row.id, bound=bound)
    except VaultError as error:
        note_damage(error)
        return None
    return Act(seq, EPOCH + at * MICROSECOND, action, UUID(actor))
