"""Known devices: browsers from which a person confirmed her phone."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select

from app.accounts.models import Account, KnownDevice
from app.accounts.services.sessions import digest
from app.core import clock
from app.core.database import session
from app.vault import rows

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Select

LIFE = timedelta(days=400)
BROWSER = "token"
"""The purpose under which tokens of browsers are stored: the first one there was, so that known ones stay known."""


def remember(account: Account) -> str:
    """Make the present browser known; returns the token for its cookie."""
    token = secrets.token_urlsafe(32)
    session().add(KnownDevice(account_id=account.id, token_digest=digest(token, BROWSER)))
    return token


def is_known(account_id: UUID, token: str | None) -> bool:
    """Whether this browser confirmed this person's phone before."""
    if not token:
        return False
    found = _of(account_id, *rows.columns_of(KnownDevice)).where(KnownDevice.token_digest == digest(token, BROWSER))
    device = session().execute(found).first()
    return device is not None and rows.holds(KnownDevice, device)


def count(account_id: UUID) -> int:
    """How many browsers a person has made known."""
    return session().scalar(select(func.count()).select_from(_of(account_id, KnownDevice.id).subquery())) or 0


def forget_all(account_id: UUID) -> None:
    """Ask for a code everywhere again, after a forgotten password or when the person says so."""
    session().execute(delete(KnownDevice).where(KnownDevice.account_id == account_id))


def _of(account_id: UUID, *columns: Any) -> Select[Any]:
    oldest = clock.today() - LIFE
    return select(*columns).where(KnownDevice.account_id == account_id, KnownDevice.created_on > oldest)
