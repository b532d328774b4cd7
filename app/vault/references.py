"""Keyed codes made with the system keys: blind indexes, references, MACs and the secret of Flask's signatures.

They use the hashes of the suite in which the keyring was made, whatever suite new values are sealed in: a phone must be
found, and a chain continued, by what was computed on the first day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.vault.state import vault
from app.vault.suites import tlv

if TYPE_CHECKING:
    from app.vault.hashes import Hashes

SHORT = 16


def system_key(purpose: str) -> bytes:
    """The newest system key of a purpose, for use inside the vault. Raises ``VaultError`` K004."""
    return vault().keyring.system_key(purpose)[1]


def blind_index(kind: str, value: str) -> bytes:
    """16 bytes by which an exact value (a normalised phone) is found without being readable."""
    return blind(_hashes(), system_key(f"index.{kind}"), kind, value)


def blind(hashes: Hashes, key: bytes, kind: str, value: str) -> bytes:
    """The blind index of a value with given hashes and key."""
    return hashes.mac(key, tlv("xingfu/blind/v1", kind, value))[:SHORT]


def reference(purpose: str, *parts: bytes | str) -> bytes:
    """16 bytes that stand for a thing (an audit target, a session token) and cannot be traced back without the key."""
    return _hashes().mac(system_key(purpose), tlv("xingfu/reference/v1", purpose, *parts))[:SHORT]


def mac(purpose: str, message: bytes) -> bytes:
    """32 bytes, the keyed code of a message: for a chain that nobody without the key can continue or mend."""
    return _hashes().mac(system_key(purpose), b"xingfu/mac/v1\0" + message)


def flask_secret() -> bytes:
    """What Flask signs its own cookies and CSRF tokens with."""
    return _hashes().mac(system_key("flask"), b"xingfu/flask/v1\0")


def digest(content: bytes) -> bytes:
    """32 bytes that stand for some content which is sealed already; without a key, so never for a plain value."""
    return _hashes().digest(content)


def _hashes() -> Hashes:
    return vault().keyring.hashes
