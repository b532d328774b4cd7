"""``flask demo``: the fictional district."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import AppGroup

from app.home.demo.load import Story, is_loaded
from app.home.demo.people import PASSWORD
from app.home.demo.words import words
from app.home.preparing import make_ready

if TYPE_CHECKING:
    from app.config import Settings

WORKERS, SEED = 300, 2026

demo = AppGroup("demo", help="The fictional district; only in demo mode.")


@demo.command("prepare")
def prepare() -> None:
    """Make keys, tables, static files and people, whatever is missing; then say how to come in."""
    settings = _demo_settings()
    make_ready()
    if not is_loaded():
        _load(WORKERS, SEED)
    click.echo(_welcome(settings))


@demo.command("load")
@click.option("--workers", type=click.IntRange(10, 100_000), default=WORKERS, show_default=True)
@click.option("--seed", type=int, default=SEED, show_default=True)
def load(workers: int, seed: int) -> None:
    """Fill an empty installation with people and a year of history; the same seed tells the same story."""
    _demo_settings()
    if is_loaded():
        raise click.ClickException("there are people here already: make forget-demo throws them away")
    _load(workers, seed)


def _load(workers: int, seed: int) -> None:
    with click.progressbar(length=2 * max(workers - 2, 0), label=f"inventing {workers} workers") as bar:
        timeline = Story(workers, seed, bar.update).write()
    with click.progressbar(length=len(timeline), label="telling their story") as bar:
        for happened in timeline.run():
            bar.update(happened)


def _demo_settings() -> Settings:
    settings: Settings = current_app.config["XINGFU"]
    if not settings.is_demo:
        raise click.ClickException("this installation is not a demo: nothing fictional may enter it")
    return settings


def _welcome(settings: Settings) -> str:
    people = words()["cast"]
    lines = [f"  {row['key']:<12} 138 0000 {number:04d}   {row['name']}" for number, row in enumerate(people, 1)]
    head = f"\nOpen {settings.base_url} and sign in with a phone number and the password {PASSWORD}\n"
    return "\n".join([head, *lines, "", "Codes are printed here. Ctrl-C stops.", ""])
