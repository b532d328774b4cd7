"""Sweeping out what is over: sessions, challenges, allowances, invitations, texts: all that nobody can use any more."""

from __future__ import annotations

from app.accounts.models import Allowance, Challenge, Invitation, SignedInSession
from app.core import clock
from app.core.database import delete_in_parts
from app.unsent.models import UnsentText


def sweep() -> int:
    """Delete what is over; returns how many rows. Runs its own transactions; twice does no harm."""
    now = clock.now()
    over = (SignedInSession, Challenge, Allowance, Invitation, UnsentText)
    return sum(delete_in_parts(model, model.ends_at <= now) for model in over)
