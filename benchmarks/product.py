"""The product under measurement: an installation of its own, people with sessions, and open sittings."""

from __future__ import annotations

import secrets
import tempfile
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
from app.vault import seal_old_rows
from benchmarks.databases import databases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from app.accounts.models import Account
    from benchmarks.databases import Databases

AT_ONCE = 100


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

    def takers(self, count: int, battery: str) -> list[Taker]:
        """So many new workers, each signed in, consenting, and with a fresh sitting."""
        with self.app.app_context():
            subjects.refill(count)
            batches = [min(AT_ONCE, count - start) for start in range(0, count, AT_ONCE)]
            return [taker for size in batches for taker in _takers(size, battery)]


@contextmanager
def install(kind: str) -> Iterator[tuple[Product, Databases]]:
    """Install the product in a temporary folder, on databases of this kind."""
    with databases(kind) as found, tempfile.TemporaryDirectory(prefix="xingfu-bench-") as folder:
        settings = _settings(Path(folder), found)
        app = create_app(settings)
        for command in (["keys", "init"], ["assets", "build"], ["db", "upgrade"]):
            outcome = app.test_cli_runner().invoke(args=command)
            if outcome.exit_code:
                raise RuntimeError(outcome.output)
        with app.app_context():
            seal_old_rows()
        app = create_app(settings)
        with app.app_context(), transaction():
            district = add_unit("测试区总工会", kind=UnitKind.DISTRICT, parent=None)
            session().flush()
            code = district.join_code
        try:
            yield Product(settings, app, code), found
        finally:
            with app.app_context():
                for engine in db.engines.values():
                    engine.dispose()


def _takers(count: int, battery: str) -> list[Taker]:
    with transaction():
        workers = [new_worker() for _ in range(count)]
        session().flush()
        people = [(sessions.open_session(worker, second_factor=True), links.subject_of(worker)) for worker in workers]
    with transaction():
        return [
            Taker(f"{SESSION_COOKIE}={token}", str(screening.start(subject, battery).id)) for token, subject in people
        ]


def new_worker() -> Account:
    """A worker who agreed to be screened."""
    account = new_account(f"+86135{secrets.randbelow(10**8):08d}", role=Role.WORKER, name="测")
    links.give_subject(account)
    session().flush()
    consents.decide(account, consents.SCREENING, given=True)
    return account


def _settings(folder: Path, found: Databases) -> Settings:
    return Settings(
        mode=Mode.LIVE,
        instance=folder,
        database_url=found.data,
        keys_url=found.keys,
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
        phone_countries="CN",
        codes_a_day=1_000_000,
    )
