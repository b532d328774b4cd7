"""S2: the halves cannot be joined: attacks by equal values, order, transactions and size do no better than chance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, select

from app import audit, vault
from app.accounts.services import consents, links
from app.accounts.services.registration import new_account
from app.audit.models import Entry
from app.core.database import Half, session, transaction
from app.core.permissions import Role
from app.home.blending import blend
from app.home.services import worker_day
from app.safety import services as safety
from app.screening import services as screening
from app.subjects import services as subjects
from tests.conftest import DATABASES
from tests.promises.dump import Stolen, as_bytes, steal, values

if TYPE_CHECKING:
    from tests.installation import Installation

pytestmark = pytest.mark.promise

PEOPLE = 150
LUCKY = 11  # correct pairs by chance: one on average, more than eleven once in a thousand million; thousands are tried
ANSWERS = dict.fromkeys(("q1", "q2", "q3", "q4"), 1)

COUNSELLOR = UUID(int=9)

Truth = dict[UUID, UUID]
Names = dict[bytes, UUID]
Halves = dict[Half, list[Stolen]]


@dataclass(frozen=True)
class Theft:
    """Who is who (account → subject), and what was stolen before and after the night's blending.

    ``names`` are all values under which somebody may stand in a plain column. ``former_log`` is the control: the log
    with time, act and actor in plain.
    """

    truth: Truth
    names: Names
    fresh: Halves
    blended: Halves
    former_log: Stolen


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
        blend()
        names = {name: subject for subject in truth.values() for name in names_of(subject)}
        names |= {name: account for account in truth for name in names_of(account)}
        return Theft(truth, names, fresh, steal(installation.app), former_log())


def names_of(person: UUID) -> list[bytes]:
    """What may stand for a person: her id, and every reference that the program makes of it."""
    ways = (("audit", "target"), ("audit", "actor"), ("audit", "alert"), ("session", "account"))
    return [person.bytes, *(vault.reference(*way, person.bytes) for way in ways)]


def former_log() -> Stolen:
    """The log as one would steal it if it were not sealed."""
    with transaction(writes=False):
        said = [(entry.seq, entry.said) for entry in session().scalars(select(Entry).order_by(Entry.seq))]
        rows = [
            {
                "seq": seq,
                "at": str(act.at),
                "action": act.action,
                "actor": vault.reference("audit", "actor", act.actor.bytes),
            }
            for seq, act in said
        ]
    columns: list[Column[Any]] = [
        Column("seq", Integer),
        Column("at", String),
        Column("action", String),
        Column("actor", LargeBinary),
    ]
    return Stolen(Table("former_log", MetaData(), *columns, info={"half": Half.SHARED}), rows)


def register_and_answer(number: int) -> tuple[UUID, UUID]:
    with transaction():
        subjects.top_up()
        account = new_account(f"+86137{number:08d}", role=Role.WORKER, name="某人")
        links.give_subject(account)
        session().flush()
        consents.decide(account, consents.SCREENING, given=True)
        subject = links.subject_of(account)
        audit.act_as(account.id)
    with transaction():
        sitting = screening.start(subject, "quick")
    with transaction():
        screening.submit(screening.fetch_sitting(sitting.id, subject), "phq4", ANSWERS, key="key-of-this-submission")
    with transaction():
        worker_day(account)
    if number % 2:
        with transaction():
            safety.raise_alert(subject, source="sitting:1", instrument="phq9", item="q9", value=3)
        with transaction(), audit.acting_as(COUNSELLOR):
            audit.record("alert.read", subject)
    return account.id, subject


def test_no_value_stands_in_both_halves(theft: Theft) -> None:
    assert values(theft.blended[Half.IDENTITY]) & values(theft.blended[Half.CLINICAL]) == set()


def test_pairing_by_any_order_of_any_table_does_no_better_than_chance(theft: Theft) -> None:
    hits = pairings(theft, tables_of(theft.blended))

    assert {"alert", "audit_mention", "result", "sitting"} <= {right.split(".")[0] for _left, right in hits}
    assert {pair: count for pair, count in hits.items() if count > LUCKY} == {}


def test_a_log_with_plain_acts_would_pair_everybody(theft: Theft) -> None:
    """The control: the same attack, with what the log shows of time and actor where it is not sealed."""
    hits = pairings(theft, [*theft.blended[Half.IDENTITY], theft.former_log])

    assert max(hits.values()) > PEOPLE * 0.9


@pytest.mark.parametrize("theft", ["postgresql"], indirect=True)
def test_before_the_night_the_order_of_the_heap_would_pair_nearly_everybody(theft: Theft) -> None:
    """The control: what the attack finds where nothing blends the rows."""
    assert max(pairings(theft, tables_of(theft.fresh)).values()) > PEOPLE * 0.9


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


def tables_of(halves: Halves) -> list[Stolen]:
    """Every table, whatever its half."""
    return [stolen for half in halves.values() for stolen in half]


def pairings(theft: Theft, tables: list[Stolen]) -> dict[tuple[str, str], int]:
    """For every order of accounts and every order of subjects: how many people stand at the same place in both.

    The attack is told which accounts belong to the subjects of an order, so it need not guess who raised an alert.
    """
    accounts, subjects = (
        orders(tables, theft.names, set(theft.truth)),
        orders(tables, theft.names, {*theft.truth.values()}),
    )
    return {
        (left, right): sum(
            theft.truth[account] == subject
            for account, subject in zip((one for one in ones if theft.truth[one] in others), others, strict=False)
        )
        for (left, ones), (right, others) in product(accounts.items(), subjects.items())
    }


def orders(tables: list[Stolen], names: Names, people: set[UUID]) -> dict[str, dict[UUID, None]]:
    """Every order in which a column lists these people: physical, by transaction, by each plain column."""
    found: dict[str, dict[UUID, None]] = {}
    for stolen in tables:
        plain = [column.name for column in stolen.table.columns if type(column.type).__name__ != "SealedBytes"]
        for column in plain:
            if not any(names.get(as_bytes(row[column])) in people for row in stolen.rows):
                continue
            for order in (None, "written_by", *plain):
                rows = sorted(stolen.rows, key=lambda row: key_of(row.get(order))) if order else stolen.rows
                listed = (names.get(as_bytes(row[column])) for row in rows)
                label = f"{stolen.table.name}.{column}" + (f" by {order}" if order else "")
                found[label] = dict.fromkeys(person for person in listed if person in people)
    return found


def key_of(cell: object) -> str:
    """A value by which rows can be sorted, whatever it is."""
    return f"{cell:020}" if isinstance(cell, int) else "" if cell is None else str(cell)


def transactions(half: list[Stolen]) -> set[int]:
    """The numbers of the transactions that wrote a half, on a database that keeps them."""
    return {row["written_by"] for stolen in half for row in stolen.rows}


def named(half: list[Stolen], name: str) -> Stolen:
    """One table of a half."""
    return next(stolen for stolen in half if stolen.table.name == name)
