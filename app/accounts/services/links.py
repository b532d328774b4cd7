"""The link between an account and its subject: opened here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from app import vault
from app.accounts.models import UNREADABLE, Account
from app.core.database import session
from app.core.errors import NotFound
from app.subjects import services as subjects
from app.vault import owner_keys, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row


def give_subject(account: Account) -> None:
    """Tie a new account to a subject out of the pool. Writes to the identity half alone. Raises ``Unavailable``."""
    _tie(account, subjects.take_ticket())


def give_subjects(accounts: Sequence[Account]) -> None:
    """The same for many."""
    for account, taken in zip(accounts, subjects.take_tickets(len(accounts)), strict=True):
        _tie(account, taken)


def _tie(account: Account, taken: subjects.Link) -> None:
    account.link = {"subject": taken.subject.hex}
    account.alias_index = alias_index(taken.alias)


def subject_of(account: Account) -> UUID:
    """The subject of a worker. Raises ``NotFound`` for an account that has none (staff)."""
    if account.link is None:
        raise NotFound
    return UUID(account.link["subject"])


def account_of(subject_id: UUID) -> Account:
    """The account behind a subject. Raises ``NotFound`` where it was erased."""
    account = accounts_of([subject_id]).get(subject_id)
    if account is None:
        raise NotFound
    return account


def account_ids_of(subject_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The ids of the accounts behind subjects, without their keys; erased ones are missing."""
    indexes = _indexes_of(subject_ids)
    found = session().execute(select(*rows.columns_of(Account)).where(Account.alias_index.in_(indexes)))
    return {indexes[row.alias_index]: row.id for row in found if rows.holds(Account, row)}


def accounts_of(subject_ids: Sequence[UUID]) -> dict[UUID, Account]:
    """The accounts behind subjects, in four statements however many; erased ones are missing, and who is not hers."""
    indexes = _indexes_of(subject_ids)
    found = session().scalars(select(Account).where(Account.alias_index.in_(indexes))).all()
    owner_keys.prefetch([account.id for account in found])
    people = ((indexes[account.alias_index], account) for account in found if account.alias_index)
    return {subject: account for subject, account in people if _leads_to(subject, account, account.__dict__["link"])}


def names_of(subject_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The names behind subjects, for a list of many; erased ones are missing."""
    indexes = _indexes_of(subject_ids)
    columns = select(*rows.columns_of(Account), Account.name, Account.link)
    found = session().execute(columns.where(Account.alias_index.in_(indexes))).all()
    owner_keys.prefetch([row.id for row in found])
    people = ((indexes[row.alias_index], row) for row in found)
    return {subject: _name_in(row) for subject, row in people if _leads_to(subject, row, row.link)}


def _leads_to(subject: UUID, account: Any, link: bytes | None) -> bool:
    """Whether the link sealed in an account leads back to this subject: the plain index alone may have been changed.

    A person whose row was changed otherwise keeps her name and phone in an alert. Where the link is damaged, the seal
    of the row decides.
    """
    try:
        told = vault.open_for(Account.link, link or b"", row=account.id, owner=account.id)
    except vault.VaultError as error:
        vault.note_damage(error)
        return rows.holds(Account, account)
    if UUID(told["subject"]) == subject:
        return True
    moved = vault.VaultError(vault.Code.K002, "account.alias_index")
    rows.refuse(moved, Account.__tablename__, account.id, [account.alias_index])
    return False


def _name_in(row: Row[Any]) -> str:
    if not row.name:
        return ""
    try:
        return str(vault.open_for(Account.name, row.name, row=row.id, owner=row.id))
    except vault.VaultError as error:
        vault.note_damage(error)
        return str(UNREADABLE)


def _indexes_of(subject_ids: Sequence[UUID]) -> dict[bytes, UUID]:
    return {alias_index(alias): subject for subject, alias in subjects.aliases_of(list(subject_ids)).items()}


def alias_index(alias: UUID) -> bytes:
    """The keyed index under which an account carries its subject's alias."""
    return vault.reference("link", "alias", alias.bytes)
