"""Recovery codes: twelve digits that a worker writes down, and that open her account when her number is gone.

Digits, because everybody can write, read out and type them, in any language. Shown once and never again: what is stored
is a keyed digest, sealed. It needs no slow hash, because the digits are random and used nowhere else.
"""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata
from typing import TYPE_CHECKING

from app import audit, vault
from app.core.database import session
from app.notices.services import enqueue

if TYPE_CHECKING:
    from app.accounts.models import Account

LENGTH, GROUP = 12, 4
MADE = "account.recovery_code_made"


def give(account: Account) -> str:
    """Give a person a new code, which ends the old one; returned in three groups, ``4821 0973 5560``, to be shown."""
    digits = make(account)
    session().flush()
    return " ".join(digits[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def make(account: Account) -> str:
    """The same for a row that is not stored yet; returned as digits."""
    digits = f"{secrets.randbelow(10**LENGTH):0{LENGTH}d}"
    account.recovery = _digest(account, digits)
    return digits


def renew(account: Account) -> str:
    """Give a new code to a person who asked for it; she is told, in case it was not she."""
    audit.record("account.recovery_code_made", account.id)
    enqueue(MADE, account=account.id.hex)
    return give(account)


def digits_of(text: str) -> str:
    """What a person typed, without the spaces and hyphens, full-width digits as ordinary ones."""
    return re.sub(r"[\s\-‐–—]", "", unicodedata.normalize("NFKC", text))


def matches(account: Account, digits: str) -> bool:
    """Whether this is the person's code."""
    return hmac.compare_digest(account.recovery or "", _digest(account, digits))


def _digest(account: Account, digits: str) -> str:
    return vault.reference("codes", "recovery", account.id.bytes, digits).hex()
