"""New passwords: a forgotten one by a code to the phone, a changed one by the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app import audit
from app.accounts.models import Account
from app.accounts.services import challenges, devices, limits, passwords, phones, sessions, sign_in
from app.accounts.services.challenges import ChallengeOver, Purpose
from app.core.database import session, store_so_far
from app.core.errors import Malformed

if TYPE_CHECKING:
    from app.accounts.models import Challenge
    from app.accounts.services.challenges import Asker, Sent


def send_reset_code(phone: str, *, device: str | None, asker: Asker) -> Sent:
    """Send a code to whoever forgot a password; the answer is the same for known and unknown phones.

    Raises ``TooMany``; a known device has codes of its own, which strangers cannot use up.
    """
    known = sign_in.is_known_device(sign_in.find_by_phone(phone), device)
    return challenges.send_code(Purpose.FORGOTTEN, phone, asker=asker, alone=known)


def prove_phone(challenge: Challenge, code: str, asker: Asker) -> Challenge | None:
    """The proof of a right code, with which a person may choose a new password; None for a wrong one."""
    about = dict(challenge.about)
    return challenges.prove(Purpose.RESET, about, asker) if challenges.answer(challenge, code, asker) else None


def find_account(proof: Challenge) -> Account | None:
    """The active account of the person who proved her phone, if she has one; only she is told."""
    account = sign_in.find_by_phone(proof.about["phone"])
    return account if account and account.is_active else None


def reset(proof: Challenge, password: str) -> Account:
    """Set a new password and end every session; known devices are forgotten, and the proof is used up.

    Raises ``Malformed`` for a weak password, ``ChallengeOver`` for a used proof or a person without an account.
    """
    account = find_account(proof)
    if account is None:
        raise ChallengeOver
    proof_id, account_id = proof.id, account.id
    credential = _hashed(account, password)
    if not challenges.close(proof_id):
        raise ChallengeOver
    account = session().get_one(Account, account_id)
    account.credential = credential
    devices.forget_all(account_id)
    _end_sessions(account)
    return account


def change(account: Account, old: str, new: str) -> None:
    """Change a password and end every session. Raises ``Malformed`` for a wrong old or a weak new one, ``TooMany``."""
    who = phones.index(account.phone) + b"known"
    limits.take("password", who, limit=sign_in.TRIES, window=sign_in.WINDOW)
    stored = account.credential
    store_so_far()
    if not passwords.matches(stored, old):
        raise Malformed(_("This is not your present password."))
    account.credential = _hashed(account, new)
    limits.give_back("password", who)
    _end_sessions(account)


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
