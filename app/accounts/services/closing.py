"""Closing a staff account takes two: an admin asks, a supervisor closes it; the person concerned is told of both."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app import audit
from app.accounts.models import Account, Challenge, Status
from app.accounts.services import challenges, staff
from app.accounts.services.challenges import Asker, Purpose
from app.core import clock
from app.core.database import lock_for_writing, session
from app.core.errors import NotFound, Refused
from app.core.permissions import Permission, allows
from app.notices.services import enqueue

if TYPE_CHECKING:
    from collections.abc import Sequence

LIFE = timedelta(days=7)
ASKED, CLOSED = "staff.closing_asked", "staff.closed"
WAITS = "staff.closing_waits"
NOBODY = Asker("")


class Waiting(NamedTuple):
    """A closing that waits for a second person."""

    id: UUID
    account: Account
    by: Account
    ends_at: datetime


def ask(account: Account, *, by: Account) -> bool:
    """Ask a supervisor to close an account, for a week; one that nobody used yet is closed at once: then True.

    Raises ``Refused`` for one's own, a closed one, and the last one of its role.
    """
    _refuse(account, by)
    if account.status is not Status.ACTIVE:
        staff.close(account, by=by)
        return True
    challenges.open_challenge(
        Purpose.CLOSING, _bucket(account.id), asker=NOBODY, life=LIFE, account=account.id.hex, by=by.id.hex
    )
    audit.record("account.closing_asked", account.id)
    enqueue(ASKED, account=account.id.hex)
    if account.unit_id:
        enqueue(WAITS, unit=account.unit_id.hex)
    return False


def waiting_for(viewer: Account) -> list[Waiting]:
    """What waits for a second person in the viewer's branch, the oldest first."""
    open_ones = select(Challenge).where(Challenge.purpose == Purpose.CLOSING, Challenge.ends_at > clock.now())
    rows = session().scalars(open_ones.order_by(Challenge.ends_at)).all()
    own = {person.id for person in staff.staff_of(viewer, Status.ACTIVE)}
    return [each for each in map(_waiting, rows) if each.account.id in own]


def asked_for(people: Sequence[Account]) -> set[UUID]:
    """For which of these a closing waits."""
    buckets = {challenges.bucket_of(_bucket(person.id)): person.id for person in people}
    waiting = select(Challenge.phone_digest).where(
        Challenge.purpose == Purpose.CLOSING, Challenge.ends_at > clock.now(), Challenge.phone_digest.in_(buckets)
    )
    return {buckets[digest] for digest in session().scalars(waiting)}


def confirm(challenge_id: UUID, *, by: Account) -> None:
    """Close the account as the second person.

    Raises ``NotFound``, and ``Refused`` for one's own request or account and for the last one of its role.
    """
    waiting = _fetch(challenge_id, by)
    if waiting.by.id == by.id or not waiting.by.is_active or not allows(waiting.by.role, Permission.REQUEST_STAFF):
        raise Refused(_("Somebody else has to confirm this: two pairs of eyes are asked for."))
    _lock_all_of(waiting.account)
    _refuse(waiting.account, by)
    if not challenges.close(challenge_id):
        raise NotFound
    phone = waiting.account.phone
    staff.close(waiting.account, by=by)
    enqueue(CLOSED, phone=phone)


def keep(challenge_id: UUID, *, by: Account) -> None:
    """Say no: the account stays as it is. Raises ``NotFound``."""
    waiting = _fetch(challenge_id, by)
    if not challenges.close(challenge_id):
        raise NotFound
    audit.record("account.closing_refused", waiting.account.id)


def _fetch(challenge_id: UUID, viewer: Account) -> Waiting:
    found = next((each for each in waiting_for(viewer) if each.id == challenge_id), None)
    if found is None:
        raise NotFound
    return found


def _refuse(account: Account, by: Account) -> None:
    """Refuse one's own account, and the last one of its role: nobody could do that work, or open another one."""
    if account.id == by.id:
        raise Refused(_("You cannot close your own account."))
    others = select(Account.id).where(
        Account.role == account.role, Account.status == Status.ACTIVE, Account.id != account.id
    )
    if account.status is Status.ACTIVE and session().scalar(others.limit(1)) is None:
        raise Refused(_("Nobody else has this role. Please let somebody else in first."))


def _lock_all_of(account: Account) -> None:
    """Let nobody else close somebody of this role meanwhile: of two that close each other, one must stay."""
    lock_for_writing()
    same = select(Account.id).where(Account.role == account.role, Account.status == Status.ACTIVE)
    session().execute(same.order_by(Account.id).with_for_update(key_share=True))
    session().refresh(account)


def _waiting(row: Challenge) -> Waiting:
    about = row.about
    account, by = (session().get_one(Account, UUID(about[name])) for name in ("account", "by"))
    return Waiting(row.id, account, by, row.ends_at)


def _bucket(account_id: UUID) -> str:
    return f"closing {account_id.hex}"
