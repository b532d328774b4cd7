"""Who opened my record: the entries of the audit log about one person, in her own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from sqlalchemy import select

from app import audit
from app.accounts.models import Account
from app.accounts.services import links
from app.audit.models import Entry
from app.audit.services import SYSTEM, actions
from app.core.database import session
from app.core.paging import Page, page_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from app.core.permissions import Role

PAGE = 30


class Opening(NamedTuple):
    """One act on a person's record by somebody else: when, what, and in which role; None is the program itself."""

    seq: int
    at: datetime
    words: Mapping[str, str]
    role: Role | None


def openings_of(account: Account, *, before: int | None = None) -> Page[Opening]:
    """What others did with this person's record, the newest first, a page at a time."""
    subject = links.subject_of(account)
    found = _entries(account, subject, before)
    actors = {entry.seq: UUID(entry.detail["actor"]) for entry in found.rows}
    roles = _roles(set(actors.values()))
    openings = [Opening(each.seq, each.at, actions()[each.action], roles.get(actors[each.seq])) for each in found.rows]
    return Page(openings, found.has_more)


def _entries(account: Account, subject: UUID, before: int | None) -> Page[Entry]:
    own = [audit.actor_reference(actor) for actor in (account.id, subject, SYSTEM)]
    about = [audit.reference(account.id), audit.reference(subject)]
    found = select(Entry).where(Entry.target.in_(about), Entry.actor.not_in(own))
    return page_of(found, (Entry.seq,), PAGE, after=None if before is None else (before,), newest=True)


def _roles(ids: set[UUID]) -> dict[UUID, Role]:
    rows = session().execute(select(Account.id, Account.role).where(Account.id.in_(ids)))
    return dict(rows.tuples().all())
