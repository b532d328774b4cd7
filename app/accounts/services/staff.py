"""Staff accounts: an admin asks, a supervisor approves, a one-time link lets the person set her password."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select

from app import audit
from app.accounts.models import Account, Invitation, Status
from app.accounts.services import devices, numbers, passwords, phones, sessions
from app.accounts.services.registration import new_account
from app.accounts.services.sessions import digest
from app.core import clock
from app.core.database import changed, lock_row, session, store_so_far
from app.core.errors import Conflict, NotFound, Refused
from app.core.permissions import STAFF, Role
from app.notices.services import enqueue
from app.organisations.services import ancestor_ids, branch_ids, branch_of, fetch_unit
from app.vault import owner_keys

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from app.organisations.models import Unit

LIFE = timedelta(days=3)


class Invited(NamedTuple):
    """A person who may come in, and the token of her one-time link."""

    account: Account
    token: str


def staff_of(viewer: Account, *statuses: Status) -> Sequence[Account]:
    """The staff of the viewer's branch, open requests first; their names are opened with two statements."""
    if viewer.unit_id is None:
        return []
    units = branch_ids(viewer.unit_id)
    found = select(Account).where(Account.role.in_(STAFF), Account.unit_id.in_(units), Account.status.in_(statuses))
    people = [person for person in session().scalars(found.order_by(Account.id)) if person.status in statuses]
    owner_keys.prefetch([person.id for person in people])
    return people


def read_list(viewer: Account, *statuses: Status, also: Sequence[Account] = ()) -> Sequence[Account]:
    """The staff that a page lists, and ``also`` whom it names besides: that they were shown is recorded."""
    people = staff_of(viewer, *statuses)
    if shown := [person.id for person in (*people, *also)]:
        audit.record("account.staff_list_read", shown=shown)
    return people


def staff_over(unit_id: UUID, role: Role) -> Sequence[Account]:
    """The active staff of a role whose branch holds this unit."""
    above = Account.unit_id.in_(ancestor_ids(unit_id))
    return _active(above, Account.role == role)


def active_admins() -> Sequence[Account]:
    """Every admin who may sign in; who has not come in yet is not among them."""
    return _active(Account.role == Role.ADMIN)


def _active(*who: ColumnElement[bool]) -> Sequence[Account]:
    """The active ones of them; a row that was changed past the program is loaded as a closed account."""
    found = session().scalars(select(Account).where(*who, Account.status == Status.ACTIVE))
    return [account for account in found if account.is_active]


def fetch_staff(account_id: UUID, viewer: Account) -> Account:
    """A member of staff in the viewer's branch. Raises ``NotFound``, also for a worker."""
    account = session().get(Account, account_id)
    if account is None or not account.is_staff or account.unit_id is None:
        raise NotFound
    fetch_unit(account.unit_id, branch=viewer.unit_id)
    return account


def request(phone: str, *, role: Role, name: str, unit: UUID, by: Account) -> Account:
    """Ask for a staff account, which a supervisor decides. Raises ``NotFound`` for a foreign unit, ``Conflict``."""
    fetch_unit(unit, branch=by.unit_id)
    account = new_account(phone, role=role, name=name)
    account.unit_id, account.requested_by, account.status = unit, by.id, Status.REQUESTED
    audit.record("account.staff_requested", account.id, role=role)
    enqueue("staff.requested", unit=unit.hex)
    return account


def approve(account: Account, *, by: Account) -> Invited:
    """Give the second approval. Raises ``Refused`` for one's own request or one that was decided already."""
    lock_row(account)
    if account.requested_by == by.id or account.status is not Status.REQUESTED:
        raise Refused(_("This request was decided already, or it is your own."))
    audit.record("account.staff_approved", account.id, role=account.role)
    return _invite(account)


def invite_again(account: Account) -> Invited:
    """Make a new link for a person who did not use hers in time; the old one ends. Raises ``Refused``."""
    lock_row(account)
    if account.status is not Status.INVITED:
        raise Refused(_("This person has come in already."))
    audit.record("account.staff_approved", account.id, again=True)
    return _invite(account)


