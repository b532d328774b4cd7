"""The product under measurement: an installation of its own, people with sessions, and open sittings."""

from __future__ import annotations

import os
import re
import tempfile
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from app import create_app
from app.accounts.current import SESSION_COOKIE
from app.accounts.services import consents, links, sessions
from app.accounts.services.registration import new_account
from app.config import Mode, Settings
from app.core.database import db, session, transaction
from app.core.permissions import Role
from app.organisations.models import UnitKind
from app.organisations.services import add_unit
from app.screening import services as screening
from app.subjects import services as subjects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


@dataclass(frozen=True)
class Taker:
    """A worker at a questionnaire: the cookie of her session and the path of her open sitting."""

    cookie: str
    sitting: str


@dataclass(frozen=True)
class Product:
    """An installation with its application, for making people without going through pages."""

    settings: Settings
    app: Flask
    join_code: str

    def environment(self) -> dict[str, str]:
        """The settings as the environment of a server process."""
        return {f"XINGFU_{field.name.upper()}": str(getattr(self.settings, field.name)) for field in fields(Settings)}

    def takers(self, count: int, battery: str = "full") -> list[Taker]:
        """So many new workers, each signed in, consenting, and with a fresh sitting."""
        with self.app.app_context():
            subjects.refill(count)
            return [self._taker(battery) for _ in range(count)]

    def _taker(self, battery: str) -> Taker:
        with transaction():
            phone = f"+86135{int.from_bytes(os.urandom(4), 'big') % 10**8:08d}"
            account = new_account(phone, role=Role.WORKER, name="测")
            links.give_subject(account)
            session().flush()
            consents.decide(account, consents.SCREENING, given=True)
            token = sessions.open_session(account)
            subject = links.subject_of(account)
        with transaction():
            sitting = screening.start(subject, battery)
        return Taker(f"{SESSION_COOKIE}={token}", sitting.id.hex)


@contextmanager
def install(database_url: str = "", keys_url: str = "") -> Iterator[Product]:
    """Install the product in a temporary folder, on SQLite or on the databases named."""
    with tempfile.TemporaryDirectory(prefix="xingfu-bench-") as name:
        folder = Path(name)
        settings = _settings(folder, database_url, keys_url)
        app = create_app(settings)
        for command in (["keys", "init"], ["db", "upgrade"], ["assets", "build"]):
            outcome = app.test_cli_runner().invoke(args=command)
            if outcome.exit_code:
                raise RuntimeError(outcome.output)
        app = create_app(settings)
        with app.app_context(), transaction():
            unit = add_unit("测试区总工会", kind=UnitKind.DISTRICT, parent=None)
            code = unit.join_code
        try:
            yield Product(settings, app, code)
        finally:
            with app.app_context():
                for engine in db.engines.values():
                    engine.dispose()


def _settings(folder: Path, database_url: str, keys_url: str) -> Settings:
    return Settings(
        mode=Mode.LIVE,
        instance=folder,
        database_url=database_url or f"sqlite:///{folder}/xingfu.db",
        keys_url=keys_url or f"sqlite:///{folder}/keys.db",
        keyring=folder / "keyring.json",
        root_key=folder / "root.key",
        suite=1,
        base_url="http://127.0.0.1:8000",
        listen="127.0.0.1:8000",
        jobs_url="memory://",
        limits_url="memory://",
        phone_codes="console:",
        mail="console:",
        mail_from="bench@union.example",
        duty_line="0575-0000 0000",
        district="测试区总工会",
        argon2_kib=19456,
    )


def token_of(port: int, path: str, cookie: str = "") -> tuple[str, str]:
    """Open a page once; returns its CSRF token and the cookie that belongs to it."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Cookie": cookie} if cookie else {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        page = answer.read().decode()
        set_cookies = [header.split(";")[0] for header in answer.headers.get_all("Set-Cookie", [])]
    found = re.search(r'name="csrf[-_]token"[^>]*?(?:content|value)="([^"]+)"', page)
    if not found:
        raise RuntimeError(f"{path} shows no token")
    return found[1], "; ".join([cookie, *set_cookies] if cookie else set_cookies)
