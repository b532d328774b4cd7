"""The keyring file: KEK versions wrapped by the root, system keys wrapped by a KEK, and a MAC over all of it.

The document (JSON, all keys in hexadecimal)::

    {"format": 1, "created": day, "suite": 1|2, "root": {"provider", "check"}, "mac_key": wrapped by the root,
     "current": 1, "keks": {"1": {"created": day, "superseded": day|null, "destroyed": day|null, "wrapped"}},
     "system": {"audit": {"1": wrapped by a KEK}}, "rows": [tables whose rows have all been sealed], "mac": HMAC}

Rotation adds a KEK, rewraps the system keys and marks the old one superseded; later it empties ``wrapped`` and sets
``destroyed``. Days only: the order of persons is nobody's business.
"""

from __future__ import annotations

import hmac
import json
import os
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from app.core import clock
from app.vault.errors import Code, VaultError
from app.vault.files import read_private, write_private
from app.vault.suites import KEY, SUITES
from app.vault.wrapping import WrappingKey, suite_of, system_owner, version_of

if TYPE_CHECKING:
    from pathlib import Path

    from app.vault.hashes import Hashes
    from app.vault.root import RootProvider

FORMAT = 1
PURPOSES: Final = (
    *("index.phone", "link", "session", "audit", "outbox", "stats", "codes", "receipts", "flask", "triage", "rows"),
)
"""The system keys. A new one is a word here; ``flask keys init --if-missing`` adds it to an existing keyring."""


class Keyring:
    """An opened keyring: immutable, made from a document whose MAC was right."""

    def __init__(self, document: dict[str, Any], provider: RootProvider) -> None:
        self.document: Final = document
        self.suite: Final[int] = document["suite"]
        self.hashes: Final[Hashes] = SUITES[self.suite].hashes
        self.current: Final[int] = document["current"]
        self._keks = dict(_open_keks(document, provider))
        self._system: dict[tuple[str, int], bytes] = {
            (purpose, int(generation)): self._open_system(bytes.fromhex(blob), purpose, int(generation))
            for purpose, generations in document["system"].items()
            for generation, blob in generations.items()
        }
        self._newest = {purpose: max(map(int, generations)) for purpose, generations in document["system"].items()}

    def kek(self, version: int) -> WrappingKey:
        """One version of the key-encrypting key. Raises ``VaultError`` K004 if it is missing or destroyed."""
        try:
            return self._keks[version]
        except KeyError:
            raise VaultError(Code.K004, f"KEK version {version}") from None

    def has_kek(self, version: int) -> bool:
        """Whether this version is here and not destroyed."""
        return version in self._keks

    def system_key(self, purpose: str, generation: int | None = None) -> tuple[int, bytes]:
        """Generation and key of a system purpose (the newest by default). Raises ``VaultError`` K004."""
        try:
            wanted = generation or self._newest[purpose]
            return wanted, self._system[purpose, wanted]
        except KeyError:
            raise VaultError(Code.K004, f"system key {purpose}") from None

    def missing_purposes(self) -> list[str]:
        """The purposes of this version of the program that the file does not have yet."""
        return [purpose for purpose in PURPOSES if purpose not in self._newest]

    def completed(self) -> dict[str, Any]:
        """A document with every system key; the present ones are as they were."""
        document = deepcopy(self.document)
        for purpose in self.missing_purposes():
            blob = _wrap_system(self.kek(self.current), os.urandom(KEY), self.suite, purpose)
            document["system"][purpose] = {"1": blob.hex()}
        return document

    @property
    def sealed_tables(self) -> frozenset[str]:
        """The tables whose old rows have been given their seals: from then on, a row without one is a forgery."""
        return frozenset(self.document.get("rows", ()))

    def with_sealed(self, table: str) -> dict[str, Any]:
        """A document that says so of one more table."""
        return deepcopy(self.document) | {"rows": sorted(self.sealed_tables | {table})}

    def _open_system(self, blob: bytes, purpose: str, generation: int) -> bytes:
        kek = self.kek(version_of(blob))
        owner = system_owner(purpose, suite_of(blob))
        return kek.unwrap(blob, purpose=purpose, owner=owner, generation=generation)


def new_document(provider: RootProvider, suite: int) -> dict[str, Any]:
    """A keyring with one KEK and a key for every system purpose, not yet signed."""
    kek, day = os.urandom(KEY), clock.today().isoformat()
    wrapping = WrappingKey(kek, 1)
    return {
        "format": FORMAT,
        "created": day,
        "suite": suite,
        "root": {"provider": provider.name, "check": provider.check_value(suite)},
        "mac_key": provider.wrap(os.urandom(KEY), suite=suite, purpose="mac", generation=1).hex(),
        "current": 1,
        "keks": {
            "1": {
                "created": day,
                "superseded": None,
                "destroyed": None,
                "wrapped": provider.wrap(kek, suite=suite, purpose="kek", generation=1).hex(),
            }
        },
        "system": {
            purpose: {"1": _wrap_system(wrapping, os.urandom(KEY), suite, purpose).hex()} for purpose in PURPOSES
        },
    }


def save(path: Path, document: dict[str, Any], provider: RootProvider, *, replace: bool) -> None:
    """Sign and write the keyring, whole or not at all. Raises ``FileExistsError`` unless it may ``replace`` one."""
    signed = document | {"mac": _mac(document, provider)}
    write_private(path, json.dumps(signed, indent=1).encode() + b"\n", replace=replace)


def load(path: Path, provider: RootProvider) -> Keyring:
    """Read and check the keyring. Raises ``VaultError``: K004 missing, K003 altered, K002 another root, K006 down."""
    content = read_private(path, "keyring")
    try:
        document = json.loads(content)
        if document["format"] != FORMAT or document["suite"] not in SUITES:
            raise VaultError(Code.K001, f"keyring: format of {path}")
        if not hmac.compare_digest(document["mac"], _mac(document, provider)):
            raise VaultError(Code.K003, "keyring: its MAC is wrong")
        return Keyring(document, provider)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise VaultError(Code.K003, f"keyring: {path} is not a keyring") from None


def _open_keks(document: dict[str, Any], provider: RootProvider) -> list[tuple[int, WrappingKey]]:
    return [
        (
            int(version),
            WrappingKey(
                provider.unwrap(bytes.fromhex(kek["wrapped"]), purpose="kek", generation=int(version)), int(version)
            ),
        )
        for version, kek in document["keks"].items()
        if not kek["destroyed"]
    ]


def _wrap_system(kek: WrappingKey, key: bytes, suite: int, purpose: str) -> bytes:
    return kek.wrap(key, suite=suite, purpose=purpose, owner=system_owner(purpose, suite), generation=1)


def _mac(document: dict[str, Any], provider: RootProvider) -> str:
    try:
        key = provider.unwrap(bytes.fromhex(document["mac_key"]), purpose="mac", generation=1)
    except VaultError as error:
        line = "keyring: another root key made it" if error.code == Code.K002.name else error.line
        raise VaultError(Code[error.code], line) from None
    body = {name: value for name, value in document.items() if name != "mac"}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return SUITES[document["suite"]].hashes.mac(key, text.encode()).hex()
