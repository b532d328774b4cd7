"""Registration of a worker, by the link of a unit and a code sent to the phone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask_babel import lazy_gettext as _
from sqlalchemy.exc import IntegrityError

from app import audit
from app.accounts.models import Account
from app.accounts.services import challenges, links, passwords, phones, sign_in
from app.accounts.services.challenges import ChallengeOver, Purpose
from app.core.database import session, store_so_far
from app.core.errors import Conflict
from app.core.ids import ordered_id
from app.core.permissions import Role
from app.subjects import services as subjects
from app.vault import owner_keys

if TYPE_CHECKING:
    from app.accounts.models import Challenge
    from app.accounts.services.challenges import Asker, Sent


def send_join_code(phone: str, *, unit: UUID, asker: Asker) -> Sent:
    """Send a code to whoever wants to join; the answer is the same for known and unknown phones. Raises ``TooMany``."""
    return challenges.send_code(Purpose.JOIN, phone, asker=asker, unit=unit.hex)


def prove_phone(challenge: Challenge, code: str, asker: Asker) -> Challenge | None:
    """The proof of a right code, with which a person may register; None for a wrong one."""
    about = dict(challenge.about)
    return challenges.prove(Purpose.JOINING, about, asker) if challenges.answer(challenge, code, asker) else None


def has_account(proof: Challenge) -> bool:
    """Whether the person who proved her phone has an account already; only she is told."""
    return sign_in.find_by_phone(proof.about["phone"]) is not None


def join(proof: Challenge, password: str, *, occupation: str | None, name: str) -> Account:
    """Register the person who proved her phone; the proof is used up.

    Raises ``Malformed`` for a weak password, ``ChallengeOver`` for a proof that was used, ``Conflict`` for a phone that
    has an account. Whoever finds the pool of subjects low refills it first, so it never runs dry.
    """
    proof_id, phone, unit = proof.id, proof.about["phone"], UUID(proof.about["unit"])
    store_so_far()
    passwords.check_strength(password, phone=phone, name=name)
    credential = passwords.hash_password(password)
    subjects.top_up()
    if not challenges.close(proof_id):
        raise ChallengeOver
    return register_worker(phone, credential, unit=unit, occupation=occupation, name=name)


def register_worker(
    phone: str, credential: str, *, unit: UUID | None, occupation: str | None, name: str = ""
) -> Account:
    """Make the account of a worker whose phone is confirmed, tied to a subject out of the pool.

    Raises ``Conflict`` for a phone that has an account, ``Unavailable`` when the pool of subjects is empty.
    """
    account = new_account(phone, role=Role.WORKER, name=name)
    account.unit_id, account.occupation, account.credential = unit, occupation, credential
    links.give_subject(account)
    audit.record("account.registered", account.id)
    return account


def new_account(phone: str, *, role: Role, name: str) -> Account:
    """An account with its own key; the key is stored first, because a row without a key could never be read.

    Raises ``Conflict`` where this phone has an account, also one that another request is making now.
    """
    account_id = ordered_id()
    owner_keys.create("account", [account_id])
    account = Account(id=account_id, role=role, phone_index=phones.index(phone), name=name, phone=phone)
    try:
        with session().begin_nested():
            session().add(account)
    except IntegrityError as error:
        raise Conflict(_("This phone number has an account already. Please sign in.")) from error
    return account
