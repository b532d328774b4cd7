"""The settings refuse to be incomplete, and say what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.config import Settings, SettingsError, load, settings_file

if TYPE_CHECKING:
    from pathlib import Path

COMPLETE = {
    "XINGFU_MODE": "live",
    "XINGFU_INSTANCE": "/srv/xingfu",
    "XINGFU_DATABASE_URL": "sqlite:////srv/xingfu/xingfu.db",
    "XINGFU_KEYS_URL": "sqlite:////srv/xingfu/keys.db",
    "XINGFU_KEYRING": "/srv/xingfu/keyring.json",
    "XINGFU_ROOT_KEY": "/srv/xingfu/root.key",
    "XINGFU_SUITE": "1",
    "XINGFU_BASE_URL": "https://xingfu.union.example",
    "XINGFU_LISTEN": "0.0.0.0:8000",
    "XINGFU_JOBS_URL": "redis://127.0.0.1/1",
    "XINGFU_LIMITS_URL": "redis://127.0.0.1/2",
    "XINGFU_PHONE_CODES": "https://sms.union.example/send",
    "XINGFU_MAIL": "smtp://mail.union.example:587",
    "XINGFU_MAIL_FROM": "xingfu@union.example",
    "XINGFU_DUTY_LINE": "0575-0000 0000",
    "XINGFU_DISTRICT": "上虞区总工会",
    "XINGFU_ARGON2_KIB": "19456",
    "XINGFU_PHONE_COUNTRIES": "CN",
    "XINGFU_CODES_A_DAY": "20000",
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    empty = tmp_path / "settings.env"
    empty.write_text("# nothing\n", "utf-8")
    return {"XINGFU_SETTINGS": str(empty), **COMPLETE}


def test_it_reads_a_complete_environment(environment: dict[str, str]) -> None:
    settings = load(environment)

    assert settings.suite == 1
    assert str(settings.instance) == "/srv/xingfu"
    assert not settings.on_loopback


@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_it_names_what_is_missing(environment: dict[str, str], name: str) -> None:
    del environment[name]

    with pytest.raises(SettingsError, match=name):
        load(environment)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("XINGFU_SUITE", "3"),
        ("XINGFU_MODE", "play"),
        ("XINGFU_ARGON2_KIB", "1024"),
        ("XINGFU_PHONE_COUNTRIES", "China"),
        ("XINGFU_PHONE_COUNTRIES", ""),
        ("XINGFU_CODES_A_DAY", "0"),
        ("XINGFU_KEYS_URL", COMPLETE["XINGFU_DATABASE_URL"]),
        ("XINGFU_BASE_URL", "http://xingfu.union.example"),
        ("XINGFU_PHONE_CODES", "console:"),
        ("XINGFU_DUTY_LINE", "none"),
    ],
)
def test_it_refuses_what_is_unsafe(environment: dict[str, str], name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load({**environment, name: value})


def test_the_demo_listens_on_this_machine_only(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="loopback"):
        load({**environment, "XINGFU_MODE": "demo"})


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_text("\n".join(f"{name}={value}" for name, value in COMPLETE.items()), "utf-8")

    settings = load({"XINGFU_SETTINGS": str(file), "XINGFU_SUITE": "2"})

    assert settings.suite == 2
    assert settings_file({"XINGFU_SETTINGS": str(file)}) == file


def test_no_setting_has_a_default() -> None:
    assert all(name not in vars(Settings) for name in Settings.__dataclass_fields__)
