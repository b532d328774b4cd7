"""Owner keys are random, wrapped, forgotten with the transaction, and gone for good once destroyed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from app.core.database import key_reads_engine, keys_engine, transaction
from app.vault import VaultError, open_for, owner_keys, seal_for
from tests.vault.conftest import Person

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from sqlalchemy.orm import Session


def visits() -> list[object]:
    """Every visit to the keys database from now on."""
    seen: list[object] = []
    event.listen(key_reads_engine(), "checkout", lambda connection, _record, _proxy: seen.append(connection))
    return seen


def change(statement: str) -> None:
    with keys_engine().begin() as connection:
        connection.execute(text(statement))


def test_counts_owners(session: Session) -> None:
    owner_keys.create("account", [uuid4()])
    owner_keys.create("subject", [uuid4(), uuid4()])

    assert owner_keys.count() == 3


def test_stores_wrapped_keys_only(session: Session, owner: UUID) -> None:
    key = owner_keys.key_of(owner).key

    with keys_engine().begin() as connection:
        blobs = connection.execute(text("SELECT wrapped FROM owner_key WHERE kind = 'subject'")).scalars().all()
    assert len(blobs[0]) == 64
    assert key not in bytes(blobs[0])


def test_never_makes_a_second_key(session: Session, owner: UUID) -> None:
    with pytest.raises(IntegrityError) as refusal:
        owner_keys.create("subject", [owner])

    assert "hidden" in str(refusal.value)


def test_knows_two_kinds_of_owner_only(session: Session) -> None:
    with pytest.raises(ValueError, match="account"):
        owner_keys.create("canary", [uuid4()])


def test_fetches_a_long_list_in_one_visit(session: Session) -> None:
    owners = [uuid4() for _ in range(200)]
    owner_keys.create("subject", owners)
    seen = visits()

    with transaction(writes=False):
        owner_keys.prefetch(owners)
        opened = [owner_keys.key_of(owner) for owner in owners]

    assert len(opened) == 200
    assert len(seen) == 1


def test_needs_no_visit_for_a_key_just_made(session: Session) -> None:
    owner = uuid4()

    with transaction():
        owner_keys.create("account", [owner])
        seen = visits()
        seal_for(Person.name, row=owner, owner=owner, value="x")

    assert seen == []


def test_forgets_keys_with_the_transaction(session: Session, owner: UUID) -> None:
    with transaction(writes=False):
        owner_keys.key_of(owner)
    seen = visits()

    with transaction(writes=False):
        owner_keys.key_of(owner)

    assert len(seen) == 1


@pytest.mark.promise
def test_makes_a_destroyed_owner_unreadable_at_once(session: Session, person: Person) -> None:
    with transaction(writes=False):
        owner_keys.key_of(person.id)
        assert owner_keys.destroy([person.id]) == 1

        with pytest.raises(VaultError, match="K005"):
            owner_keys.key_of(person.id)
    with pytest.raises(VaultError, match="K005"):
        _ = person.name


def test_seals_nothing_new_for_a_destroyed_owner(session: Session, owner: UUID) -> None:
    owner_keys.destroy([owner])

    with pytest.raises(VaultError, match="K005"):
        seal_for(Person.name, row=uuid4(), owner=owner, value="x")
    with pytest.raises(IntegrityError):
        owner_keys.create("subject", [owner])


def test_keeps_the_day_and_nothing_of_a_destroyed_key(session: Session, owner: UUID) -> None:
    with keys_engine().begin() as connection:
        row = text("SELECT wrapped, destroyed_on FROM owner_key WHERE kind = 'subject'")
        key = bytes(connection.execute(row).one().wrapped)
    owner_keys.destroy([owner])

    with keys_engine().begin() as connection:
        tombstone, day = connection.execute(row).one()
    assert len(bytes(tombstone)) == 32
    assert bytes(tombstone) not in key
    assert day is not None
    assert owner_keys.count() == 0


@pytest.mark.promise
def test_leaves_no_trace_of_a_destroyed_key_on_disk(session: Session, owner: UUID, tmp_path: Path) -> None:
    with keys_engine().begin() as connection:
        blob = connection.execute(text("SELECT wrapped FROM owner_key WHERE kind = 'subject'")).scalar_one()
    owner_keys.destroy([owner])

    assert [path.name for path in tmp_path.glob("keys.db*") if bytes(blob) in path.read_bytes()] == []


def test_destroys_once(session: Session, owner: UUID) -> None:
    assert owner_keys.destroy([owner, uuid4()]) == 1
    assert owner_keys.destroy([owner]) == 0


def test_raises_the_alarm_for_a_missing_key(session: Session, person: Person) -> None:
    change("DELETE FROM owner_key WHERE kind = 'account'")

    with pytest.raises(VaultError, match="K004"):
        _ = person.name
    assert owner_keys.count() == 0


@pytest.mark.promise
def test_raises_the_alarm_for_a_key_that_looks_destroyed(session: Session, owner: UUID) -> None:
    other = uuid4()
    owner_keys.create("subject", [other])
    owner_keys.destroy([other])
    for blob in ("x''", f"(SELECT wrapped FROM owner_key WHERE owner = '{other.hex}')"):
        change(f"UPDATE owner_key SET wrapped = {blob}, destroyed_on = '2026-01-02' WHERE owner = '{owner.hex}'")

        with pytest.raises(VaultError, match="K004"):
            owner_keys.key_of(owner)
        assert owner_keys.lacking([owner, other]) == [owner]


@pytest.mark.promise
def test_refuses_swapped_keys(session: Session, owner: UUID) -> None:
    other = uuid4()
    owner_keys.create("subject", [other])
    change(
        f"UPDATE owner_key SET wrapped = (SELECT wrapped FROM owner_key WHERE owner = '{other.hex}')"
        f" WHERE owner = '{owner.hex}'"
    )

    with pytest.raises(VaultError, match="K002"):
        owner_keys.key_of(owner)


@pytest.mark.promise
def test_refuses_a_key_of_the_other_half(session: Session, owner: UUID) -> None:
    change("UPDATE owner_key SET kind = 'account' WHERE kind = 'subject'")

    with pytest.raises(VaultError, match="K002"):
        owner_keys.key_of(owner)


def test_refuses_another_generation(session: Session, owner: UUID) -> None:
    row = uuid4()
    blob = seal_for(Person.name, row=row, owner=owner, value="x")

    with pytest.raises(VaultError, match="K004"):
        open_for(Person.name, blob[:3] + b"\x02" + blob[4:], row=row, owner=owner)


def test_opens_one_bad_row_apart_from_the_others(session: Session, owner: UUID) -> None:
    destroyed = uuid4()
    owner_keys.create("subject", [destroyed])
    owner_keys.destroy([destroyed])

    with transaction(writes=False):
        owner_keys.prefetch([owner, destroyed, uuid4()])

        assert owner_keys.key_of(owner).key


def test_says_that_the_provider_is_down(session: Session, app: Flask) -> None:
    change("ALTER TABLE owner_key RENAME TO elsewhere")

    with pytest.raises(VaultError, match="K006"):
        owner_keys.count()
