"""Roles by account id, for lists that show who acted without showing names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from app.accounts.models import Account
from app.core.database import session
from app.core.permissions import CLINICIANS, Role
from app.organisations.models import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


def roles_of(ids: Sequence[UUID]) -> dict[UUID, Role]:
    """The roles of accounts; an id that is no account (a pseudonym, somebody erased) is missing."""
    rows = session().execute(select(Account.id, Account.role).where(Account.id.in_(ids)))
    return {row.id: row.role for row in rows}


def team_of(person: Account) -> frozenset[UUID] | None:
    """Whose cases a clinician oversees, by account: her own; a supervisor's branch; None for the whole district."""
    unit = session().get(Unit, person.unit_id) if person.role is Role.SUPERVISOR and person.unit_id else None
    if unit is None:
        return frozenset({person.id})
    if unit.parent_id is None:
        return None
    branch = select(Unit.id).where(Unit.path.startswith(unit.path))
    team = select(Account.id).where(Account.role.in_(CLINICIANS), Account.unit_id.in_(branch))
    return frozenset({person.id, *session().scalars(team)})
