"""Sealed tokens: a value that a browser keeps for us for a moment, and can neither read nor change."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from app.vault.errors import Code, VaultError
from app.vault.sealing import generation_of, looks_sealed, pad, seal, unpad, unseal
from app.vault.state import vault
from app.vault.suites import tlv

SYSTEM_KEY = "flask"
BLOCK = 256


def seal_token(purpose: str, value: Any) -> str:
    """Seal a JSON value for the address or the cookie of a browser; whoever opens it names the same purpose."""
    generation, key = vault().keyring.system_key(SYSTEM_KEY)
    plain = pad(purpose, value, BLOCK)
    blob = seal(key, _context(purpose), plain, suite=vault().suite, generation=generation)
    return urlsafe_b64encode(blob).decode()


def open_token(purpose: str, token: str) -> Any:
    """The value. Raises ``VaultError`` K001 to K004 for anything that ``seal_token`` did not make for this purpose."""
    try:
        blob = urlsafe_b64decode(token)
    except ValueError:
        raise VaultError(Code.K001, "token") from None
    if not looks_sealed(blob, BLOCK):
        raise VaultError(Code.K001, "token")
    _generation, key = vault().keyring.system_key(SYSTEM_KEY, generation_of(blob))
    return unpad(purpose, unseal(key, _context(purpose), blob))


def _context(purpose: str) -> bytes:
    return tlv("xingfu/token/v1", purpose)
