"""The vault on PostgreSQL: owner keys and sealed columns behave as they do on SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, text

from app.core.database import db, key_reads_engine, keys_engine, session, transaction
from app.vault import VaultError, canary, owner_keys
from tests.vault.conftest import Base, Person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from tests.installation import Installation


@pytest.fixture
def app(postgresql_installation: Installation) -> Iterator[Flask]:
    """The installation on PostgreSQL, with the throw-away tables."""
    postgresql_installation.reset()
    with postgresql_installation.app.app_context():
        Base.metadata.create_all(db.engine)
        yield postgresql_installation.app
        session().remove()
        Base.metadata.drop_all(db.engine)
        db.engine.dispose()
        for engine in (keys_engine(), key_reads_engine()):
            engine.dispose()


def test_starts(app: Flask) -> None:
    canary.check(app)


def test_seals_and_opens(app: Flask) -> None:
    people = [Person(name=name) for name in ("李小娟", "王大力")]
    with transaction():
        owner_keys.create("account", [person.id for person in people])
        session().add_all(people)

    with transaction(writes=False):
        found = session().scalars(select(Person)).all()
        owner_keys.prefetch(person.id for person in found)

        assert {person.name for person in found} == {"李小娟", "王大力"}


def test_refuses_a_destroyed_and_a_missing_owner(app: Flask) -> None:
    destroyed, missing = uuid4(), uuid4()
    owner_keys.create("subject", [destroyed])
    owner_keys.destroy([destroyed])

    with pytest.raises(VaultError, match="K005"):
        owner_keys.key_of(destroyed)
    with pytest.raises(VaultError, match="K004"):
        owner_keys.key_of(missing)


def test_rolls_a_deleted_key_back_after_a_read_that_failed(app: Flask) -> None:
    owner = uuid4()
    owner_keys.create("subject", [owner])
    with keys_engine().begin() as connection:
        connection.execute(text("ALTER TABLE owner_key RENAME TO owner_key_gone"))
    with pytest.raises(VaultError, match="K006"):
        owner_keys.key_of(owner)
    with keys_engine().begin() as connection:
        connection.execute(text("ALTER TABLE owner_key_gone RENAME TO owner_key"))

    with pytest.raises(ZeroDivisionError), owner_keys.opened() as connection:
        connection.execute(delete(owner_keys.owner_key))
        raise ZeroDivisionError

    assert owner_keys.key_of(owner).key
