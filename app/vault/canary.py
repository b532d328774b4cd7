"""The start-up canary: refuse to start (K007, naming the line) rather than seal or read with anything wrong."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pysqlite3
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.core import clock
from app.vault import owner_keys, rows, self_test
from app.vault.errors import Code, VaultError
from app.vault.files import MODE, mode_of
from app.vault.owner_keys import known_value
from app.vault.state import Vault, vault, vault_of
from app.vault.suites import SUITES
from app.vault.wrapping import suite_of, system_owner, version_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask

    from app.config import Settings

EPOCH: Final = date(2026, 1, 1)


def check(app: Flask, *, every_key: bool = True) -> None:
    """Check everything the vault stands on. Raises ``VaultError`` K007 with the line that is wrong.

    ``every_key=False`` leaves out what reads the table of owner keys from end to end.
    """
    settings: Settings = app.config["XINGFU"]
    with app.app_context():
        _line("clock", _check_clock)
        _line("SQLite", lambda: _check_sqlite(settings))
        _line("self-test", _check_vectors)
        _line("root key", lambda: _check_file(settings.root_key))
        _line("keyring", lambda: _check_file(settings.keyring))
        _line("keyring", lambda: _check_keyring(vault_of(app)))
        _line("keys database", lambda: _check_keys(vault_of(app), every_key=every_key))


def check_start(app: Flask) -> None:
    """What web and jobs check before they begin: the same, and that no table waits for its seals."""
    check(app)
    with app.app_context():
        _line("rows", lambda: _check_sealed(vault_of(app)))


def plant() -> None:
    """Store the known value under the current KEK; what older KEKs wrapped goes."""
    ring, suite = vault().fresh(), vault().suite
    kek = ring.kek(ring.current)
    wrapped = kek.wrap(_value(suite), suite=suite, **_place(suite))
    with owner_keys.opened() as connection:
        connection.execute(sa.delete(known_value))
        connection.execute(sa.insert(known_value).values(kek=kek.version, wrapped=wrapped))


def planted() -> bytes | None:
    """The wrapped known value, or None before ``flask keys init``."""
    with owner_keys.opened() as connection:
        return connection.scalar(sa.select(known_value.c.wrapped))


def affected(version: tuple[int, ...]) -> bool:
    """Whether this SQLite can corrupt a WAL database under several connections (fixed in 3.51.3, 3.50.7, 3.44.6)."""
    mended = (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)
    return (3, 7, 0) <= version <= (3, 51, 2) and not mended


def _line(name: str, examine: Callable[[], None]) -> None:
    try:
        examine()
    except VaultError as error:
        cause = error.line if error.code == Code.K007.name else " ".join(error.args)
        raise VaultError(Code.K007, f"{name}: {cause}") from None


def _wrong(cause: str) -> VaultError:
    return VaultError(Code.K007, cause)


def _check_clock() -> None:
    if clock.today() < EPOCH:
        raise _wrong(f"the clock says {clock.today()}")


def _check_sqlite(settings: Settings) -> None:
    used = any(url.startswith("sqlite") for url in (settings.database_url, settings.keys_url))
    if used and affected(pysqlite3.sqlite_version_info):
        raise _wrong(f"version {pysqlite3.sqlite_version} can corrupt a WAL database; 3.51.3 is safe")


def _check_vectors() -> None:
    if failed := self_test.failures():
        raise _wrong("; ".join(failed))


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise _wrong(f"no file {path}; flask keys init makes the first one")
    if mode_of(path) != MODE:
        raise _wrong(f"{path} has mode {mode_of(path):04o}, must be {MODE:04o}")


def _check_keyring(state: Vault) -> None:
    ring = state.reload()
    if not ring.has_kek(ring.current):
        raise _wrong(f"the current KEK, version {ring.current}, is missing")
    if missing := ring.missing_purposes():
        raise _wrong(f"no system key for {', '.join(missing)}; flask keys init --if-missing adds it")
    if _newest_day(ring.document) > clock.today():
        raise _wrong(f"the clock says {clock.today()}, before the keyring was last changed")


def _newest_day(document: dict[str, Any]) -> date:
    days = [document["created"]]
    for kek in document["keks"].values():
        days += [kek["created"], kek["superseded"], kek["destroyed"]]
    return max(date.fromisoformat(day) for day in days if day)


def _check_keys(state: Vault, *, every_key: bool) -> None:
    try:
        _check_known_value(state)
        if not every_key:
            return
        if missing := [kek for (kek, live) in owner_keys.census() if live and not state.keyring.has_kek(kek)]:
            raise _wrong(f"owner keys need KEK version {min(missing)}, which is missing")
        _check_newest_erasure()
    except DBAPIError:
        raise _wrong("it cannot be read; flask keys init makes its table") from None


def _check_sealed(state: Vault) -> None:
    """Tables that were migrated but whose rows have no seals yet would give nothing to anybody."""
    if waiting := rows.sealed_tables().keys() - state.keyring.sealed_tables:
        raise _wrong(f"no seals yet in {', '.join(sorted(waiting))}; flask prepare makes them")


def _check_known_value(state: Vault) -> None:
    wrapped = planted()
    if wrapped is None:
        raise _wrong("it has no known value: flask keys init was not finished, or this is another database")
    try:
        opened = state.keyring.kek(version_of(wrapped)).unwrap(wrapped, **_place(suite_of(wrapped)))
    except VaultError as error:
        raise _wrong(f"its known value does not open ({error.code}): this keyring belongs to other data") from None
    if opened != _value(suite_of(wrapped)):
        raise _wrong("its known value is another one")


def _place(suite: int) -> dict[str, Any]:
    return {"purpose": "canary", "owner": system_owner("canary", suite), "generation": 1}


def _value(suite: int) -> bytes:
    return SUITES[suite].hashes.digest(b"xingfu/canary/v1")


def _check_newest_erasure() -> None:
    with owner_keys.opened() as connection:
        newest = connection.scalar(sa.select(sa.func.max(owner_keys.owner_key.c.destroyed_on)))
    if newest and newest > clock.today():
        raise _wrong(f"the clock says {clock.today()}, before the newest erasure")
