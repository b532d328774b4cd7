"""Challenges: six digits sent to a phone, five minutes, one active, five tries."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, update

from app import vault
from app.accounts.models import Challenge
from app.accounts.services import limits, phones
from app.core import clock
from app.core.database import changed, session
from app.core.errors import NotFound
from app.core.ids import random_id
from app.notices.services import enqueue

if TYPE_CHECKING:
    from uuid import UUID

LIFE = timedelta(minutes=5)
TRIES = 5
CODES_A_HOUR = 5


def send_code(purpose: str, phone: str, **about: Any) -> tuple[Challenge, str] | None:
    """Send a code to a phone and open a challenge; None when this phone has had too many codes in an hour.

    ``about`` are ids the answer will need. An earlier challenge of the same purpose to this phone ends.
    """
    phone_digest = phones.index(phone)
    if not limits.take("send", phone_digest, limit=CODES_A_HOUR, window=timedelta(hours=1)):
        return None
    code = f"{secrets.randbelow(1_000_000):06d}"
    challenge = open_challenge(purpose, phone, code=code, **about)
    enqueue("phone.code", phone=phone, code=code)
    return challenge, code


def open_challenge(purpose: str, phone: str, *, code: str | None = None, **about: Any) -> Challenge:
    """Open a challenge without sending anything: for the second factor, whose code the person's own device makes."""
    phone_digest, now = phones.index(phone), clock.now()
    one_active = (Challenge.phone_digest == phone_digest) & (Challenge.purpose == purpose)
    session().execute(delete(Challenge).where(one_active | (Challenge.ends_at <= now)))
    challenge_id = random_id()
    challenge = Challenge(
        id=challenge_id,
        purpose=purpose,
        phone_digest=phone_digest,
        code_digest=_digest(challenge_id, code) if code else None,
        ends_at=now + LIFE,
        about={"phone": phone, **about},
    )
    session().add(challenge)
    session().flush()
    return challenge


def fetch(challenge_id: UUID, purpose: str) -> Challenge:
    """An open challenge. Raises ``NotFound`` when it is over, used up or of another purpose."""
    challenge = session().get(Challenge, challenge_id)
    if challenge is None or challenge.purpose != purpose or challenge.ends_at <= clock.now():
        raise NotFound
    return challenge


def take_try(challenge: Challenge) -> bool:
    """Use up one try, before the answer is looked at; False when there is none left."""
    one_more = update(Challenge).where(Challenge.id == challenge.id, Challenge.attempts < TRIES)
    return bool(changed(one_more.values(attempts=Challenge.attempts + 1)))


def answer(challenge: Challenge, code: str) -> bool:
    """Whether the code is right; each call uses up a try, and a right answer ends the challenge."""
    if not take_try(challenge) or challenge.code_digest is None:
        return False
    if not hmac.compare_digest(challenge.code_digest, _digest(challenge.id, code)):
        return False
    return close(challenge)


def close(challenge: Challenge) -> bool:
    """End a challenge that was met; False where another request was first."""
    return bool(changed(delete(Challenge).where(Challenge.id == challenge.id)))


def _digest(challenge_id: UUID, code: str) -> bytes:
    return vault.reference("codes", challenge_id.bytes, code)
