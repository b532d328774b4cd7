"""What the audit log says, opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from app.audit.models import Entry
from app.core.database import session

if TYPE_CHECKING:
    from app.audit.models import Said


def acts(action: str = "") -> list[Said]:
    """All acts, or those of one kind, the oldest first; inside a transaction."""
    said = [entry.said for entry in session().scalars(select(Entry).order_by(Entry.seq))]
    return [each for each in said if action in {"", each.action}]
