"""Wrapped keys: one key under another, bound to purpose, owner and generation, in 64 bytes."""

from __future__ import annotations

import os
from functools import lru_cache

from app.vault.errors import Code, VaultError
from app.vault.suites import KEY, NONCE, SUITES, TAG, InvalidTag, tlv

FORMAT = 0x11
SIZE = 4 + NONCE + KEY + TAG


@lru_cache(maxsize=64)
def system_owner(purpose: str, suite: int) -> bytes:
    """The 16 bytes that stand for an owner where the system itself owns a value sealed or wrapped in this suite."""
    return SUITES[suite].hashes.digest(f"xingfu/system/{purpose}".encode())[:16]


class WrappingKey:
    """A key that wraps other keys: the root (version 0) or a KEK. Its ciphers are made once."""

    def __init__(self, key: bytes, version: int) -> None:
        self.version = version
        self._aeads = {number: suite.aead(key[: suite.key_size]) for number, suite in SUITES.items()}

    def wrap(
        self, key: bytes, *, suite: int, purpose: str, owner: bytes, generation: int, nonce: bytes | None = None
    ) -> bytes:
        """Wrap a 32-byte key. ``nonce`` is given by tests only."""
        header = bytes((FORMAT, suite)) + self.version.to_bytes(2, "big")
        nonce = nonce or os.urandom(NONCE)
        return header + nonce + self._aeads[suite].encrypt(nonce, key, _bound(header, purpose, owner, generation))

    def unwrap(self, blob: bytes, *, purpose: str, owner: bytes, generation: int) -> bytes:
        """The key. Raises ``VaultError`` K001 (no wrapped key), K002 (key, place or altered), K004 (version)."""
        if (version := version_of(blob)) != self.version:
            raise VaultError(Code.K004, f"KEK version {version}")
        bound = _bound(blob[:4], purpose, owner, generation)
        try:
            return self._aeads[blob[1]].decrypt(blob[4:16], blob[16:], bound)
        except InvalidTag:
            raise VaultError(Code.K002, "wrapped key") from None


def version_of(blob: bytes) -> int:
    """The KEK version a wrapped key asks for. Raises ``VaultError`` K001 for anything else than a wrapped key."""
    if len(blob) != SIZE or blob[0] != FORMAT or blob[1] not in SUITES:
        raise VaultError(Code.K001, "wrapped key")
    return int.from_bytes(blob[2:4], "big")


def suite_of(blob: bytes) -> int:
    """The suite of a wrapped key. Raises ``VaultError`` K001 for anything else."""
    version_of(blob)
    return blob[1]


def _bound(header: bytes, purpose: str, owner: bytes, generation: int) -> bytes:
    return header + _opening(purpose) + owner + generation.to_bytes(2, "big")


@lru_cache(maxsize=32)
def _opening(purpose: str) -> bytes:
    """TLV(purpose, owner ‖ generation) as far as it is the same for all owners: 18 bytes are still to come."""
    return tlv(purpose, bytes(18))[:-18]
