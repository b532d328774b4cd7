"""Commands on a checkout that has no installation yet."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from app.config import ROOT

if TYPE_CHECKING:
    from pathlib import Path

NEEDED = ("app", "templates", "migrations")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkout")
    for name in NEEDED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def run(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("XINGFU_")}
    command = [sys.executable, "-m", "flask", "--app", "app", *words]
    return subprocess.run(command, cwd=folder, env=own | environment, capture_output=True, text=True, check=False)


def test_an_instrument_is_shown_without_an_installation(checkout: Path) -> None:
    shown = run(checkout, "instruments", "show", "phq4")

    assert shown.returncode == 0, shown.stderr
    assert "PHQ-4" in shown.stdout


def test_catalogues_are_updated_without_an_installation(checkout: Path) -> None:
    updated = run(checkout, "translations", "update", "audit")

    assert (updated.returncode, updated.stdout) == (0, "audit: 0 to translate\n"), updated.stderr
    assert not (checkout / "instance").exists()


def test_help_lists_every_command_without_an_installation(checkout: Path) -> None:
    listed = run(checkout, "--help")

    assert listed.returncode == 0
    assert {"keys", "audit", "staff", "demo", "jobs", "prepare"} <= set(listed.stdout.split())


def test_any_other_command_names_what_makes_the_settings(checkout: Path) -> None:
    refused = run(checkout, "audit", "verify")

    assert refused.returncode == 1
    assert refused.stderr.strip().endswith("`make demo` or `make run` writes one, XINGFU_SETTINGS names another")
    assert "Traceback" not in refused.stderr


def test_a_settings_file_that_is_not_there_is_named(checkout: Path) -> None:
    refused = run(checkout, "keys", "status", XINGFU_SETTINGS=str(checkout / "nowhere.env"))

    assert refused.returncode == 1
    assert "nowhere.env" in refused.stderr
    assert "Traceback" not in refused.stderr
