"""How many people each unit has, as far as a number that small may be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.accounts.models import Account, Status
from app.core.database import session
from app.core.permissions import Role
from app.organisations.models import Unit
from app.organisations.services import branch_ids
from app.organisations.sizes import shown_sizes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


def members_of(top: Unit, children: Sequence[Unit]) -> dict[UUID, int | None]:
    """The workers of a unit and of its children, with all below them; None where the number may not be shown."""
    counted = (
        select(Unit.path, func.count())
        .join(Account, Account.unit_id == Unit.id)
        .where(Unit.id.in_(branch_ids(top.id)), Account.role == Role.WORKER, Account.status == Status.ACTIVE)
        .group_by(Unit.path)
    )
    direct = dict(session().execute(counted).tuples().all())
    return shown_sizes([top, *children], direct)
