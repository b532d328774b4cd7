"""Suite 2 hashes with SM3 wherever suite 1 hashes with SHA-2: known answers, a whole run, a look at the source."""

from __future__ import annotations

import ast
import hashlib
import hmac
import json
import re
import shutil
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import hashes

from app import audit, create_app, vault
from app.audit import anchors
from app.audit.verification import verify
from app.config import ROOT
from app.core.database import transaction
from app.vault.keyring import new_document, save
from app.vault.references import blind, mac, reference
from app.vault.root import LocalRoot
from app.vault.suites import SUITES
from tests.cast import PASSWORD, Cast
from tests.client import Client
from tests.installation import close, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from tests.installation import Installation

KEY = bytes(range(32))
# What HMAC-SHA-256 and HMAC-SM3 answer under KEY, from Python's own library and from OpenSSL's command line.
INDEX = {1: "78248db757409ab8c284c353aa8d8929", 2: "1da6debac0ad15374ba9aa6a0bfbb4a2"}
REFERENCE = {1: "fa768e15c19da45e38e9c2c5bf77e811", 2: "04c3eea560f2c8df7c276f47ec779bb3"}
MAC = {
    1: "b8746a70205d1ee8538213ae3cfe25dc9b472444db8bb03158feca0ec6ed5811",
    2: "e3638da23705d7b281eedf5f9fd4c86047beddb33a447958ba36c5586a7656fe",
}
ROOT_CHECK = {1: "6c007e495cc0fc9e", 2: "6f740a5992f53661"}
# "abc" in FIPS 180-4 and in GB/T 32905.
DIGEST = {
    1: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    2: "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
}
both_suites = pytest.mark.parametrize("suite", [1, 2])

MAY_NAME_A_HASH = {
    "app/vault/hashes.py",
    "app/web/assets.py",  # the names of static files, which everybody may read
}
A_HASH = re.compile(
    r"hashlib|primitives import hashes|\bsha[-_]?\d|\bsm3\b|\bmd5\b|\bblake2|hmac\.(?!compare_digest)", re.IGNORECASE
)


@pytest.fixture
def fixed(monkeypatch: pytest.MonkeyPatch, suite: int) -> None:
    """A keyring of the suite in which every system key is KEY."""
    ring = SimpleNamespace(hashes=SUITES[suite].hashes, system_key=lambda _purpose: (1, KEY))
    monkeypatch.setattr("app.vault.references.vault", lambda: SimpleNamespace(keyring=ring))


@both_suites
def test_computes_keyed_codes_as_published(suite: int, fixed: None) -> None:
    assert blind(SUITES[suite].hashes, KEY, "phone", "+8613800138000").hex() == INDEX[suite]
    assert reference("session", "token").hex() == REFERENCE[suite]
    assert mac("audit", b"a chain").hex() == MAC[suite]
    assert vault.digest(b"abc").hex() == DIGEST[suite]


@both_suites
def test_recognises_a_root_key_by_the_published_value(suite: int, tmp_path: Path) -> None:
    (tmp_path / "root.key").write_text(KEY.hex())
    (tmp_path / "root.key").chmod(0o400)

    assert LocalRoot(tmp_path / "root.key").check_value(suite) == ROOT_CHECK[suite]


@both_suites
def test_signs_a_keyring_with_the_hash_of_its_suite(suite: int, tmp_path: Path) -> None:
    root, path = LocalRoot(tmp_path / "root.key"), tmp_path / "keyring.json"
    root.create()
    document = new_document(root, suite)
    key = root.unwrap(bytes.fromhex(document["mac_key"]), purpose="mac", generation=1)
    body = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()

    save(path, document, root, replace=False)

    assert json.loads(path.read_text())["mac"] == SUITES[suite].hashes.mac(key, body).hex()


@pytest.fixture
def chinese_only(tmp_path: Path, sqlite_installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An installation in suite 2, on a machine that from its founding on has no SHA-2."""
    shutil.copyfile(sqlite_installation.folder / "template" / "xingfu.db", tmp_path / "xingfu.db")
    settings = replace(settings_for(tmp_path), suite=2)
    _take_sha2_away(monkeypatch)
    founding = create_app(settings)
    outcome = founding.test_cli_runner().invoke(args=["keys", "init"])
    assert outcome.exit_code == 0, outcome.output
    close(founding)
    app = create_app(settings)
    yield app
    close(app)


def _take_sha2_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: Any, **_options: Any) -> Any:
        raise AssertionError("suite 2 used SHA-2")

    keyed = hmac.digest
    monkeypatch.setattr(
        hmac, "digest", lambda key, message, name: (refuse if "sha" in str(name) else keyed)(key, message, name)
    )
    for name in ("sha224", "sha256", "sha384", "sha512"):
        monkeypatch.setattr(hashlib, name, refuse)
        monkeypatch.setattr(hashes, name.upper(), refuse)


def test_suite_2_never_uses_the_other_hash(chinese_only: Flask) -> None:
    worker = Cast(chinese_only).worker
    browser = Client(chinese_only)
    browser.get("/sign-in")
    browser.submit(phone="13900000001", password=PASSWORD)
    with chinese_only.app_context():
        with transaction():
            audit.record("case.read", worker.id)
        anchors.cast()
        with transaction(writes=False):
            verdict = verify()
        assert anchors.last() is not None

    assert (verdict.first_bad, verdict.entries > 1) == (None, True)


@pytest.mark.parametrize("path", sorted((ROOT / "app").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_but_the_vault_names_a_hash(path: Path) -> None:
    if str(path.relative_to(ROOT)) in MAY_NAME_A_HASH:
        return
    code = ast.unparse(_without_docstrings(ast.parse(path.read_text("utf-8"))))

    assert A_HASH.findall(code) == [], "ask the suite: vault.digest, vault.mac, vault.reference"


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Pass()
    return tree
