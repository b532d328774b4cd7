"""Staff, people in care, people who wait and closed sittings, made through the services of the product."""

from __future__ import annotations

import secrets
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.accounts.current import SESSION_COOKIE
from app.accounts.models import Account
from app.accounts.services import consents, links, sessions
from app.accounts.services.registration import new_account
from app.care import services as care
from app.core import clock
from app.core.database import session, transaction
from app.home.demo.sittings import Answering, invent
from app.organisations.models import Unit
from app.screening.services.whole import store_complete
from app.subjects import services as subjects
from benchmarks.product import AT_ONCE, new_worker

if TYPE_CHECKING:
    from uuid import UUID

    from app.core.permissions import Role
    from benchmarks.product import Product

HEAVY = Answering(strain=0.8)
"""How somebody answers who is then in no tier below 2."""
SETTLED = Answering(strain=0.1, settled=True)


def hire(role: Role) -> Account:
    """A new member of staff of the district, within the present transaction."""
    account = new_account(f"+86136{secrets.randbelow(10**8):08d}", role=role, name="陈静")
    account.unit_id = session().scalars(select(Unit.id)).first()
    session().flush()
    return account


def new_staff(product: Product, role: Role) -> UUID:
    """The account of a new member of staff."""
    with product.app.app_context(), transaction():
        return hire(role).id


def cookie_of(product: Product, account_id: UUID) -> str:
    """The cookie of a fresh session: one that is left alone for fifteen minutes is over, and a run lasts longer."""
    with product.app.app_context(), transaction():
        token = sessions.open_session(session().get_one(Account, account_id), second_factor=True)
        return f"{SESSION_COOKIE}={token}"


def add_waiting(product: Product, count: int) -> list[UUID]:
    """So many people with open results in triage, who agreed to be called; returns their subjects."""
    return _people(product, count, HEAVY, each=1)


def add_cases(product: Product, count: int, counsellor: UUID) -> None:
    """So many open cases of a counsellor."""
    for subject in add_waiting(product, count):
        with product.app.app_context(), transaction():
            care.take_case(subject, by=session().get_one(Account, counsellor))


def add_closed(product: Product, sittings: int) -> None:
    """So many sittings that are over and settled, ten of each person."""
    _people(product, -(-sittings // 10), SETTLED, each=10)


def sort_in(product: Product) -> None:
    """Let the jobs run that keep the lists."""
    with product.app.app_context():
        care.settle_results()


def _people(product: Product, count: int, how: Answering, *, each: int) -> list[UUID]:
    made: list[UUID] = []
    rng = Random(count)
    with product.app.app_context():
        subjects.refill(count)
        while len(made) < count:
            with transaction():
                workers = [new_worker() for _ in range(min(AT_ONCE, count - len(made)))]
                for worker in workers:
                    consents.decide(worker, consents.CONTACT, given=True)
                found = [links.subject_of(worker) for worker in workers]
            with transaction():
                store_complete(invent(rng, subject, "full", clock.now(), how) for subject in found for _ in range(each))
            made += found
    return made
