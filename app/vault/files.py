"""Files that only this program may read, written whole or not at all."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from app.vault.errors import Code, VaultError

if TYPE_CHECKING:
    from pathlib import Path

MODE = 0o400


def write_private(path: Path, content: bytes, *, replace: bool) -> None:
    """Write with mode 0400: temporary file, fsync, rename, fsync of the folder.

    Raises ``FileExistsError`` if the file exists and ``replace`` is false, even when two processes race.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    with suppress(FileNotFoundError):
        temporary.unlink()
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), MODE)
            os.fsync(file.fileno())
        if replace:
            temporary.replace(path)
        else:
            path.hardlink_to(temporary)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def read_private(path: Path, name: str) -> bytes:
    """The content. Raises ``VaultError`` K004 if the file is missing or unreadable, naming it."""
    try:
        return path.read_bytes()
    except OSError:
        raise VaultError(Code.K004, f"{name}: no readable file {path}") from None


def mode_of(path: Path) -> int:
    """The permission bits of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
