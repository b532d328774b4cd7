"""Registration of a worker, by the link of a unit and a code sent to the phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from flask_babel import lazy_gettext as _
from sqlalchemy.exc import IntegrityError

from app import audit
from app.accounts.models import Account
from app.accounts.services import challenges, links, numbers, passwords, phones, recovery_codes
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


ANEW = "anew"


class Joined(NamedTuple):
    """A new worker, and her recovery code, which is shown once."""

    account: Account
    recovery_code: str


def send_join_code(phone: str, *, unit: UUID, asker: Asker) -> Sent:
    """Send a code to whoever wants to join; the answer is the same for known and unknown phones. Raises ``TooMany``."""
    return challenges.send_code(Purpose.JOIN, phone, asker=asker, unit=unit.hex)


def prove_phone(challenge: Challenge, code: str, asker: Asker) -> Challenge | None:
    """What a right code proves: may register, or ``OWNER`` where the number has an account. None for a wrong one.

    Raises ``Conflict`` where that account was changed past the program.
    """
    about = dict(challenge.about)
    if not challenges.answer(challenge, code, asker):
        return None
    is_taken = numbers.find_proved(about["phone"]) is not None
    return challenges.prove(Purpose.OWNER if is_taken else Purpose.JOINING, about, asker)


def start_anew(proof: Challenge, asker: Asker) -> Challenge:
    """The proof to register with, for a person who says that the number is hers now and she is new.

    Nothing is freed before she has registered. Raises ``ChallengeOver``.
    """
    about = dict(proof.about)
    if "unit" not in about or not challenges.close(proof.id):
        raise ChallengeOver
    return challenges.prove(Purpose.JOINING, {**about, ANEW: True}, asker)


def join(proof: Challenge, password: str, *, occupation: str | None, name: str) -> Joined:
    """Register the person who proved her phone; the proof is used up, and a former owner's account is frozen.

    Raises ``Malformed`` for a weak password, ``ChallengeOver`` for a proof that was used, ``Conflict`` for a phone that
    has an account. Whoever finds the pool of subjects low refills it first, so it never runs dry.
    """
    proof_id, about = proof.id, dict(proof.about)
    phone = about["phone"]
    store_so_far()
    passwords.check_strength(password, phone=phone, name=name)
    credential = passwords.hash_password(password)
    subjects.top_up()
    if not challenges.close(proof_id):
        raise ChallengeOver
    if about.get(ANEW):
        numbers.clear(phone)
    account = register_worker(phone, credential, unit=UUID(about["unit"]), occupation=occupation, name=name)
    return Joined(account, recovery_codes.give(account))


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
    numbers.release_closed(phone)
    account_id = ordered_id()
    owner_keys.create("account", [account_id])
    account = Account(id=account_id, role=role, phone_index=phones.index(phone), name=name, phone=phone)
    try:
        with session().begin_nested():
            session().add(account)
    except IntegrityError as error:
        raise Conflict(_("This phone number has an account already. Please sign in.")) from error
    return account
