"""Owner keys: one random key for each person and half, wrapped, in the second database.

A key is unwrapped for the present transaction only and then forgotten, so an erased person is unreadable at once. A
missing row is an alarm (K004), never a reason to make a new key; an erased one has a day and, in place of its key, a
tombstone that only this program can write (K005). What looks erased without one is as missing as a row that is gone.
"""

from __future__ import annotations

import hmac
import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from app.core import clock
from app.core.database import NAMING, db, key_reads_engine, keys_engine, memory
from app.vault.errors import Code, VaultError
from app.vault.references import mac
from app.vault.state import vault
from app.vault.suites import KEY
from app.vault.wrapping import version_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    from sqlalchemy import Connection

    from app.vault.keyring import Keyring

KINDS: Final = ("account", "subject")
CHUNK: Final = 1000

metadata = sa.MetaData(naming_convention=NAMING, info={"bind_key": "keys"})
db.metadatas["keys"] = metadata

owner_key = sa.Table(
    "owner_key",
    metadata,
    sa.Column("owner", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("kek", sa.Integer, nullable=False),
    sa.Column("generation", sa.SmallInteger, nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("destroyed_on", sa.Date),
    sa.CheckConstraint("kind IN ('account', 'subject')", name="kind"),
    sa.CheckConstraint("(destroyed_on IS NULL) = (length(wrapped) = 64)", name="wrapped"),
    sa.Index("ix_owner_key_kek", "kek"),
    sqlite_with_rowid=False,
)
known_value = sa.Table(
    "known_value",
    metadata,
    sa.Column("kek", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
)
"""A value known to everybody, wrapped under each KEK: keyring and keys database recognise each other by it."""

_WANTED: Final = {
    "sqlite": "SELECT owner, kind, generation, wrapped, destroyed_on FROM owner_key"
    " WHERE owner IN (SELECT value FROM json_each(?))",
    "postgresql": "SELECT owner, kind, generation, wrapped, destroyed_on FROM owner_key WHERE owner = ANY(%s)",
}


class OwnerKey(NamedTuple):
    """An unwrapped key, or the reason why there is none."""

    generation: int
    key: bytes
    refusal: Code | None = None


_MISSING = OwnerKey(0, b"", Code.K004)
_DESTROYED = OwnerKey(0, b"", Code.K005)


def create(kind: str, owners: Sequence[UUID]) -> None:
    """Make a key for each new owner, in a transaction of its own, **before** the main transaction writes.

    Sorted by id, so that the order of rows tells nothing. A key whose owner is never stored harms nobody. Raises
    ``IntegrityError`` where an owner has a key already (or had one: an erased person never gets a new key).
    """
    if kind not in KINDS:
        raise ValueError(f"an owner is one of {KINDS}")
    if not owners:
        return
    keys = {owner: os.urandom(KEY) for owner in owners}
    ring = vault().fresh()
    kek = ring.kek(ring.current)
    rows = [
        {
            "owner": owner,
            "kind": kind,
            "kek": kek.version,
            "generation": 1,
            "wrapped": kek.wrap(keys[owner], suite=vault().suite, purpose=kind, owner=owner.bytes, generation=1),
        }
        for owner in sorted(keys)
    ]
    with opened() as connection:
        connection.execute(sa.insert(owner_key), rows)
    _remembered().update({owner: OwnerKey(1, key) for owner, key in keys.items()})


def prefetch(owners: Iterable[UUID]) -> None:
    """Unwrap the keys of many owners at once (one statement a thousand), for the present transaction."""
    known = _remembered()
    wanted = sorted({owner for owner in owners if owner not in known})
    if wanted and memory() is not None:
        known.update(_fetch(wanted))


def key_of(owner: UUID, generation: int | None = None) -> OwnerKey:
    """The key of an owner. Raises ``VaultError`` K004 (missing), K005 (destroyed), K002 (swapped), K006 (down)."""
    known = _remembered()
    found = known.get(owner)
    if found is None:
        found = known[owner] = _fetch([owner])[owner]
    if found.refusal:
        raise VaultError(found.refusal, "owner key")
    if generation and generation != found.generation:
        raise VaultError(Code.K004, f"owner key generation {generation}")
    return found


def lacking(owners: Iterable[UUID]) -> list[UUID]:
    """Those of these owners who have no key that opens, and no tombstone of one that was destroyed on purpose."""
    return [owner for owner, key in _fetch(sorted(set(owners))).items() if key.refusal not in {None, Code.K005}]


def destroy(owners: Iterable[UUID]) -> int:
    """Make all that these owners sealed unreadable, for ever, at once. Returns how many keys there were to destroy."""
    wanted = sorted(set(owners))
    destroyed = 0
    with opened() as connection:
        for owner in wanted:
            destroyed += connection.execute(
                sa.update(owner_key)
                .where(owner_key.c.owner == owner, owner_key.c.destroyed_on.is_(None))
                .values(wrapped=_tombstone(owner.bytes), destroyed_on=clock.today())
            ).rowcount
    _forget_on_disk()
    known = _remembered()
    for owner in wanted:
        known.pop(owner, None)
    return destroyed


def count() -> int:
    """How many owners have a key that is not destroyed."""
    return sum(number for (_kek, live), number in census().items() if live)


def census() -> dict[tuple[int, bool], int]:
    """Number of owner keys by KEK version and whether they live."""
    live = owner_key.c.destroyed_on.is_(None)
    counted = sa.select(owner_key.c.kek, live, sa.func.count())
    with opened() as connection:
        rows = connection.execute(counted.group_by(owner_key.c.kek, live)).all()
    return {(kek, bool(alive)): number for kek, alive, number in rows}


def _fetch(owners: Sequence[UUID]) -> dict[UUID, OwnerKey]:
    embedded = keys_engine().dialect.name == "sqlite"
    ring = vault().keyring
    found = dict.fromkeys(owners, _MISSING)
    for chunk in _chunks(owners):
        spelled: dict[Any, UUID] = {owner.hex if embedded else owner: owner for owner in chunk}
        for name, *row in _read(json.dumps(list(spelled)) if embedded else list(spelled)):
            owner = spelled[name]
            found[owner] = _unwrap(ring, owner.bytes, row)
    return found


def _read(wanted: object) -> list[Any]:
    """Read rows past SQLAlchemy's execution, which costs seven times as much and is paid in every use case."""
    engine = key_reads_engine()
    try:
        raw: Any = engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute(_WANTED[engine.dialect.name], (wanted,))
            return list(cursor.fetchall())
        finally:
            raw.close()
    except (engine.dialect.loaded_dbapi.Error, SQLAlchemyError):
        raise VaultError(Code.K006, "keys database") from None


def _unwrap(ring: Keyring, owner: bytes, row: list[Any]) -> OwnerKey:
    kind, generation, wrapped, destroyed_on = row
    if destroyed_on is not None:
        return _DESTROYED if hmac.compare_digest(bytes(wrapped), _tombstone(owner)) else _MISSING
    try:
        version = version_of(wrapped)
        kek = (ring if ring.has_kek(version) else vault().fresh()).kek(version)
        return OwnerKey(generation, kek.unwrap(wrapped, purpose=kind, owner=owner, generation=generation))
    except VaultError as error:
        return OwnerKey(0, b"", Code[error.code])


def _tombstone(owner: bytes) -> bytes:
    """What stands in place of a destroyed key: whoever can write to the keys database alone cannot make one."""
    return mac("rows", b"destroyed\0" + owner)


def _remembered() -> dict[UUID, OwnerKey]:
    present = memory()
    return {} if present is None else present.setdefault("owner_keys", {})


def _chunks(owners: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (owners[start : start + CHUNK] for start in range(0, len(owners), CHUNK))


@contextmanager
def opened() -> Iterator[Connection]:
    """A short transaction on the keys database, apart from the present one. Raises ``VaultError`` K006."""
    try:
        with keys_engine().begin() as connection:
            yield connection
    except (OperationalError, InterfaceError):
        raise VaultError(Code.K006, "keys database") from None


def _forget_on_disk() -> None:
    """Empty SQLite's log, which still holds the page as it was; busy readers only delay it to the next checkpoint."""
    if keys_engine().dialect.name == "sqlite":
        raw = keys_engine().raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()
