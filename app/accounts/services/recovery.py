"""New passwords: a forgotten one by a code to the phone, a changed one by the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from flask_babel import lazy_gettext as _

from app import audit
from app.accounts.models import Account, Status
from app.accounts.services import (
    challenges,
    devices,
    limits,
    numbers,
    passwords,
    phones,
    recovery_codes,
    sessions,
    sign_in,
)
from app.accounts.services.challenges import ChallengeOver, Purpose
from app.core.database import lock_row, session, store_so_far
from app.core.errors import Malformed
from app.notices.services import enqueue

if TYPE_CHECKING:
    from app.accounts.models import Challenge
    from app.accounts.services.challenges import Asker, Sent


RECOVERED = "account.recovered"
OWNED = frozenset({Status.ACTIVE, Status.FROZEN})
"""The accounts that their owner may open again: hers, or shut because her number passed on."""


class Reset(NamedTuple):
    """A person with a new password, and her new recovery code, which is shown once; staff have none."""

    account: Account
    recovery_code: str


def send_reset_code(phone: str, *, device: str | None, asker: Asker) -> Sent:
    """Send a code to whoever cannot come in any more; the answer is the same for known and unknown phones.

    Raises ``TooMany``; a known device has codes of its own, which strangers cannot use up.
    """
    known = sign_in.is_known_device(numbers.find_by_phone(phone), device)
    return challenges.send_code(Purpose.FORGOTTEN, phone, asker=asker, alone=known)


def prove_phone(challenge: Challenge, code: str, *, device: str | None, asker: Asker) -> Challenge | None:
    """What a right code proves; None for a wrong one.

    On a browser that the account knows, it opens the choice of a password. Anywhere else it proves the phone alone
    (``OWNER``), whether or not there is an account: whose it is must still be proven.
    """
    about = dict(challenge.about)
    if not challenges.answer(challenge, code, asker):
        return None
    account = numbers.find_by_phone(about["phone"])
    if account and account.is_active and sign_in.is_known_device(account, device):
        return challenges.prove(Purpose.RESET, {**about, "account": account.id.hex}, asker)
    return challenges.prove(Purpose.OWNER, about, asker)


def owner_of(proof: Challenge) -> Account:
    """The person who proved that she is the owner. Raises ``ChallengeOver`` where her account was closed since."""
    account = session().get(Account, UUID(proof.about["account"]))
    if account is None or account.status not in OWNED:
        raise ChallengeOver
    return account


def reset(proof: Challenge, password: str) -> Reset:
    """Set a new password and end every session; known devices are forgotten, the proof and the old code are used up.

    The account takes the number that was proven, and a frozen one is open again. Raises ``Malformed`` for a weak
    password, ``ChallengeOver`` for a used proof, ``Conflict`` for a number of a member of staff.
    """
    account = owner_of(proof)
    proof_id, account_id, phone = proof.id, account.id, str(proof.about["phone"])
    credential = _hashed(account, password)
    if not challenges.close(proof_id):
        raise ChallengeOver
    account = session().get_one(Account, account_id)
    lock_row(account)
    if account.status not in OWNED:
        raise ChallengeOver
    numbers.take(account, phone)
    account.status, account.credential = Status.ACTIVE, credential
    devices.forget_all(account_id)
    _end_sessions(account)
    enqueue(RECOVERED, account=account_id.hex)
    return Reset(account, "" if account.is_staff else recovery_codes.give(account))


def change(account: Account, old: str, new: str) -> None:
    """Change a password and end every session. Raises ``Malformed`` for a wrong old or a weak new one, ``TooMany``."""
    check_password(account, old)
    account.credential = _hashed(account, new)
    _end_sessions(account)


def check_password(account: Account, password: str) -> None:
    """Make sure that it is the person who is signed in. Raises ``Malformed`` for a wrong password, ``TooMany``."""
    who = phones.index(account.phone) + b"known"
    limits.take("password", who, limit=sign_in.TRIES, window=sign_in.WINDOW)
    stored = account.credential
    store_so_far()
    if not passwords.matches(stored, password):
        raise Malformed(_("This is not your present password."))
    limits.give_back("password", who)


def shortest_password(account: Account) -> int:
    """How long this person's password must be at least."""
    return passwords.STAFF_LENGTH if account.is_staff else passwords.WORKER_LENGTH


def _hashed(account: Account, password: str) -> str:
    """The hash of a new password, made while no lock is held."""
    phone, name, shortest = account.phone, account.name or "", shortest_password(account)
    store_so_far()
    passwords.check_strength(password, shortest=shortest, phone=phone, name=name)
    return passwords.hash_password(password)


def _end_sessions(account: Account) -> None:
    sessions.end_all(account.id)
    audit.record("account.password_changed", account.id)
