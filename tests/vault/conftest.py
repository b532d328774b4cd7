"""A vault of its own for every test: temporary folder, fresh keys, and throw-away tables outside the real metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import MetaData, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app import vault
from app.config import Mode, Settings
from app.core import database
from app.vault import Sealed, owner_keys, sealed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Base(DeclarativeBase):
    metadata = MetaData()


class Person(Base):
    """Owns itself, like an account."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Sealed[str | None] = sealed("text", owner="id", block=64)
    nick: Any = sealed("text", owner="id", block=64)
    link: Sealed[str | None] = sealed("link", system="link", block=64)


class Score(Base):
    """Belongs to a subject and is bound to its week, like a result."""

    __tablename__ = "score"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    subject_id: Mapped[UUID]
    week: Mapped[str] = mapped_column(default="2026-W45")
    scores: Sealed[Any] = sealed("result", owner="subject_id", block=128, bind=("week",), required=True)


def stored(session: Session, column: Any, row: UUID) -> bytes:
    found = session.execute(select(column).where(column.class_.id == row)).scalar_one()
    assert isinstance(found, bytes)
    return found


def settings_in(folder: Path, *, suite: int = 1) -> Settings:
    return Settings(
        mode=Mode.TEST,
        instance=folder,
        database_url=f"sqlite:///{folder}/xingfu.db",
        keys_url=f"sqlite:///{folder}/keys.db",
        keyring=folder / "keyring.json",
        root_key=folder / "root.key",
        suite=suite,
        base_url="http://127.0.0.1:8000",
        listen="127.0.0.1:8000",
        jobs_url=f"sqlite:///{folder}/jobs.db",
        limits_url="memory://",
        phone_codes="console:",
        mail="console:",
        mail_from="xingfu@example.org",
        duty_line="0575-00000000",
        district="Test",
        argon2_kib=1024,
        phone_countries="CN",
        codes_a_day=20_000,
    )


def build(folder: Path, *, suite: int = 1) -> Flask:
    settings = settings_in(folder, suite=suite)
    app = Flask("vault")
    app.config.update(XINGFU=settings)
    database.init_app(app, settings)
    vault.init_app(app, settings)
    return app


def dispose(app: Flask) -> None:
    with app.app_context():
        database.db.session.remove()
        for engine in database.db.engines.values():
            engine.dispose()


@pytest.fixture(params=[1, 2], ids=["aes", "sm4"])
def bare(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application before ``flask keys init``, once for each suite."""
    app = build(tmp_path, suite=request.param)
    yield app
    dispose(app)


@pytest.fixture
def app(bare: Flask) -> Flask:
    """An application with keys and the throw-away tables."""
    result = bare.test_cli_runner().invoke(args=["keys", "init"])
    assert result.exit_code == 0, result.output
    with bare.app_context():
        Base.metadata.create_all(database.db.engine)
    return bare


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with app.app_context():
        yield database.db.session()
        database.db.session.remove()


@pytest.fixture
def owner(session: Session) -> UUID:
    """A subject with a key."""
    owner = uuid4()
    owner_keys.create("subject", [owner])
    return owner


@pytest.fixture
def person(session: Session) -> Person:
    """A stored person with a sealed name."""
    person = Person(name="李小娟", link="subject-7")
    owner_keys.create("account", [person.id])
    session.add(person)
    session.commit()
    return person
