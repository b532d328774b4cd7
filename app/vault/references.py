"""Keyed codes made with the system keys: blind indexes, references, MACs and the secret of Flask's signatures."""

from __future__ import annotations

import hmac

from app.vault.state import vault
from app.vault.suites import tlv

SHORT = 16


def system_key(purpose: str) -> bytes:
    """The newest system key of a purpose, for use inside the vault. Raises ``VaultError`` K004."""
    return vault().keyring.system_key(purpose)[1]


def blind_index(kind: str, value: str) -> bytes:
    """16 bytes by which an exact value (a normalised phone) is found without being readable."""
    return blind(system_key(f"index.{kind}"), kind, value)


def blind(key: bytes, kind: str, value: str) -> bytes:
    """The blind index of a value under a given key."""
    return hmac.digest(key, tlv("xingfu/blind/v1", kind, value), "sha256")[:SHORT]


def reference(purpose: str, *parts: bytes | str) -> bytes:
    """16 bytes that stand for a thing (an audit target, a session token) and cannot be traced back without the key."""
    return hmac.digest(system_key(purpose), tlv("xingfu/reference/v1", purpose, *parts), "sha256")[:SHORT]


def mac(purpose: str, message: bytes) -> bytes:
    """32 bytes, HMAC-SHA-256 of the message: for a chain that nobody without the key can continue or mend."""
    return hmac.digest(system_key(purpose), b"xingfu/mac/v1\0" + message, "sha256")


def flask_secret() -> bytes:
    """What Flask signs its own cookies and CSRF tokens with."""
    return hmac.digest(system_key("flask"), b"xingfu/flask/v1\0", "sha256")
