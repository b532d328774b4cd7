"""Many people at once, each at her own moment: a membership list taken over, or a district that is invented."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from app import audit
from app.accounts.models import Account
from app.accounts.services import consents, links, phones, recovery_codes
from app.core import clock
from app.core.database import session
from app.core.errors import Conflict
from app.core.ids import ordered_id
from app.core.permissions import Role
from app.vault import owner_keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID


class Joining(NamedTuple):
    """A person who joins; a worker decides on each purpose of consent that ``agrees`` names."""

    phone: str
    name: str
    role: Role
    unit: UUID
    joined: datetime
    occupation: str | None = None
    agrees: Mapping[str, bool] = {}


def join_together(people: Sequence[Joining], credential: str) -> list[Account]:
    """Make the accounts of these people, who share a password until they change it, in one transaction.

    Workers are tied to subjects out of the pool and have a recovery code that nobody has seen: they ask for a new one.
    Raises ``Conflict`` where one of the phones has an account, ``Unavailable`` where the pool holds too few subjects.
    """
    ids = [_id_at(person.joined) for person in people]
    owner_keys.create("account", ids)
    accounts = [_account(each, person, credential) for each, person in zip(ids, people, strict=True)]
    workers = [account for account in accounts if account.role is Role.WORKER]
    links.give_subjects(workers)
    for account in workers:
        recovery_codes.make(account)
    try:
        session().add_all(accounts)
        session().flush()
    except IntegrityError as error:
        raise Conflict(_l("This phone number has an account already.")) from error
    for account, person in zip(accounts, people, strict=True):
        with clock.at(person.joined):
            audit.record("account.registered", account.id)
    consents.decide_together(
        consents.Decision(account.id, purpose, given, person.joined)
        for account, person in zip(accounts, people, strict=True)
        for purpose, given in person.agrees.items()
    )
    return accounts


def _id_at(moment: datetime) -> UUID:
    with clock.at(moment):
        return ordered_id()


def _account(account_id: UUID, person: Joining, credential: str) -> Account:
    return Account(
        id=account_id,
        role=person.role,
        unit_id=person.unit,
        occupation=person.occupation,
        created_on=clock.local(person.joined).date(),
        phone_index=phones.index(person.phone),
        name=person.name,
        phone=person.phone,
        credential=credential,
    )
