"""Writing to the outbox in the transaction of the act."""

from __future__ import annotations

from typing import Any

from app.core.database import session
from app.notices.models import OutboxRow


def enqueue(kind: str, **payload: Any) -> None:
    """Promise a notice of this kind: stored with the act, delivered at least once after it."""
    session().add(OutboxRow(payload={"kind": kind, **payload}))
