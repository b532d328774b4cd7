"""Who opened my record: the entries of the audit log about one person, in her own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.services import links
from app.audit.mentions import acts_on
from app.audit.services import SYSTEM, actions
from app.core.database import session
from app.core.paging import Page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

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
    own = {account.id, subject, SYSTEM}
    acts = [each for each in acts_on(account.id, subject) if each.actor not in own]
    acts = [each for each in acts if before is None or each.seq < before][: PAGE + 1]
    roles = _roles({each.actor for each in acts})
    openings = [Opening(each.seq, each.at, actions()[each.action], roles.get(each.actor)) for each in acts]
    return Page(openings[:PAGE], len(openings) > PAGE)


def _roles(ids: set[UUID]) -> dict[UUID, Role]:
    rows = session().execute(select(Account.id, Account.role).where(Account.id.in_(ids)))
    return dict(rows.tuples().all())
