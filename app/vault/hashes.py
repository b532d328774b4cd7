"""The hashes of the two suites. No other module of the program names one: each asks the suite it works for."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final, NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

if TYPE_CHECKING:
    from collections.abc import Callable


class Hashes(NamedTuple):
    """What a suite hashes with: a plain digest and a keyed code of 32 bytes, and the code that stretches owner keys."""

    digest: Callable[[bytes], bytes]
    mac: Callable[[bytes, bytes], bytes]
    stretch: Callable[[bytes, bytes], bytes]


def _sha256(message: bytes) -> bytes:
    return hashlib.sha256(message).digest()


def _hmac_sha256(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _hmac_sha512(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha512")


def _sm3(message: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(message)
    return digest.finalize()


def _hmac_sm3(key: bytes, message: bytes) -> bytes:
    code = HMAC(key, hashes.SM3())
    code.update(message)
    return code.finalize()


HASHES: Final = {
    1: Hashes(digest=_sha256, mac=_hmac_sha256, stretch=_hmac_sha512),
    2: Hashes(digest=_sm3, mac=_hmac_sm3, stretch=_hmac_sm3),
}
