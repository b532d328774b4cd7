"""Staff's second factor: time-based one-time passwords (RFC 6238), each accepted once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pyotp

from app import audit
from app.core import clock

if TYPE_CHECKING:
    from app.accounts.models import Account

STEP = 30  # seconds, RFC 6238's default
ISSUER = "Xingfu"


def new_secret() -> str:
    """A fresh shared secret, base32."""
    return pyotp.random_base32()


def address(account: Account, secret: str) -> str:
    """The otpauth address that an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.name, issuer_name=ISSUER)


def enrol(account: Account, secret: str, code: str) -> bool:
    """Set the second factor, once the person showed that her device makes the right code."""
    step = _matching_step(secret, code, after=-1)
    if step is None:
        return False
    account.second_factor = {"secret": secret, "used": step}
    audit.record("account.second_factor_set", account.id)
    return True


def accept(account: Account, code: str) -> bool:
    """Whether the code is right and was not used before."""
    factor = account.second_factor
    step = _matching_step(factor["secret"], code, after=factor["used"]) if factor else None
    if step is None:
        return False
    account.second_factor = {**factor, "used": step}
    return True


def _matching_step(secret: str, code: str, *, after: int) -> int | None:
    totp, now = pyotp.TOTP(secret), clock.now()
    for drift in (0, -1, 1):
        moment = now + timedelta(seconds=drift * STEP)
        step = int(moment.timestamp()) // STEP
        if step > after and totp.verify(code, for_time=moment):
            return step
    return None
