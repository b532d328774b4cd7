"""S2: the halves cannot be joined: attacks by equal values, order, transactions and size do no better than chance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from app.accounts.services import consents, links
from app.accounts.services.registration import new_account
from app.core.database import Half, session, transaction
from app.core.permissions import Role
from app.screening import services as screening
from app.screening.services.blending import blend
from app.subjects import services as subjects
from tests.conftest import DATABASES
from tests.promises.dump import Stolen, steal, values

if TYPE_CHECKING:
    from tests.installation import Installation

pytestmark = pytest.mark.promise

PEOPLE = 150
LUCKY = 8  # correct pairs by chance: one on average, more than eight once in a million
ANSWERS = dict.fromkeys(("q1", "q2", "q3", "q4"), 1)

Truth = dict[UUID, UUID]
Halves = dict[Half, list[Stolen]]


@dataclass(frozen=True)
class Theft:
    """Who is who (account → subject), and what was stolen before and after the night's blending."""

    truth: Truth
    fresh: Halves
    blended: Halves


@pytest.fixture(scope="module", params=DATABASES)
def theft(request: pytest.FixtureRequest) -> Theft:
    """People who register one after the other and each answer at once, which is the worst case; then the theft.

    The pool is empty at first and is refilled by those who find it low.
    """
    installation: Installation = request.getfixturevalue(f"{request.param}_installation")
    installation.reset()
    with installation.app.app_context():
        truth = dict(register_and_answer(number) for number in range(PEOPLE))
        fresh = steal(installation.app)
        with transaction():
            blend()
    return Theft(truth, fresh, steal(installation.app))


def register_and_answer(number: int) -> tuple[UUID, UUID]:
    with transaction():
        subjects.top_up()
        account = new_account(f"+86137{number:08d}", role=Role.WORKER, name="某人")
        links.give_subject(account)
        session().flush()
        consents.decide(account, consents.SCREENING, given=True)
        subject = links.subject_of(account)
    with transaction():
        sitting = screening.start(subject, "quick")
    with transaction():
        screening.submit(screening.fetch_sitting(sitting.id, subject), "phq4", ANSWERS, key="key-of-this-submission")
    return account.id, subject


def test_no_value_stands_in_both_halves(theft: Theft) -> None:
    assert values(theft.blended[Half.IDENTITY]) & values(theft.blended[Half.CLINICAL]) == set()


def test_pairing_by_order_does_no_better_than_chance(theft: Theft) -> None:
    hits = pairings(theft.blended, theft.truth)

    assert len(hits) > 6
    assert {pair: count for pair, count in hits.items() if count > LUCKY} == {}


@pytest.mark.parametrize("theft", ["postgresql"], indirect=True)
def test_before_the_night_the_order_of_the_heap_would_pair_nearly_everybody(theft: Theft) -> None:
    """The control: what the attack finds where nothing blends the rows."""
    assert max(pairings(theft.fresh, theft.truth).values()) > PEOPLE * 0.9


@pytest.mark.parametrize("theft", ["postgresql"], indirect=True)
def test_no_transaction_wrote_both_halves(theft: Theft) -> None:
    identity, clinical = (transactions(theft.fresh[half]) for half in (Half.IDENTITY, Half.CLINICAL))

    assert identity
    assert clinical
    assert identity & clinical == set()


def test_the_nearest_transaction_is_no_better_than_chance(theft: Theft) -> None:
    accounts = {row["id"]: row["written_by"] for row in named(theft.blended[Half.IDENTITY], "account").rows}
    results = [(row["written_by"], row["subject_id"]) for row in named(theft.blended[Half.CLINICAL], "result").rows]
    hits = sum(
        theft.truth[UUID(str(account))] == UUID(str(min(results, key=lambda result: abs(result[0] - written))[1]))
        for account, written in accounts.items()
    )

    assert hits <= LUCKY


def test_every_sealed_column_has_one_size(theft: Theft) -> None:
    sizes = {
        (stolen.table.name, column.name): {len(row[column.name]) for row in stolen.rows if row[column.name]}
        for stolen in theft.blended[Half.CLINICAL]
        for column in stolen.table.columns
        if type(column.type).__name__ == "SealedBytes"
    }

    assert {place: found for place, found in sizes.items() if len(found) > 1} == {}


def pairings(halves: Halves, truth: Truth) -> dict[tuple[str, str], int]:
    """For every order of one half and every order of the other: how many people stand at the same place in both."""
    accounts, owners = orders(halves[Half.IDENTITY], set(truth)), orders(halves[Half.CLINICAL], set(truth.values()))
    return {
        (left, right): sum(truth[account] == subject for account, subject in zip(one, other, strict=False))
        for (left, one), (right, other) in product(accounts.items(), owners.items())
    }


def orders(half: list[Stolen], people: set[UUID]) -> dict[str, list[UUID]]:
    """Every order in which the tables of a half list these people: physical, by id, by transaction."""
    found = {}
    for stolen in half:
        for column in stolen.table.columns:
            if column.name not in {"id", "account_id", "subject_id"}:
                continue
            for order in (None, "id", "written_by"):
                if order == "id" and "id" not in stolen.table.columns:
                    continue
                listed = [person for person in stolen.people(column.name, order) if person in people]
                if listed:
                    found[f"{stolen.table.name}.{column.name}" + (f" by {order}" if order else "")] = listed
    return found


def transactions(half: list[Stolen]) -> set[int]:
    """The numbers of the transactions that wrote a half, on a database that keeps them."""
    return {row["written_by"] for stolen in half for row in stolen.rows}


def named(half: list[Stolen], name: str) -> Stolen:
    """One table of a half."""
    return next(stolen for stolen in half if stolen.table.name == name)
