"""Registration of a worker, by the link of a unit and a code sent to the phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import audit
from app.accounts.models import Account
from app.accounts.services import links, passwords, phones
from app.core.database import session
from app.core.ids import ordered_id
from app.core.permissions import Role
from app.vault import owner_keys

if TYPE_CHECKING:
    from uuid import UUID


def register_worker(phone: str, password: str, *, unit: UUID | None, occupation: str | None, name: str = "") -> Account:
    """Make the account of a worker whose phone is confirmed, tied to a subject out of the pool.

    Raises ``Malformed`` for a weak password and ``Unavailable`` when the pool of subjects is empty.
    """
    passwords.check_strength(password, phone=phone)
    account = new_account(phone, role=Role.WORKER, name=name)
    account.unit_id, account.occupation = unit, occupation
    account.credential = passwords.hash_password(password)
    links.give_subject(account)
    audit.record("account.registered", account.id)
    return account


def new_account(phone: str, *, role: Role, name: str) -> Account:
    """An account with its own key; the key is stored first, because a row without a key could never be read."""
    account_id = ordered_id()
    owner_keys.create("account", [account_id])
    account = Account(id=account_id, role=role, phone_index=phones.index(phone), name=name, phone=phone)
    session().add(account)
    return account
