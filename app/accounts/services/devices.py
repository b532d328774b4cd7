"""Known devices: browsers from which a person confirmed her phone."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.accounts.models import Account, KnownDevice
from app.accounts.services.sessions import digest
from app.core.database import session

if TYPE_CHECKING:
    from uuid import UUID


def remember(account: Account) -> str:
    """Make the present browser known; returns the token for its cookie."""
    token = secrets.token_urlsafe(32)
    session().add(KnownDevice(account_id=account.id, token_digest=digest(token)))
    return token


def is_known(account_id: UUID, token: str | None) -> bool:
    """Whether this browser confirmed this person's phone before."""
    if not token:
        return False
    found = select(KnownDevice.id).where(
        KnownDevice.account_id == account_id, KnownDevice.token_digest == digest(token)
    )
    return session().scalar(found) is not None
