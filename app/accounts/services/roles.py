"""Roles by account id, for lists that show who acted without showing names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from app.accounts.models import Account
from app.core.database import session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from app.core.permissions import Role


def roles_of(ids: Sequence[UUID]) -> dict[UUID, Role]:
    """The roles of accounts; an id that is no account (a pseudonym, somebody erased) is missing."""
    rows = session().execute(select(Account.id, Account.role).where(Account.id.in_(ids)))
    return {row.id: row.role for row in rows}
