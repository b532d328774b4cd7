"""A phone in the tests: what was sent to it, and an authenticator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyotp
from sqlalchemy import select

from app.accounts.models import Account
from app.core import clock
from app.core.database import session, transaction
from app.notices.models import OutboxRow

if TYPE_CHECKING:
    from flask import Flask

NEW_PHONE = "138 1234 5678"
NEW_NUMBER = "+8613812345678"
NEW_PASSWORD = "a quiet river at dawn"


def codes_sent(app: Flask, phone: str) -> list[str]:
    """The codes on their way to a phone, oldest first."""
    with app.app_context(), transaction(writes=False):
        payloads = [row.payload for row in session().scalars(select(OutboxRow).order_by(OutboxRow.due_at))]
        return [payload["code"] for payload in payloads if payload.get("phone") == phone]


def authenticator_code(app: Flask, account: Account) -> str:
    """What the person's authenticator shows now."""
    with app.app_context(), transaction(writes=False):
        secret = session().get_one(Account, account.id).second_factor["secret"]
        return str(pyotp.TOTP(secret).at(clock.now()))


def wrong(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def phone_of(app: Flask, account: Account) -> str:
    """The phone number of an account."""
    with app.app_context(), transaction(writes=False):
        return str(session().get_one(Account, account.id).phone)
