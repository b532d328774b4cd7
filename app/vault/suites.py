"""The two cipher suites, and the length-prefixed encoding (TLV) under every key derivation and every tag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.vault.hashes import HASHES

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.vault.hashes import Hashes

__all__ = ["KEY", "NONCE", "SUITES", "TAG", "Aead", "InvalidTag", "Sm4Gcm", "Suite", "tlv"]

KEY = 32
NONCE = 12
TAG = 16


class Aead(Protocol):
    """Authenticated encryption; ``decrypt`` raises ``InvalidTag``."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Ciphertext followed by the tag."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """The plaintext of what ``encrypt`` returned."""


class Sm4Gcm:
    """SM4 in GCM (RFC 8998) with the interface of ``AESGCM``."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Ciphertext followed by the tag."""
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """The plaintext of what ``encrypt`` returned; raises ``InvalidTag``."""
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, data[-TAG:])).decryptor()
        decryptor.authenticate_additional_data(associated_data)
        return decryptor.update(data[:-TAG]) + decryptor.finalize()


class Suite:
    """One suite: its cipher, key length and hashes, and how an owner key becomes a content key and a commitment."""

    __slots__ = ("_end", "_start", "aead", "hashes", "key_size", "number")

    def __init__(self, number: int, *, aead: Callable[[bytes], Aead], key_size: int, hashes: Hashes) -> None:
        self.number = number
        self.aead = aead
        self.key_size = key_size
        self.hashes = hashes
        self._start, self._end = key_size, key_size + 16

    def derive(self, key: bytes, message: bytes) -> tuple[bytes, bytes]:
        """The content key and the 16-byte commitment for this message."""
        okm = self.hashes.stretch(key, message)
        return okm[: self.key_size], okm[self._start : self._end]


SUITES: dict[int, Suite] = {
    1: Suite(1, aead=AESGCM, key_size=32, hashes=HASHES[1]),
    2: Suite(2, aead=Sm4Gcm, key_size=16, hashes=HASHES[2]),
}


def tlv(*parts: bytes | str) -> bytes:
    """Encode parts so that no two lists of parts look alike: u8 count, then u16 length and bytes for each."""
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    return bytes((len(encoded),)) + b"".join(len(part).to_bytes(2, "big") + part for part in encoded)
