"""Where the root key lives: a provider that wraps and unwraps, so that a KMS or an HSM never has to show it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from app.vault.errors import Code, VaultError
from app.vault.files import read_private, write_private
from app.vault.suites import KEY, SUITES
from app.vault.wrapping import WrappingKey, suite_of, system_owner

if TYPE_CHECKING:
    from pathlib import Path


class RootProvider(Protocol):
    """Keeps the root key. Both methods raise ``VaultError`` K006 when the provider cannot be reached."""

    name: str

    def wrap(self, key: bytes, *, suite: int, purpose: str, generation: int) -> bytes:
        """Wrap a key of the keyring (a KEK or the key of its MAC)."""

    def unwrap(self, blob: bytes, *, purpose: str, generation: int) -> bytes:
        """The key again; raises ``VaultError`` K001 or K002 for any other blob, purpose, generation or root."""

    def check_value(self, suite: int) -> str:
        """A short public value, by the hash of a suite, by which an escrowed or restored root key is recognised."""


class LocalRoot:
    """The root key as 64 hexadecimal digits in a local file of mode 0400."""

    name = "file"

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self) -> None:
        """Make a new root key; raises ``FileExistsError`` rather than overwrite one."""
        write_private(self.path, os.urandom(KEY).hex().encode() + b"\n", replace=False)

    def key(self) -> bytes:
        """The root key itself, for escrow. Raises ``VaultError`` K004 (missing) or K003 (no key inside)."""
        content = read_private(self.path, "root key")
        try:
            key = bytes.fromhex(content.decode("ascii"))
        except ValueError:
            key = b""
        if len(key) != KEY:
            raise VaultError(Code.K003, f"root key: {self.path} holds no key")
        return key

    def wrap(self, key: bytes, *, suite: int, purpose: str, generation: int) -> bytes:
        """Wrap a key of the keyring."""
        root = WrappingKey(self.key(), 0)
        return root.wrap(key, suite=suite, purpose=purpose, owner=system_owner(purpose, suite), generation=generation)

    def unwrap(self, blob: bytes, *, purpose: str, generation: int) -> bytes:
        """The key again."""
        root, owner = WrappingKey(self.key(), 0), system_owner(purpose, suite_of(blob))
        return root.unwrap(blob, purpose=purpose, owner=owner, generation=generation)

    def check_value(self, suite: int) -> str:
        """The first 8 bytes of HMAC(root key, "xingfu/root/check/v1") with the suite's hash, in hexadecimal."""
        return SUITES[suite].hashes.mac(self.key(), b"xingfu/root/check/v1")[:8].hex()
