"""The published vectors of format 1, written out here a second time so that nobody edits both by accident."""

from __future__ import annotations

import pytest

from app.vault import VaultError, self_test
from app.vault.sealing import pad, seal, unpad, unseal
from app.vault.suites import Sm4Gcm, tlv
from app.vault.wrapping import WrappingKey

KEY = bytes(range(32))
ROW, OWNER, NONCE = b"\x11" * 16, b"\x22" * 16, b"\x33" * 12
CONTEXT = tlv("xingfu", "result", "scores", ROW, OWNER, "2026-W45")
SEALED = {
    1: "01010001352cb57c4feeff82e2e9a809be2d983a3333333333333333333333332922f3c070687bd488637eb315e6dd1a85dd96"
    "851554e447476ae372dd6f902c31c7405516ac1eae4744c1504ace75b676caaeea0ec5ca6071416fe6626656dddd8eb081e8b2"
    "0f7fccee18ec6eb2bc15",
    2: "01020001e146791183e435938b41e69f62d6a3873333333333333333333333338488c061859a4453b43a167cdcf1e12989a6cf"
    "3d37b17adf2ae79f2d46dd892743b687a0e01da66bdf83c0aab6d4d6620bcbd6aaeb4e1dc3e3fecf266fb96b098074bb906a1c"
    "37ccfe599162f49f58d6",
}
WRAPPED = {
    1: "11010003333333333333333333333333c88ad86debb7a75b880c538fee14b2cec077b6487d7141c0ea2d76a2bed80d4797292c"
    "e4bf66e63d9d347c24de0a07c9",
    2: "11020003333333333333333333333333de9acbd45f8bf2c5d5fe6fcc1bb55e5d5b0eac26cb940452f6d55767ac1ec1f445ed5f"
    "eaf2421efe9107e5ec7b9f7fec",
}
both_suites = pytest.mark.parametrize("suite", [1, 2])


def flips(blob: bytes) -> list[bytes]:
    """The same bytes with each single bit turned over."""
    number = int.from_bytes(blob, "big")
    return [(number ^ (1 << bit)).to_bytes(len(blob), "big") for bit in range(len(blob) * 8)]


def refused(opening: object, *args: object, **kwargs: object) -> bool:
    """Whether opening raises ``VaultError``."""
    try:
        opening(*args, **kwargs)  # type: ignore[operator]
    except VaultError:
        return True
    return False


@both_suites
def test_seals_as_published(suite: int) -> None:
    plain = pad("result", {"tier": 4}, 64)

    assert seal(KEY, CONTEXT, plain, suite=suite, generation=1, nonce=NONCE).hex() == SEALED[suite]


@both_suites
def test_opens_what_was_published(suite: int) -> None:
    assert unpad("result", unseal(KEY, CONTEXT, bytes.fromhex(SEALED[suite]))) == {"tier": 4}


@both_suites
def test_wraps_as_published(suite: int) -> None:
    kek = WrappingKey(bytes(range(0x40, 0x60)), 3)

    blob = kek.wrap(KEY, suite=suite, purpose="subject", owner=OWNER, generation=1, nonce=NONCE)

    assert blob.hex() == WRAPPED[suite]
    assert kek.unwrap(blob, purpose="subject", owner=OWNER, generation=1) == KEY


def test_reproduces_rfc_8998() -> None:
    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    plain = b"".join(bytes([byte]) * 8 for byte in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    sealed = Sm4Gcm(key).encrypt(
        bytes.fromhex("00001234567800000000ABCD"), plain, bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    )

    assert sealed[-16:].hex().upper() == "83DE3541E4C2B58177E065A9BF7B62EC"


def test_knows_that_this_machine_computes_right() -> None:
    assert self_test.failures() == []


@pytest.mark.promise
@both_suites
def test_refuses_every_flipped_bit(suite: int) -> None:
    opened = [blob for blob in flips(bytes.fromhex(SEALED[suite])) if not refused(unseal, KEY, CONTEXT, blob)]

    assert opened == []


@pytest.mark.promise
@both_suites
def test_refuses_every_flipped_bit_of_a_wrapped_key(suite: int) -> None:
    kek = WrappingKey(bytes(range(0x40, 0x60)), 3)
    place = {"purpose": "subject", "owner": OWNER, "generation": 1}

    assert [blob for blob in flips(bytes.fromhex(WRAPPED[suite])) if not refused(kek.unwrap, blob, **place)] == []


@pytest.mark.promise
@both_suites
@pytest.mark.parametrize(
    "place",
    [
        {"purpose": "account", "owner": OWNER, "generation": 1},
        {"purpose": "subject", "owner": ROW, "generation": 1},
        {"purpose": "subject", "owner": OWNER, "generation": 2},
    ],
    ids=["purpose", "owner", "generation"],
)
def test_refuses_a_wrapped_key_elsewhere(suite: int, place: dict[str, object]) -> None:
    kek = WrappingKey(bytes(range(0x40, 0x60)), 3)

    with pytest.raises(VaultError, match="K002"):
        kek.unwrap(bytes.fromhex(WRAPPED[suite]), **place)  # type: ignore[arg-type]


@both_suites
def test_tells_a_wrong_key_from_altered_bytes(suite: int) -> None:
    blob = bytes.fromhex(SEALED[suite])

    with pytest.raises(VaultError, match="K002"):
        unseal(bytes(32), CONTEXT, blob)
    with pytest.raises(VaultError, match="K003"):
        unseal(KEY, CONTEXT, blob[:-1] + bytes([blob[-1] ^ 1]))


def test_never_confuses_two_lists_of_parts() -> None:
    assert tlv("ab", "c") != tlv("a", "bc")
    assert tlv("a", "") != tlv("a")
