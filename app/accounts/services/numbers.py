"""Whose number it is: an account holds one number, lets it go when it passes on, and may take another.

A carrier gives a number to somebody else after some months. Whoever proves that she has it now never sees what was
answered with it before: the former account is frozen, not deleted. Nobody can sign in to it, and its owner comes back
with her recovery code or in person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from app import audit
from app.accounts.models import Account, Status
from app.accounts.services import phones, sessions
from app.core.database import session
from app.core.errors import Conflict
from app.notices.services import enqueue
from app.vault import rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

FROZEN, MOVED = "account.frozen", "account.number_moved"
MOST = 100  # accounts of one number that are looked through


def find_by_phone(phone: str) -> Account | None:
    """The account that holds this normalised phone number now; a closed one holds none."""
    holder = _holder(phone)
    return None if holder is None or holder.status is Status.CLOSED else holder


def find_proved(phone: str) -> Account | None:
    """The same for a number that somebody proved to have: raises ``Conflict`` where its account was changed.

    Such a row reads as closed, but nobody can free its number or come in with it before the row is put right.
    """
    holder = _require_sound(_holder(phone))
    return None if holder is None or holder.status is Status.CLOSED else holder


def who_had(phone: str) -> Sequence[Account]:
    """The accounts that hold this number or held it last, the newest first; closed ones are not among them."""
    index = phones.index(phone)
    found = select(Account).where(or_(Account.phone_index == index, Account.former_index == phones.former_index(index)))
    usable = found.where(Account.status.in_((Status.ACTIVE, Status.FROZEN)))
    return session().scalars(usable.order_by(Account.id.desc()).limit(MOST)).all()


def release(account: Account) -> None:
    """Let go of a person's number: somebody else may have it from now on, and nobody is led to her by calling it."""
    account.phone, account.phone_index = "", phones.index(f"released {account.id.hex}")
    session().flush()


def release_closed(phone: str) -> None:
    """Free a number that a closed account of an earlier version still holds. Raises ``Conflict`` as ``find_proved``."""
    holder = _require_sound(_holder(phone))
    if holder is not None and holder.status is Status.CLOSED:
        release(holder)


def freeze(account: Account) -> None:
    """Shut the account of a person whose number passed on; her records stay, and her counsellor is told.

    Her known devices stay known: with her password they are one of the ways back.
    """
    account.former_index = phones.former_index(account.phone_index)
    account.status = Status.FROZEN
    release(account)
    sessions.end_all(account.id)
    audit.record("account.frozen", account.id)
    enqueue(FROZEN, account=account.id.hex)
    session().flush()


def clear(phone: str, *, for_account_id: UUID | None = None) -> None:
    """Free a number that somebody proved to have now. Raises ``Conflict`` where a member of staff holds it."""
    release_closed(phone)
    holder = find_by_phone(phone)
    if holder is None or holder.id == for_account_id:
        return
    if holder.is_staff:
        raise Conflict(_("This number belongs to a member of staff. Please ask at your union's office."))
    freeze(holder)


def take(account: Account, phone: str) -> None:
    """Give a person the number she just proved; the old one is told.

    Raises ``Conflict`` as ``clear`` does, and where another request takes the number at the same moment.
    """
    clear(phone, for_account_id=account.id)
    if account.phone == phone:
        return
    if account.phone:
        enqueue(MOVED, phone=account.phone, account=account.id.hex)
    try:
        with session().begin_nested():
            account.phone, account.phone_index, account.former_index = phone, phones.index(phone), None
    except IntegrityError as error:
        raise Conflict(_("Somebody else is taking this number right now. Please try again.")) from error
    audit.record("account.number_moved", account.id)


def _holder(phone: str) -> Account | None:
    return session().scalar(select(Account).where(Account.phone_index == phones.index(phone)))


def _require_sound(holder: Account | None) -> Account | None:
    if holder is not None and not rows.holds(Account, holder):
        raise Conflict(
            _(
                "The record of this number was changed from outside, so for your protection it is locked. It has been "
                "reported; please go to your union's office, where somebody will help you."
            )
        )
    return holder
