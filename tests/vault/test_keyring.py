"""The keyring and its start-up canary: made once, private, signed, and refused by name when anything is wrong."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from app.core import clock
from app.core.database import keys_engine
from app.vault import VaultError, blind_index, canary, flask_secret, mac, reference, self_test, system_key
from app.vault.files import mode_of
from app.vault.keyring import PURPOSES
from tests.vault.conftest import build, dispose

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask


def keys(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["keys", *arguments])


def rewrite(path: Path, content: str) -> None:
    path.chmod(0o600)
    path.write_text(content)
    path.chmod(0o400)


def edit(path: Path, **changes: object) -> None:
    rewrite(path, json.dumps(json.loads(path.read_text()) | changes))


def test_starts_with_fresh_keys(app: Flask) -> None:
    canary.check(app)


def test_writes_private_files(app: Flask, tmp_path: Path) -> None:
    assert mode_of(tmp_path / "keyring.json") == 0o400
    assert mode_of(tmp_path / "root.key") == 0o400
    assert mode_of(tmp_path / "keys.db") == 0o600
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_holds_no_key_in_plain(app: Flask, tmp_path: Path) -> None:
    content = (tmp_path / "keyring.json").read_text()

    with app.app_context():
        assert [purpose for purpose in PURPOSES if system_key(purpose).hex() in content] == []


def test_refuses_to_make_keys_twice(app: Flask, tmp_path: Path) -> None:
    before = (tmp_path / "keyring.json").read_bytes()

    assert keys(app, "init").exit_code == 1
    assert keys(app, "init", "--if-missing").exit_code == 0
    assert (tmp_path / "keyring.json").read_bytes() == before


def test_refuses_to_replace_a_lost_keyring(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "keyring.json").unlink()

    result = keys(app, "init", "--if-missing")

    assert result.exit_code == 1
    assert "restore" in result.output


def test_adds_a_new_purpose(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.vault.keyring.PURPOSES", (*PURPOSES, "fresh"))

    with pytest.raises(VaultError, match="fresh"):
        canary.check(app)
    assert keys(app, "init", "--if-missing").exit_code == 0
    canary.check(app)


def test_tells_its_state(app: Flask) -> None:
    result = keys(app, "status")

    assert result.exit_code == 0
    assert "KEK v1   current" in result.output
    assert "passes" in result.output


def test_works_for_init_without_a_keyring(bare: Flask) -> None:
    assert bare.secret_key is None
    assert keys(bare, "status").exit_code == 1
    assert keys(bare, "init").exit_code == 0


def test_gives_flask_the_same_secret_at_the_next_start(app: Flask, tmp_path: Path) -> None:
    again = build(tmp_path)
    dispose(again)

    with app.app_context():
        assert again.secret_key == flask_secret()


def _no_keyring(app: Flask, folder: Path) -> None:
    (folder / "keyring.json").unlink()


def _no_root(app: Flask, folder: Path) -> None:
    (folder / "root.key").unlink()


def _open_keyring(app: Flask, folder: Path) -> None:
    (folder / "keyring.json").chmod(0o440)


def _open_root(app: Flask, folder: Path) -> None:
    (folder / "root.key").chmod(0o600)


def _tampered(app: Flask, folder: Path) -> None:
    edit(folder / "keyring.json", created="2026-01-02")


def _scrawl(app: Flask, folder: Path) -> None:
    rewrite(folder / "keyring.json", "{")


def _list(app: Flask, folder: Path) -> None:
    rewrite(folder / "keyring.json", "[]")


def _other_root(app: Flask, folder: Path) -> None:
    rewrite(folder / "root.key", "ab" * 32)


def _no_root_inside(app: Flask, folder: Path) -> None:
    rewrite(folder / "root.key", "not a key")


def _no_known_value(app: Flask, folder: Path) -> None:
    _keys(app, "DELETE FROM known_value")


def _other_kek(app: Flask, folder: Path) -> None:
    _keys(app, "INSERT INTO owner_key VALUES ('00', 'subject', 7, 1, zeroblob(64), NULL)")


def _no_table(app: Flask, folder: Path) -> None:
    _keys(app, "DROP TABLE owner_key")


def _erased_tomorrow(app: Flask, folder: Path) -> None:
    _keys(app, "INSERT INTO owner_key VALUES ('00', 'subject', 1, 1, x'', '2999-01-01')")


def _keys(app: Flask, statement: str) -> None:
    with app.app_context(), keys_engine().begin() as connection:
        connection.execute(text(statement))


def _other_installation(app: Flask, folder: Path) -> None:
    other = build(folder / "other")
    keys(other, "init")
    dispose(other)
    for name in ("keyring.json", "root.key"):
        (folder / name).unlink()
        shutil.copy2(folder / "other" / name, folder / name)


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (_no_keyring, "keyring: no file"),
        (_no_root, "root key: no file"),
        (_open_keyring, "keyring: .* has mode 0440"),
        (_open_root, "root key: .* has mode 0600"),
        (_tampered, "its MAC is wrong"),
        (_scrawl, "is not a keyring"),
        (_list, "is not a keyring"),
        (_other_root, "another root key made it"),
        (_no_root_inside, "holds no key"),
        (_no_known_value, "keys database: it has no known value"),
        (_other_kek, "need KEK version 7, which is missing"),
        (_no_table, "keys database: "),
        (_erased_tomorrow, "before the newest erasure"),
        (_other_installation, r"known value does not open \(K002\)"),
    ],
)
def test_refuses_to_start(app: Flask, tmp_path: Path, spoil: Any, line: str) -> None:
    spoil(app, tmp_path)

    with pytest.raises(VaultError, match=f"K007 .*{line}"):
        canary.check(app)


@pytest.mark.parametrize(
    ("moment", "line"),
    [
        (datetime(2025, 12, 31, 0, tzinfo=UTC), "clock: the clock says 2025-12-31"),
        (datetime(2026, 1, 2, 0, tzinfo=UTC), "before the keyring was last changed"),
    ],
)
def test_refuses_a_clock_that_runs_behind(app: Flask, moment: datetime, line: str) -> None:
    with clock.at(moment), pytest.raises(VaultError, match=f"K007 .*{line}"):
        canary.check(app)


def test_refuses_an_sqlite_that_corrupts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pysqlite3.sqlite_version_info", (3, 45, 1))

    with pytest.raises(VaultError, match=r"K007 .*SQLite"):
        canary.check(app)


@pytest.mark.parametrize("version", [(3, 7, 0), (3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 50, 6), (3, 51, 0), (3, 51, 2)])
def test_knows_affected_versions_of_sqlite(version: tuple[int, ...]) -> None:
    assert canary.affected(version)


@pytest.mark.parametrize("version", [(3, 6, 23), (3, 44, 6), (3, 50, 7), (3, 51, 3), (3, 53, 0)])
def test_knows_mended_versions_of_sqlite(version: tuple[int, ...]) -> None:
    assert not canary.affected(version)


def test_refuses_a_library_that_computes_differently(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(self_test._BLIND, 2, "00")

    with pytest.raises(VaultError, match=r"K007 .*self-test: suite 2 indexes differently"):
        canary.check(app)


def test_finds_the_same_phone_again_and_no_other(app: Flask) -> None:
    with app.app_context():
        assert blind_index("phone", "+8613800138000") == blind_index("phone", "+8613800138000")
        assert blind_index("phone", "+8613800138000") != blind_index("phone", "+8613800138001")


def test_keeps_purposes_apart(app: Flask) -> None:
    with app.app_context():
        assert reference("audit", "case", b"7") != reference("session", "case", b"7")
        assert reference("audit", "case", b"7") != reference("audit", "cas", b"e7")
        assert len(reference("audit", "x")) == 16
        assert len(mac("audit", b"x")) == 32


def test_names_a_purpose_that_does_not_exist(app: Flask) -> None:
    with app.app_context(), pytest.raises(VaultError, match=r"K004 .*horoscope"):
        reference("horoscope", "x")
