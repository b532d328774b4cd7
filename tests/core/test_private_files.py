"""What lies under ``instance/`` is for the program's own user."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from app import create_app
from app.audit import anchors
from app.core.database import db, session, transaction
from app.core.private_files import close_folder, make_private
from app.home.jobs.queue import open_queue
from app.home.preparing import make_ready
from tests.installation import settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def open_handed() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file() and "static" not in path.parts]
    assert files
    return sorted(str(path.relative_to(folder)) for path in files if path.stat().st_mode & 0o077)


def test_every_file_of_an_installation_is_private(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path / "instance"))
    (tmp_path / "instance").mkdir()
    with app.app_context():
        make_ready()
        open_queue(f"sqlite:///{tmp_path}/instance/jobs.db").storage.put_data("key", b"value")
        with transaction():
            session().execute(text("UPDATE account SET id = id"))
            assert (tmp_path / "instance" / "xingfu.db-wal").exists()
            assert open_to_others(tmp_path / "instance") == []
        anchors.cast()
        for engine in db.engines.values():
            engine.dispose()
    assert open_to_others(tmp_path / "instance") == []


def test_an_installation_of_an_older_program_is_closed(tmp_path: Path) -> None:
    static = tmp_path / "static"
    (static / "css").mkdir(parents=True)
    (tmp_path / "backup").mkdir()
    for name in ("xingfu.db", "static/css/app.css", "backup/keys.db"):
        (tmp_path / name).write_text("words", "utf-8")
    (tmp_path / "keyring.json").touch(mode=0o400)

    close_folder(tmp_path, besides={static})

    assert open_to_others(tmp_path) == []
    assert (static / "css" / "app.css").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "keyring.json").stat().st_mode & 0o777 == 0o400
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0


def test_a_private_file_keeps_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "xingfu.db"
    path.write_text("words", "utf-8")

    make_private(path)

    assert path.read_text("utf-8") == "words"
    assert path.stat().st_mode & 0o777 == 0o600
