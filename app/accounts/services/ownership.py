"""Proving to be the same person, on a browser that is not known: a code to the phone alone proves only the phone.

What proves the person is her recovery code, a code that two members of staff gave her at the desk, her password on a
browser she made known, or a member of staff's authenticator.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from app.accounts.models import Account, Challenge
from app.accounts.services import (
    challenges,
    desk,
    devices,
    limits,
    numbers,
    passwords,
    phones,
    recovery_codes,
    second_factor,
)
from app.accounts.services.challenges import ChallengeOver, Purpose
from app.core.database import session, store_so_far

if TYPE_CHECKING:
    from uuid import UUID

    from app.accounts.services.challenges import Asker

TRIES_A_DAY = 1_000  # for one number, over all proofs: strangers need 200 codes to use them up, and 10**12 is far
DAY = timedelta(days=1)


def prove(proof: Challenge, secret: str, *, former: str | None, device: str | None, asker: Asker) -> Challenge | None:
    """The proof with which she may choose a password, or None where the secret is not hers.

    ``former`` is the number the account has or had, where it is not the one just proven. Each try is stored before it
    is judged: five for a proof. Raises ``TooMany``, ``ChallengeOver``.
    """
    proof_id, about = proof.id, dict(proof.about)
    number = former or str(about["phone"])
    limits.take("ownership", phones.index(number), limit=TRIES_A_DAY, window=DAY)
    if not challenges.take_try(proof_id):
        raise ChallengeOver
    candidates = [account.id for account in numbers.who_had(number)]
    owner = next((found for found in candidates if _is_hers(found, secret, about["phone"], device, asker)), None)
    if owner is None:
        return None
    if not challenges.close(proof_id):
        raise ChallengeOver
    return challenges.prove(Purpose.RESET, {**about, "account": owner.hex}, asker)


def _is_hers(account_id: UUID, secret: str, proven: str, device: str | None, asker: Asker) -> bool:
    account, digits = session().get_one(Account, account_id), recovery_codes.digits_of(secret)
    if account.is_staff:
        return account.phone == proven and _gives_second_factor(account, digits)
    if devices.is_known(account_id, device) and _gives_password(account, secret):
        return True
    if len(digits) == desk.LENGTH:
        return desk.accept(account_id, digits, asker)
    return recovery_codes.matches(session().get_one(Account, account_id), digits)


def _gives_password(account: Account, secret: str) -> bool:
    stored = account.credential
    store_so_far()
    return passwords.matches(stored, secret)


def _gives_second_factor(account: Account, code: str) -> bool:
    if not second_factor.is_enrolled(account):
        return False
    second_factor.take_try(account)
    store_so_far()
    return second_factor.accept(session().get_one(Account, account.id), code)
