"""Staff's second factor: time-based one-time passwords (RFC 6238), each accepted once."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pyotp
import segno

from app import audit
from app.accounts.services import limits
from app.core import clock

if TYPE_CHECKING:
    from app.accounts.models import Account

STEP = 30  # seconds, RFC 6238's default
DRIFTS = (0, -1, 1)  # steps a phone's clock may be off (RFC 6238, 5.2, advises at most one)
USED_FOR = timedelta(minutes=5)  # longer than any code stays valid
TRIES, WINDOW = 10, timedelta(minutes=15)
ISSUER = "Xingfu"


def prepare(account: Account) -> None:
    """Give a person without a second factor a secret to enrol; it counts once a code of it was right."""
    if account.second_factor is None:
        account.second_factor = {"secret": pyotp.random_base32(), "enrolled": False}


def is_enrolled(account: Account) -> bool:
    """Whether the person has shown a right code of her device before."""
    return bool(account.second_factor and account.second_factor["enrolled"])


def secret_to_enrol(account: Account) -> str | None:
    """The secret while it is being enrolled; never shown again afterwards."""
    factor = account.second_factor
    return str(factor["secret"]) if factor and not factor["enrolled"] else None


def qr_to_enrol(account: Account) -> bytes | None:
    """The address an authenticator reads, as a QR code in SVG, while the secret is being enrolled."""
    secret = secret_to_enrol(account)
    if secret is None:
        return None
    address = pyotp.TOTP(secret).provisioning_uri(name=account.name or ISSUER, issuer_name=ISSUER)
    drawn = BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=5, border=3, light="#fff", xmldecl=False)
    return drawn.getvalue()


def take_try(account: Account) -> None:
    """Use up one of ten tries in a quarter of an hour, over all challenges. Raises ``TooMany``."""
    limits.take("totp", account.id.bytes, limit=TRIES, window=WINDOW)


def accept(account: Account, code: str) -> bool:
    """Whether the code is right and was not used before; the first right one enrols the device."""
    factor = account.second_factor
    step = _matching_step(factor["secret"], code) if factor else None
    if step is None or not limits.use_once("totp step", account.id.bytes + step.to_bytes(8, "big"), window=USED_FOR):
        return False
    limits.give_back("totp", account.id.bytes)
    if not factor["enrolled"]:
        account.second_factor = {**factor, "enrolled": True}
        audit.record("account.second_factor_set", account.id)
    return True


def _matching_step(secret: str, code: str) -> int | None:
    totp, present = pyotp.TOTP(secret), int(clock.now().timestamp()) // STEP
    matching = (present + drift for drift in DRIFTS if totp.verify(code, for_time=(present + drift) * STEP))
    return next(matching, None)
