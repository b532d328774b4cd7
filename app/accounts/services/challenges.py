"""Challenges: six digits sent to a phone, five minutes, one active, five tries; and proofs that one was met."""

from __future__ import annotations

import enum
import hmac
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, select, update

from app import vault
from app.accounts.models import Challenge
from app.accounts.services import message_limits, phones, tries
from app.core import clock
from app.core.database import changed, lock_for_writing, session, store_so_far
from app.core.errors import NotFound
from app.core.ids import random_id
from app.notices.services import enqueue
from app.vault import rows

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Row

LIFE = timedelta(minutes=5)
PROOF_LIFE = timedelta(minutes=30)
TRIES = 5
BROWSER = "browser"
ALONE = "alone"  # a known device has codes of its own, which strangers cannot use up


class ChallengeOver(NotFound):
    """A challenge that ended, was used up or never was; pages lead back to where it began."""


class Purpose(enum.StrEnum):
    """What a challenge is for: some send a code, some prove that one was met, others wait for a second person."""

    JOIN = "join"
    DEVICE = "device"
    FORGOTTEN = "forgotten"
    SECOND_FACTOR = "totp"
    JOINING = "joining"
    RESET = "reset"
    OWNER = "owner"
    MOVE = "move"
    DESK = "desk"
    AT_DESK = "at desk"
    CLOSING = "closing"


SENT = frozenset({Purpose.JOIN, Purpose.DEVICE, Purpose.FORGOTTEN})
OPEN_TO_ALL = frozenset({Purpose.JOIN, Purpose.FORGOTTEN})


class Asker(NamedTuple):
    """Who asks: the token of the browser, and the network it comes from (empty for this machine itself)."""

    browser: str
    network: str = ""


class Sent(NamedTuple):
    """A challenge whose code is on its way, and the code itself, for the page of the demonstration."""

    challenge: Challenge
    code: str


def send_code(purpose: Purpose, phone: str, *, asker: Asker, **about: Any) -> Sent:
    """Send a code to a phone and open a challenge; an earlier one of the same purpose ends.

    ``about`` are ids the answer will need; ``alone=True`` keeps the codes of a known device apart from those that
    strangers ask for. Raises ``TooMany`` where ``message_limits`` says so, whether or not anybody has this phone.
    """
    with session().begin_nested():
        message_limits.take_for_phone(purpose, bucket_of(phone, alone=bool(about.get(ALONE))))
        if _is_strangers(purpose, about):
            message_limits.take_for_strangers(phones.index(phone), asker.network, str(about.get("unit", "")))
    code = f"{secrets.randbelow(1_000_000):06d}"
    challenge = open_challenge(purpose, phone, asker=asker, code=code, **about)
    enqueue("phone.code", phone=phone, code=code)
    return Sent(challenge, code)


def send_again(challenge: Challenge, asker: Asker) -> Sent:
    """Send a new code for the same purpose; the old one ends. Raises ``TooMany``."""
    about = {name: value for name, value in challenge.about.items() if name != BROWSER}
    return send_code(Purpose(challenge.purpose), about.pop("phone"), asker=asker, **about)


def open_challenge(
    purpose: Purpose, phone: str, *, asker: Asker, code: str | None = None, life: timedelta = LIFE, **about: Any
) -> Challenge:
    """Open a challenge without sending anything: a second factor, or the proof that a code was right.

    It is bound to the browser that asks: in another one its id leads nowhere.
    """
    bucket, now = bucket_of(phone, alone=bool(about.get(ALONE))), clock.now()
    session().execute(delete(Challenge).where(Challenge.phone_digest == bucket, Challenge.purpose == purpose))
    challenge_id = random_id()
    challenge = Challenge(
        id=challenge_id,
        purpose=purpose,
        phone_digest=bucket,
        code_digest=_digest(challenge_id, code) if code else None,
        ends_at=now + life,
        about={"phone": phone, BROWSER: _browser_digest(asker.browser), **about},
    )
    session().add(challenge)
    session().flush()
    return challenge


def fetch(challenge_id: UUID, *purposes: Purpose, browser: str) -> Challenge:
    """An open challenge of this browser. Raises ``ChallengeOver`` when it ended, is another's or of another purpose."""
    challenge = session().get(Challenge, challenge_id)
    if challenge is None or challenge.purpose not in purposes or challenge.ends_at <= clock.now() or not browser:
        raise ChallengeOver
    if not hmac.compare_digest(str(challenge.about.get(BROWSER, "")), _browser_digest(browser)):
        raise ChallengeOver
    return challenge


def take_try(challenge_id: UUID) -> bool:
    """Use up one try, durably, before the answer is looked at; False when there is none left.

    The count is bound to the sealed value, so both are changed together. Whoever puts an older row back whole, without
    the keys, meets the count of this process.
    """
    lock_for_writing()
    found = select(*rows.columns_of(Challenge)).where(Challenge.id == challenge_id)
    row = session().execute(found.with_for_update()).first()
    taken = row is not None and _has_try(row)
    if row is not None and taken:
        more = {**row._mapping, "attempts": row.attempts + 1}
        counted = {"attempts": more["attempts"], "seal": rows.seal_of(Challenge.__tablename__, more)}
        changed(update(Challenge).where(Challenge.id == challenge_id).values(**counted))
    store_so_far()
    return taken


def _has_try(row: Row[Any]) -> bool:
    return row.attempts < TRIES and rows.holds(Challenge, row) and tries.take(row.id, limit=TRIES)


def answer(challenge: Challenge, code: str, asker: Asker) -> bool:
    """Whether the code is right; each call uses up a try, and a right answer ends the challenge."""
    challenge_id, expected, purpose, about = challenge.id, challenge.code_digest, challenge.purpose, challenge.about
    if not take_try(challenge_id) or expected is None:
        return False
    if not hmac.compare_digest(expected, _digest(challenge_id, code)) or not close(challenge_id):
        return False
    if _is_strangers(Purpose(purpose), about):
        message_limits.give_back(asker.network, str(about.get("unit", "")))
    return True


def prove(purpose: Purpose, about: dict[str, Any], asker: Asker) -> Challenge:
    """Open the proof that a code was met, which the last step of the same person in the same browser uses up."""
    kept = {name: value for name, value in about.items() if name != BROWSER}
    return open_challenge(purpose, kept.pop("phone"), asker=asker, life=PROOF_LIFE, **kept)


def close(challenge_id: UUID) -> bool:
    """End a challenge that was met; False where another request was first."""
    return bool(changed(delete(Challenge).where(Challenge.id == challenge_id)))


def _is_strangers(purpose: Purpose, about: dict[str, Any]) -> bool:
    """Whether anybody may ask for this code: neither a password nor a known device came before it."""
    return purpose in OPEN_TO_ALL and not about.get(ALONE)


def _browser_digest(token: str) -> str:
    return vault.reference("codes", BROWSER, token).hex()


def bucket_of(phone: str, *, alone: bool = False) -> bytes:
    """Under which a phone's challenges are kept, one of each purpose; it leads to no account, as ``index`` does."""
    return vault.reference("codes", ALONE if alone else "challenge", phones.index(phone))


def _digest(challenge_id: UUID, code: str) -> bytes:
    return vault.reference("codes", challenge_id.bytes, code)
