"""Signing in: a phone and a password, then a code where the browser is new, or staff's second factor."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import select

from app import audit
from app.accounts.models import Account, Challenge
from app.accounts.services import challenges, devices, limits, passwords, phones
from app.core.database import session

TRIES, WINDOW = 10, timedelta(minutes=15)


class Step(NamedTuple):
    """What comes next: the signed-in person, or a challenge to answer (with its code, for the demo's page), or nothing.

    Nothing means wrong or too often: the answer is the same for known and unknown phones.
    """

    account: Account | None = None
    challenge: Challenge | None = None
    code: str | None = None


def find_by_phone(phone: str) -> Account | None:
    """The account with this normalised phone number."""
    return session().scalar(select(Account).where(Account.phone_index == phones.index(phone)))


def begin(phone: str, password: str, *, device: str | None, second_factor: bool = True) -> Step:
    """Check phone and password. ``second_factor=False`` is the demo's: it asks nobody for a code."""
    account = find_by_phone(phone)
    known = account is not None and devices.is_known(account.id, device)
    who = phones.index(phone) if not known else phones.index(phone) + b"known"
    allowed = limits.take("password", who, limit=TRIES, window=WINDOW)
    if not passwords.matches(account.credential if account and account.is_active else None, password) or not allowed:
        audit.record("account.sign_in_refused", account.id if account else None)
        return Step()
    assert account is not None
    limits.give_back("password", who)
    return _next_step(account, phone, known=known, second_factor=second_factor)


def _next_step(account: Account, phone: str, *, known: bool, second_factor: bool) -> Step:
    if not second_factor or (known and not account.is_staff):
        return Step(account=account)
    if account.is_staff:
        return Step(challenge=challenges.open_challenge("totp", phone, account=account.id.hex))
    sent = challenges.send_code("device", phone, account=account.id.hex)
    return Step(challenge=sent[0], code=sent[1]) if sent else Step()
