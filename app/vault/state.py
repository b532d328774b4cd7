"""The opened vault of an application: its keyring, read once, and read again when another process replaced it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app

from app.vault import keyring
from app.vault.root import LocalRoot

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from app.config import Settings
    from app.vault.keyring import Keyring

EXTENSION = "vault"


class Vault:
    """What an application holds of its vault. KEKs and system keys stay in memory; owner keys never do."""

    def __init__(self, settings: Settings) -> None:
        self.path: Path = settings.keyring
        self.suite = settings.suite
        self.root = LocalRoot(settings.root_key)
        self._keyring: Keyring | None = None
        self._stamp: tuple[int, int] | None = None

    @property
    def keyring(self) -> Keyring:
        """The opened keyring. Raises ``VaultError`` K002, K003, K004 or K006."""
        return self._keyring or self.reload()

    def reload(self) -> Keyring:
        """Read the file again."""
        self._stamp = self._stamp_now()
        self._keyring = keyring.load(self.path, self.root)
        return self._keyring

    def fresh(self) -> Keyring:
        """The keyring as it is on disk now: before wrapping a new key, and when a version is not known yet."""
        return self.keyring if self._keyring and self._stamp == self._stamp_now() else self.reload()

    def _stamp_now(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino


def vault_of(app: Flask) -> Vault:
    """The vault of this application."""
    return cast("Vault", app.extensions[EXTENSION])


def vault() -> Vault:
    """The vault of the present application."""
    return cast("Vault", current_app.extensions[EXTENSION])
