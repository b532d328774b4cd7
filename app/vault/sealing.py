"""Format 1: a value sealed by key and place. Pure: bytes in, bytes out; see the data-protection design, section 3."""

from __future__ import annotations

import hmac
import os
from functools import lru_cache
from json import JSONDecoder, JSONEncoder
from typing import Any

from app.vault.errors import Code, VaultError
from app.vault.suites import NONCE, SUITES, TAG, InvalidTag

FORMAT = 1
COMMITMENT = 16
OVERHEAD = 4 + COMMITMENT + NONCE + TAG
FIELD = b"xingfu/field/v1\0"

_encode = JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_decode = JSONDecoder().decode


def seal(key: bytes, context: bytes, plain: bytes, *, suite: int, generation: int, nonce: bytes | None = None) -> bytes:
    """Seal padded ``plain`` under an owner key at the place ``context`` (TLV). ``nonce`` is given by tests only."""
    header = _header(suite, generation)
    bound = header + context
    cipher = SUITES[suite]
    content_key, commitment = cipher.derive(key, FIELD + bound + b"\x01")
    nonce = nonce or os.urandom(NONCE)
    return header + commitment + nonce + cipher.aead(content_key).encrypt(nonce, plain, bound)


def unseal(key: bytes, context: bytes, blob: bytes) -> bytes:
    """The padded plaintext. Raises ``VaultError`` K001 (no sealed value), K002 (key or place) or K003 (altered)."""
    if not looks_sealed(blob):
        raise VaultError(Code.K001)
    bound = blob[:4] + context
    cipher = SUITES[blob[1]]
    content_key, commitment = cipher.derive(key, FIELD + bound + b"\x01")
    if not hmac.compare_digest(commitment, blob[4:20]):
        raise VaultError(Code.K002)
    try:
        return cipher.aead(content_key).decrypt(blob[20:32], blob[32:], bound)
    except InvalidTag:
        raise VaultError(Code.K003) from None


@lru_cache(maxsize=32)
def _header(suite: int, generation: int) -> bytes:
    return bytes((FORMAT, suite)) + generation.to_bytes(2, "big")


def looks_sealed(blob: object, block: int = 1) -> bool:
    """Whether this has the shape of a sealed value whose plaintext fills whole blocks."""
    return (
        type(blob) is bytes
        and len(blob) >= OVERHEAD + block
        and blob[0] == FORMAT
        and blob[1] in SUITES
        and blob[2:4] != b"\0\0"
        and (len(blob) - OVERHEAD) % block == 0
    )


def generation_of(blob: bytes) -> int:
    """The owner-key generation a sealed value asks for."""
    return int.from_bytes(blob[2:4], "big")


def suite_of(blob: bytes) -> int:
    """The suite a sealed value is sealed in."""
    return blob[1]


def pad(type_tag: str, value: Any, block: int) -> bytes:
    """Canonical JSON of the value with its type, padded with 0x80 00 … to whole blocks.

    Raises ``TypeError`` or ``ValueError`` for what JSON cannot hold; the texts name types, never content.
    """
    try:
        plain = b"".join((_opening(type_tag), _encode(value).encode(), b"}\x80"))
    except UnicodeEncodeError:
        raise ValueError("text with a lone surrogate cannot be sealed") from None
    return plain + bytes(-len(plain) % block)


def unpad(type_tag: str, plain: bytes) -> Any:
    """The value inside padded canonical JSON. Raises ``VaultError`` K003 (no such shape) or K002 (another type)."""
    opening, body = _opening(type_tag), plain.rstrip(b"\0")
    if not body.endswith(b"}\x80"):
        raise VaultError(Code.K003)
    if not body.startswith(opening):
        raise VaultError(Code.K002)
    try:
        return _decode(body[len(opening) : -2].decode())
    except ValueError:
        raise VaultError(Code.K003) from None


@lru_cache(maxsize=128)
def _opening(type_tag: str) -> bytes:
    """Canonical JSON up to the value: the keys stand in order, so the type comes first."""
    return _encode({"t": type_tag, "v": None}).encode().removesuffix(b"null}")
