"""Sweeping out what is over: sessions, challenges, allowances and invitations that nobody can use any more."""

from __future__ import annotations

from sqlalchemy import delete

from app.accounts.models import Allowance, Challenge, Invitation, SignedInSession
from app.core import clock
from app.core.database import changed, transaction


def sweep() -> int:
    """Delete what is over; returns how many rows. Runs its own transaction; twice does no harm."""
    now = clock.now()
    with transaction():
        return sum(
            changed(delete(model).where(model.ends_at <= now))
            for model in (SignedInSession, Challenge, Allowance, Invitation)
        )
