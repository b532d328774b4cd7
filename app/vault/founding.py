"""The founding of a vault: root key, keyring, keys table and its known value; made once and never over old ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.core.database import keys_engine
from app.vault import canary, keyring, owner_keys
from app.vault.errors import Code, VaultError

if TYPE_CHECKING:
    from app.vault.state import Vault


def found(state: Vault, *, if_missing: bool) -> None:
    """Make what is missing. Raises ``FileExistsError`` if a keyring exists, unless it may be completed.

    Raises ``VaultError`` K004 where a lost key would be replaced silently: sealed data wants the old one back.
    """
    if state.path.exists() and not if_missing:
        raise FileExistsError(state.path)
    _make_tables(keys_engine())
    if state.path.exists():
        _complete(state)
    else:
        _begin(state)
    state.reload()
    if canary.planted() is None:
        canary.plant()


def _begin(state: Vault) -> None:
    if _is_in_use():
        raise VaultError(Code.K004, f"keyring: the keys database is in use; restore {state.path} from its backup")
    if not state.root.path.exists():
        state.root.create()
    keyring.save(state.path, keyring.new_document(state.root, state.suite), state.root, replace=False)


def _complete(state: Vault) -> None:
    ring = state.reload()
    if ring.missing_purposes():
        keyring.save(state.path, ring.completed(), state.root, replace=True)


def _is_in_use() -> bool:
    with owner_keys.opened() as connection:
        tables = (owner_keys.owner_key, owner_keys.known_value)
        return any(connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables)


def _make_tables(engine: sa.Engine) -> None:
    if engine.dialect.name == "sqlite":
        Path(engine.url.database or "").parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner_keys.metadata.create_all(engine)
