"""Settings: frozen, typed, read once from the environment and the settings file, refusing to be incomplete."""

from __future__ import annotations

import enum
import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints
from urllib.parse import urlsplit

from click import ClickException

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "XINGFU_"
NO_DUTY_LINE = "none"
MAKES_SETTINGS = "`make demo` or `make run` writes one, XINGFU_SETTINGS names another"


class SettingsError(ClickException):
    """The settings are missing, incomplete or contradict each other; the text names each of them."""


class NoSettingsError(SettingsError):
    """There are no settings at all; the text says what makes them."""


class Mode(enum.StrEnum):
    """What this installation is for: real people, the fictional district, or the tests."""

    LIVE = "live"
    DEMO = "demo"
    TEST = "test"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs between installations. Nothing here has a default: a forgotten line must be noticed.

    ``suite`` is 1 (AES-256-GCM) or 2 (SM4-GCM). ``phone_codes`` and ``mail`` are ``console:`` or the address of a
    gateway (``https://…``, ``smtp://user:password@host:port``). ``duty_line`` is ``none`` until there is one, on
    this machine only. ``argon2_kib`` is the memory of one password hash. ``phone_countries`` are the countries whose
    mobiles are sent codes (``CN,HK``); ``codes_a_day`` is how many codes strangers may ask for in a day, all together.
    """

    mode: Mode
    instance: Path
    database_url: str
    keys_url: str
    keyring: Path
    root_key: Path
    suite: int
    base_url: str
    listen: str
    jobs_url: str
    limits_url: str
    phone_codes: str
    mail: str
    mail_from: str
    duty_line: str
    district: str
    argon2_kib: int
    phone_countries: str
    codes_a_day: int

    def __post_init__(self) -> None:
        """Refuse contradictions by name."""
        wrong = [*self._contradictions(), *self._wrong_codes()]
        if wrong:
            raise SettingsError("; ".join(wrong))

    def _wrong_codes(self) -> Iterator[str]:
        if not self.countries or any(len(code) != 2 or not code.isalpha() for code in self.countries):
            yield f"{PREFIX}PHONE_COUNTRIES must name countries by two letters, such as CN or CN,HK"
        if self.codes_a_day < 1:
            yield f"{PREFIX}CODES_A_DAY must be at least 1"

    def _contradictions(self) -> Iterator[str]:
        if self.suite not in {1, 2}:
            yield f"{PREFIX}SUITE must be 1 (AES-256-GCM) or 2 (SM4-GCM)"
        if self.argon2_kib < 19 * 1024 and self.mode is not Mode.TEST:
            yield f"{PREFIX}ARGON2_KIB must be at least 19456 (19 MiB)"
        if self.database_url == self.keys_url:
            yield f"{PREFIX}KEYS_URL must differ from {PREFIX}DATABASE_URL, or erasure cannot reach backups"
        if self.mode is not Mode.TEST and not self.on_loopback and self.phone_codes == "console:":
            yield f"{PREFIX}PHONE_CODES=console: is for this machine only; name a gateway for {self.base_url}"
        if self.duty_line == NO_DUTY_LINE and not self.on_loopback:
            yield f"{PREFIX}DUTY_LINE must be a number that somebody answers, day and night"
        if self.mode is Mode.DEMO and not self.on_loopback:
            yield f"{PREFIX}MODE=demo listens on loopback only: set {PREFIX}LISTEN and {PREFIX}BASE_URL to 127.0.0.1"
        if not self.on_loopback and urlsplit(self.base_url).scheme != "https":
            yield f"{PREFIX}BASE_URL must be https beyond this machine"

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries whose mobiles may have an account; a number without a country code is of the first."""
        return tuple(filter(None, (code.strip().upper() for code in self.phone_countries.split(","))))

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the program."""
        local = {"127.0.0.1", "localhost", "::1"}
        return self.listen.rsplit(":", 1)[0].strip("[]") in local and urlsplit(self.base_url).hostname in local

    @property
    def is_demo(self) -> bool:
        """Whether the district is fictional."""
        return self.mode is Mode.DEMO


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings file, let the environment override it, and check that nothing is missing.

    The file is ``$XINGFU_SETTINGS``, else ``instance/settings.env``, else the demo's. Raises ``SettingsError``.
    """
    path = settings_file(environ)
    if path and not path.exists():
        raise NoSettingsError(f"there is no settings file {path}: {MAKES_SETTINGS}")
    lines = dict(_parse(path.read_text("utf-8"))) if path else {}
    values = lines | {key: value for key, value in environ.items() if key.startswith(PREFIX)}
    if not path and not values:
        raise NoSettingsError(f"there are no settings yet: {MAKES_SETTINGS}")
    missing = [name for name in _names() if name not in values]
    if missing:
        where = f"in {path} or " if path else ""
        raise SettingsError(f"missing {where}in the environment: {', '.join(missing)}")
    hints = get_type_hints(Settings)
    return Settings(**{name: _typed(name, hints[name], values[PREFIX + name.upper()]) for name in hints})


def settings_file(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The settings file in force, or None where there is none yet."""
    if named := environ.get(f"{PREFIX}SETTINGS"):
        return Path(named)
    candidates = (ROOT / "instance" / "settings.env", ROOT / "instance" / "demo" / "settings.env")
    return next((path for path in candidates if path.exists()), None)


def _names() -> list[str]:
    return [PREFIX + field.name.upper() for field in fields(Settings)]


def _parse(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            key, _, value = line.partition("=")
            yield key.strip(), value.strip()


def _typed(name: str, wanted: type, value: str) -> Any:
    try:
        return wanted(value)
    except ValueError as error:
        raise SettingsError(f"{PREFIX}{name.upper()} is not a {wanted.__name__}") from error
