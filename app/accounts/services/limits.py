"""Allowances: a try is counted, by a conditional update, before it is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from app import vault
from app.accounts.models import Allowance
from app.core import clock
from app.core.database import changed, insert_if_absent, session

if TYPE_CHECKING:
    from datetime import timedelta


def take(purpose: str, who: bytes, *, limit: int, window: timedelta) -> bool:
    """Use up one of ``limit`` tries that ``who`` has in a window; False when there is none left.

    The count stands even if the try then fails, so the caller must answer, not raise.
    """
    key, now = vault.reference("codes", "allowance", purpose, who), clock.now()
    session().execute(delete(Allowance).where(Allowance.key == key, Allowance.ends_at <= now))
    one_more = update(Allowance).where(Allowance.key == key, Allowance.used < limit).values(used=Allowance.used + 1)
    if changed(one_more):
        return True
    return insert_if_absent(Allowance, key=key, used=1, ends_at=now + window) or bool(changed(one_more))


def give_back(purpose: str, who: bytes) -> None:
    """Forget the tries of somebody who then proved to be the right person."""
    session().execute(delete(Allowance).where(Allowance.key == vault.reference("codes", "allowance", purpose, who)))