def invite_first(phone: str, *, role: Role, name: str, unit: UUID) -> Invited:
    """Let the first admin and the first supervisor in, from the command line; without a phone, the link asks for it.

    Raises ``Refused`` once there is one of this role, ``Conflict`` for a phone that has an account.
    """
    known = numbers.find_by_phone(phone)
    if known is not None and known.role is role and known.status is Status.INVITED:
        return invite_again(known)
    living = select(Account.id).where(Account.role == role, Account.status != Status.CLOSED)
    if session().scalar(living.where(Account.phone_index != phones.index("")).limit(1)) is not None:
        raise Refused("The first one is in: from here on an admin asks and a supervisor approves.")
    account = new_account(phone, role=role, name=name)
    account.unit_id = unit
    audit.record("account.staff_approved", account.id, role=role)
    return _invite(account)


def refuse(account: Account, *, by: Account) -> None:
    """Say no to a request. Raises ``Refused`` for one that was decided already."""
    lock_row(account)
    if account.status is not Status.REQUESTED:
        raise Refused(_("This request was decided already, or it is your own."))
    close(account, by=by)


def has_admin() -> bool:
    """Whether an admin has come in already."""
    found = select(Account.id).where(Account.role == Role.ADMIN, Account.status == Status.ACTIVE).limit(1)
    return session().scalar(found) is not None


def close(account: Account, *, by: Account) -> None:
    """Close a staff account; it acts on the person's next request. Raises ``Refused``."""
    lock_row(account)
    if account.id == by.id or account.status is Status.CLOSED:
        raise Refused(_("You cannot close your own account."))
    account.status = Status.CLOSED
    numbers.release(account)
    sessions.end_all(account.id)
    devices.forget_all(account.id)
    session().execute(delete(Invitation).where(Invitation.account_id == account.id))
    audit.record("account.staff_closed", account.id)


def fetch_invited(token: str) -> Account:
    """The person for whom a link was made. Raises ``NotFound`` for a link that is over or used."""
    found = select(Invitation).where(
        Invitation.token_digest == digest(token, "invitation"), Invitation.ends_at > clock.now()
    )
    invitation = session().scalar(found)
    if invitation is None or invitation.ends_at <= clock.now():
        raise NotFound
    account = session().get(Account, invitation.account_id)
    if account is None or account.status is not Status.INVITED:
        raise NotFound
    return account


def is_unnamed(account: Account) -> bool:
    """Whether this is the very first account, made before anybody said whose it will be."""
    return not account.phone


def come_in(token: str, password: str, *, name: str = "", phone: str = "") -> Account:
    """Set the first password, and name and phone where nobody gave them yet; the link is used up.

    Raises ``Malformed`` for a weak password, ``NotFound`` for a used link, ``Conflict`` for a phone with an account.
    """
    account = fetch_invited(token)
    account_id, unnamed = account.id, is_unnamed(account)
    phone = phone if unnamed else account.phone
    numbers.release_closed(phone)
    if unnamed and numbers.find_by_phone(phone) is not None:
        raise Conflict(_("This phone number has an account already."))
    store_so_far()
    passwords.check_strength(password, shortest=passwords.STAFF_LENGTH, phone=phone)
    credential = passwords.hash_password(password)
    if not changed(delete(Invitation).where(Invitation.token_digest == digest(token, "invitation"))):
        raise NotFound
    account = session().get_one(Account, account_id)
    account.credential, account.status, account.second_factor = credential, Status.ACTIVE, None
    if unnamed:
        account.name, account.phone, account.phone_index = name, phone, phones.index(phone)
    audit.record("account.registered", account.id)
    return account


def units_for(viewer: Account) -> Sequence[Unit]:
    """The units for which this admin may ask for staff."""
    return branch_of(viewer.unit_id) if viewer.unit_id else []


def _invite(account: Account) -> Invited:
    token = secrets.token_urlsafe(24)
    account.status = Status.INVITED
    session().execute(delete(Invitation).where(Invitation.account_id == account.id))
    session().add(
        Invitation(account_id=account.id, token_digest=digest(token, "invitation"), ends_at=clock.now() + LIFE)
    )
    return Invited(account, token)
