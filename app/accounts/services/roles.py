"""Roles by account id, for lists that show who acted without showing names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from app.accounts.models import Account
from app.core.database import session
from app.core.permissions import CLINICIANS, Role
from app.organisations.models import Unit
from app.organisations.services import branch_ids
from app.vault import rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


def roles_of(ids: Sequence[UUID]) -> dict[UUID, Role]:
    """The roles of accounts; an id that is no account (a pseudonym, somebody erased) is missing."""
    found = session().execute(select(Account.id, Account.role).where(Account.id.in_(ids)))
    return {row.id: row.role for row in found}


def team_of(person: Account) -> frozenset[UUID] | None:
    """Whose cases a clinician oversees, by account: her own; a supervisor's branch; None for the whole district."""
    unit = session().get(Unit, person.unit_id) if person.role is Role.SUPERVISOR and person.unit_id else None
    if unit is None:
        return frozenset({person.id})
    if unit.parent_id is None:
        return None
    theirs = Account.role.in_(CLINICIANS), Account.unit_id.in_(branch_ids(unit.id))
    team = session().execute(select(*rows.columns_of(Account)).where(*theirs))
    return frozenset({person.id, *(row.id for row in team if rows.holds(Account, row))})
