"""Files that only this program's user may read: databases, keys, settings, anchors."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

OTHERS = 0o077


def make_private(path: Path) -> None:
    """Make an empty file for this user alone, or close one that is there to everybody else."""
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        close(path)


def close(path: Path) -> None:
    """Take a file or folder of this user from everybody else; another user's files are hers to close."""
    found = path.stat()
    if found.st_mode & OTHERS and os.geteuid() in {0, found.st_uid}:
        path.chmod(found.st_mode & 0o777 & ~OTHERS)


def close_folder(folder: Path, *, besides: Collection[Path] = ()) -> None:
    """Close a folder and all files in it, but not what others are meant to read, such as static files."""
    close(folder)
    for path in folder.iterdir():
        if path in besides or path.is_symlink():
            continue
        if path.is_dir():
            close_folder(path, besides=besides)
        else:
            close(path)


def before_connecting(file: str) -> Any:
    """A listener of ``do_connect`` that makes SQLite's file private before SQLite makes it.

    Its journals take over the mode of the file.
    """

    def listener(*_about: Any) -> None:
        if file and Path(file).parent.exists():
            make_private(Path(file))

    return listener
