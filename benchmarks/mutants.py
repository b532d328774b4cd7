"""``make mutants ROOM=care``: change the rules and services of a room one by one; its tests should notice each change.

mutmut works on a copy under ``build/mutants``. PostgreSQL's half of the tests is left out: it holds the same rules.
Each change is tried in a process that ran no test before: in one that did, every test with a database fails, and every
change looks noticed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import click

ROOT = Path(__file__).parent.parent
COPIED = ("app", "tests", "migrations", "templates", "docs", "benchmarks", "deploy")
SHAPES = ("__init__", "models", "forms", "cli")  # what declares and decides nothing


@click.command()
@click.argument("room")
@click.argument("names", nargs=-1)
@click.option("--at-once", default=2, help="How many changes are tried at once.")
def main(room: str, names: tuple[str, ...], at_once: int) -> None:
    """Mutate ROOM, or only its modules NAMES (``state``, ``services/cases``); print the survivors and the score."""
    folder = ROOT / "build" / "mutants" / room
    copy(folder)
    settings = (ROOT / "pyproject.toml").read_text("utf-8")
    (folder / "pyproject.toml").write_text(f"{settings}\n{chosen(room, names)}", "utf-8")
    mutmut = [str(Path(sys.executable).with_name("mutmut"))]
    ran = subprocess.run([*mutmut, "run", "--max-children", str(at_once)], cwd=folder, check=False)
    listed = subprocess.run([*mutmut, "results", "--all", "true"], cwd=folder, check=True, text=True, stdout=-1).stdout
    outcomes = [tuple(line.strip().rsplit(": ", 1)) for line in listed.splitlines() if ": " in line]
    for name, outcome in outcomes:
        if outcome != "killed":
            click.echo(f"{outcome:10} {name}")
    killed = sum(outcome == "killed" for _, outcome in outcomes)
    click.echo(f"{room}: {killed} of {len(outcomes)} changes were noticed")
    sys.exit(ran.returncode)


def copy(folder: Path) -> None:
    """A copy of the program and its tests to work on."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Makefile", folder)


def chosen(room: str, names: tuple[str, ...]) -> str:
    """The settings of mutmut for a room. Raises ``ClickException`` where there is nothing to mutate."""
    home = ROOT / "app" / room
    found = [*home.glob("*.py"), *home.glob("services/*.py")]
    modules = [home / f"{name}.py" for name in names] or [each for each in found if each.stem not in SHAPES]
    if not modules or not all(module.is_file() for module in modules):
        raise click.ClickException(f"no such room or module in app/: {room} {' '.join(names)}")
    copied = sorted({*COPIED, "Makefile"} - {"app", "tests"})
    lines = {
        "source_paths": ["app"],
        "process_isolation": "forkserver",
        "only_mutate": sorted(str(module.relative_to(ROOT)) for module in modules),
        "also_copy": copied,
        "pytest_add_cli_args_test_selection": [f"tests/{room}"],
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-k", "not postgresql"],
    }
    return "[tool.mutmut]\n" + "\n".join(f"{key} = {value!r}" for key, value in lines.items()) + "\n"


if __name__ == "__main__":
    main()
