"""Known answers of format 1, computed again at every start: a library that answers differently must not seal."""

from __future__ import annotations

from typing import Final

from app.vault.references import blind
from app.vault.sealing import pad, seal, unseal
from app.vault.suites import SUITES, tlv
from app.vault.wrapping import WrappingKey

# The vectors of the data-protection design, section 3.
_KEY: Final = bytes(range(32))
_ROW, _OWNER, _NONCE = b"\x11" * 16, b"\x22" * 16, b"\x33" * 12
_CONTEXT: Final = tlv("xingfu", "result", "scores", _ROW, _OWNER, "2026-W45")
_KEK: Final = bytes(range(0x40, 0x60))
_BLIND: Final = {1: "78248db757409ab8c284c353aa8d8929", 2: "1da6debac0ad15374ba9aa6a0bfbb4a2"}
_SEALED: Final = {
    1: "01010001352cb57c4feeff82e2e9a809be2d983a3333333333333333333333332922f3c070687bd488637eb315e6dd1a"
    "85dd96851554e447476ae372dd6f902c31c7405516ac1eae4744c1504ace75b676caaeea0ec5ca6071416fe6626656dd"
    "dd8eb081e8b20f7fccee18ec6eb2bc15",
    2: "01020001e146791183e435938b41e69f62d6a3873333333333333333333333338488c061859a4453b43a167cdcf1e129"
    "89a6cf3d37b17adf2ae79f2d46dd892743b687a0e01da66bdf83c0aab6d4d6620bcbd6aaeb4e1dc3e3fecf266fb96b09"
    "8074bb906a1c37ccfe599162f49f58d6",
}
_WRAPPED: Final = {
    1: "11010003333333333333333333333333c88ad86debb7a75b880c538fee14b2cec077b6487d7141c0ea2d76a2bed80d47"
    "97292ce4bf66e63d9d347c24de0a07c9",
    2: "11020003333333333333333333333333de9acbd45f8bf2c5d5fe6fcc1bb55e5d5b0eac26cb940452f6d55767ac1ec1f4"
    "45ed5feaf2421efe9107e5ec7b9f7fec",
}


def failures() -> list[str]:
    """What this machine computes differently from the vectors; empty when all is well."""
    failed = [f"suite {suite} seals differently" for suite in _SEALED if not _seals(suite)]
    failed += [f"suite {suite} wraps differently" for suite in _WRAPPED if not _wraps(suite)]
    failed += [f"suite {suite} indexes differently" for suite in _BLIND if not _indexes(suite)]
    return failed


def _seals(suite: int) -> bool:
    plain = pad("result", {"tier": 4}, 64)
    blob = seal(_KEY, _CONTEXT, plain, suite=suite, generation=1, nonce=_NONCE)
    return blob.hex() == _SEALED[suite] and unseal(_KEY, _CONTEXT, blob) == plain


def _wraps(suite: int) -> bool:
    kek = WrappingKey(_KEK, 3)
    blob = kek.wrap(_KEY, suite=suite, purpose="subject", owner=_OWNER, generation=1, nonce=_NONCE)
    return blob.hex() == _WRAPPED[suite] and kek.unwrap(blob, purpose="subject", owner=_OWNER, generation=1) == _KEY


def _indexes(suite: int) -> bool:
    return blind(SUITES[suite].hashes, _KEY, "phone", "+8613800138000").hex() == _BLIND[suite]
