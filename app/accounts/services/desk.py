"""Recovery in person: one member of staff sees who she is, a second one confirms it, and a short code lets her in.

Both steps are challenges, so everything about them is sealed: who, by whom, until when. Neither of the two ever sees
anything but name, unit and a masked number.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app import audit
from app.accounts.models import Account, Challenge, Status
from app.accounts.services import challenges, limits, numbers
from app.accounts.services.challenges import Asker, Purpose
from app.core import clock
from app.core.database import session
from app.core.errors import NotFound, Refused
from app.core.permissions import Permission, allows
from app.notices.services import enqueue
from app.organisations.services import fetch_unit

if TYPE_CHECKING:
    from datetime import datetime

LIFE = timedelta(minutes=30)
LENGTH = 8
LOOK_UPS_A_DAY = 100
STARTED = "account.recovery_started"
NOBODY = Asker(browser="")  # what two browsers share is bound to persons, not to a browser


class Waiting(NamedTuple):
    """A recovery that waits for its second person."""

    id: UUID
    account: Account
    by: Account
    ends_at: datetime


def find(phone: str, viewer: Account) -> list[Account]:
    """The workers of the viewer's branch who have this number or had it; each one shown is recorded.

    Raises ``TooMany`` after a hundred a day: the desk helps who stands there, and is no directory.
    """
    limits.take("desk", viewer.id.bytes, limit=LOOK_UPS_A_DAY, window=timedelta(days=1))
    found = [account for account in numbers.who_had(phone) if _is_in_branch(account, viewer)]
    for account in found:
        audit.record("account.desk_looked_up", account.id)
    return found


def start(account_id: UUID, *, by: Account) -> None:
    """Begin a recovery for who stands at the desk; she is told by every way she has. Raises ``NotFound``."""
    account = _fetch(account_id, by)
    challenges.open_challenge(
        Purpose.DESK, _bucket(account.id), asker=NOBODY, life=LIFE, account=account.id.hex, by=by.id.hex
    )
    audit.record("account.desk_started", account.id)
    enqueue(STARTED, account=account.id.hex)


def waiting_for(viewer: Account) -> list[Waiting]:
    """What waits for a second person in the viewer's branch, the oldest first; the reading is recorded."""
    open_ones = select(Challenge).where(Challenge.purpose == Purpose.DESK, Challenge.ends_at > clock.now())
    rows = session().scalars(open_ones.order_by(Challenge.ends_at)).all()
    found = [_waiting(row) for row in rows if row.ends_at > clock.now()]
    shown = [each for each in found if _is_in_branch(each.account, viewer)]
    if shown:
        audit.record("account.desk_list_read", shown=[each.account.id for each in shown])
    return shown


def confirm(challenge_id: UUID, *, by: Account) -> str:
    """Confirm as the second person; the code is shown once and holds for half an hour.

    Raises ``NotFound`` for one that is over or of another branch, ``Refused`` for one's own.
    """
    challenge = session().get(Challenge, challenge_id)
    if challenge is None or challenge.purpose != Purpose.DESK or challenge.ends_at <= clock.now():
        raise NotFound
    waiting = _waiting(challenge)
    account = _fetch(waiting.account.id, by)
    if waiting.by.id == by.id or not allows(waiting.by.role, Permission.RECOVER_ACCOUNT) or not waiting.by.is_active:
        raise Refused(_("Somebody else has to confirm this: two pairs of eyes are asked for."))
    if not challenges.close(challenge_id):
        raise NotFound
    code = f"{secrets.randbelow(10**LENGTH):0{LENGTH}d}"
    challenges.open_challenge(
        Purpose.AT_DESK, _bucket(account.id), asker=NOBODY, code=code, life=LIFE, account=account.id.hex
    )
    audit.record("account.desk_confirmed", account.id)
    return code


def accept(account_id: UUID, code: str, asker: Asker) -> bool:
    """Whether this is the code that the desk gave her; each call uses up one of five tries, and it works once."""
    digest = challenges.bucket_of(_bucket(account_id))
    given = select(Challenge).where(Challenge.purpose == Purpose.AT_DESK, Challenge.phone_digest == digest)
    challenge = session().scalar(given.where(Challenge.ends_at > clock.now()))
    if challenge is None or challenge.ends_at <= clock.now() or challenge.about.get("account") != account_id.hex:
        return False
    return challenges.answer(challenge, code, asker)


def _waiting(row: Challenge) -> Waiting:
    about = row.about
    account, by = (session().get_one(Account, UUID(about[name])) for name in ("account", "by"))
    return Waiting(row.id, account, by, row.ends_at)


def _fetch(account_id: UUID, viewer: Account) -> Account:
    account = session().get(Account, account_id)
    if account is None or not _is_in_branch(account, viewer):
        raise NotFound
    return account


def _is_in_branch(account: Account, viewer: Account) -> bool:
    if account.is_staff or account.unit_id is None or account.status not in {Status.ACTIVE, Status.FROZEN}:
        return False
    try:
        fetch_unit(account.unit_id, branch=viewer.unit_id)
    except NotFound:
        return False
    return True


def _bucket(account_id: UUID) -> str:
    return f"desk {account_id.hex}"
