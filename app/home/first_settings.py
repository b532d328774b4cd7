"""The first settings file of an installation: ``python -m app.home.first_settings demo|live|test FILE [PORT]``.

It runs before the program can: without settings there is no program. It never writes over a file.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from app.config import PREFIX, Mode, load

if TYPE_CHECKING:
    from app.config import Settings

HEADS = {
    Mode.DEMO: "# The fictional district of make demo. Nothing in it is real.",
    Mode.LIVE: "# This installation. Before anybody else can reach it, set the gateways, addresses and hotline.",
    Mode.TEST: "# For commands that need a program but neither keys nor a database.",
}
DISTRICT = {Mode.DEMO: "上虞区总工会", Mode.LIVE: "区总工会", Mode.TEST: "上虞区总工会"}

# A number that nobody answers must not stand where people look for help: a real installation starts without one.
DUTY_LINES = {Mode.DEMO: "0575-0000 0000", Mode.LIVE: "none", Mode.TEST: "0575-0000 0000"}


def values(mode: Mode, folder: Path, port: int) -> dict[str, object]:
    """Complete settings on this machine alone, everything in one folder."""
    return {
        "mode": mode.value,
        "instance": folder,
        "database_url": f"sqlite:///{folder}/xingfu.db",
        "keys_url": f"sqlite:///{folder}/keys.db",
        "keyring": folder / "keyring.json",
        "root_key": folder / "root.key",
        "suite": 1,
        "base_url": f"http://127.0.0.1:{port}",
        "listen": f"127.0.0.1:{port}",
        "jobs_url": "memory://" if mode is Mode.TEST else f"sqlite:///{folder}/jobs.db",
        "limits_url": "memory://",
        "phone_codes": "console:",
        "mail": "console:",
        "mail_from": "xingfu@union.example",
        "duty_line": DUTY_LINES[mode],
        "district": DISTRICT[mode],
        "argon2_kib": 19 * 1024,
        "phone_countries": "CN",
        "codes_a_day": 20_000,
    }


def write(mode: Mode, path: Path, port: int = 8000) -> None:
    """Write the file and its folder, for this user alone. Raises ``FileExistsError``."""
    folder = path.resolve().parent
    folder.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    lines = [f"{PREFIX}{name.upper()}={value}" for name, value in values(mode, folder, port).items()]
    path.write_text("\n".join([HEADS[mode], *lines, ""]), "utf-8")


def stand_in() -> Settings:
    """Settings for a command that needs a program but neither keys nor a database; nothing of them is kept."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "settings.env"
        write(Mode.TEST, path)
        return load({f"{PREFIX}SETTINGS": str(path)})


if __name__ == "__main__":
    write(Mode(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:4]))
