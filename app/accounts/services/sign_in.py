"""Signing in: a phone and a password, then a code where the browser is new, or staff's second factor."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from app import audit
from app.accounts.models import Account, Challenge
from app.accounts.services import challenges, devices, limits, numbers, passwords, phones, second_factor
from app.accounts.services.challenges import Purpose
from app.core.database import session, store_so_far

if TYPE_CHECKING:
    from app.accounts.services.challenges import Asker, Sent

TRIES, WINDOW = 10, timedelta(minutes=15)
NETWORK_WRONG, NETWORK_WINDOW = 2_000, timedelta(hours=1)  # a factory behind one address mistypes less often


class Step(NamedTuple):
    """What comes next: the signed-in person, or a code sent, or a second factor to give, or nothing.

    Nothing means wrong: the answer is the same for known and unknown phones.
    """

    account: Account | None = None
    sent: Sent | None = None
    second_factor: Challenge | None = None


def is_known_device(account: Account | None, device: str | None) -> bool:
    """Whether this browser confirmed this person's phone before."""
    return account is not None and devices.is_known(account.id, device)


def begin(phone: str, password: str, *, asker: Asker, device: str | None, ask_staff: bool = True) -> Step:
    """Check phone and password; ``ask_staff=False`` is the demonstration's, which asks staff for no second factor.

    Raises ``TooMany`` after ten tries in a quarter of an hour, or two thousand wrong ones in an hour from one network;
    a known device has tries of its own, so that strangers cannot lock a person out. The try is stored before the
    password is looked at, and no lock is held while it is.
    """
    account = numbers.find_by_phone(phone)
    known = is_known_device(account, device)
    who = phones.index(phone) + (b"known" if known else b"")
    network = b"" if known else asker.network.encode()
    limits.take("password", who, limit=TRIES, window=WINDOW)
    if network:
        limits.take("password network", network, limit=NETWORK_WRONG, window=NETWORK_WINDOW)
    account_id = account.id if account else None
    stored = account.credential if account and account.is_active else None
    store_so_far()
    if not passwords.matches(stored, password):
        audit.record("account.sign_in_refused", account_id)
        return Step()
    limits.give_back("password", who)
    if network:
        limits.give_one_back("password network", network)
    account = session().get_one(Account, account_id)
    if account.is_staff:
        second = begin_second_factor(account, asker) if ask_staff else None
        return Step(account=None if second else account, second_factor=second)
    if known:
        return Step(account=account)
    return Step(sent=challenges.send_code(Purpose.DEVICE, phone, asker=asker, account=account.id.hex))


def begin_second_factor(account: Account, asker: Asker) -> Challenge:
    """Ask a member of staff for her second factor; who has none yet enrols one now."""
    second_factor.prepare(account)
    return challenges.open_challenge(Purpose.SECOND_FACTOR, account.phone, asker=asker, account=account.id.hex)


def give_second_factor(challenge: Challenge, code: str) -> Account | None:
    """The person, if her code is right. Raises ``TooMany``; each try is stored before the code is looked at."""
    challenge_id, account = challenge.id, account_of(challenge)
    second_factor.take_try(account)
    if not challenges.take_try(challenge_id) or not account.is_active or not second_factor.accept(account, code):
        return None
    return account if challenges.close(challenge_id) else None


def confirm_device(challenge: Challenge, code: str, asker: Asker) -> Account | None:
    """The person, if the code sent to her phone is right and she may still sign in."""
    account = account_of(challenge)
    return account if challenges.answer(challenge, code, asker) and account.is_active else None


def account_of(challenge: Challenge) -> Account:
    """The person a challenge asks."""
    return session().get_one(Account, UUID(challenge.about["account"]))
