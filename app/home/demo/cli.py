"""``flask demo``: the fictional district."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import AppGroup

from app.home.demo.load import Story, is_loaded
from app.home.demo.people import PASSWORD
from app.home.demo.progress import progress
from app.home.demo.words import words
from app.home.preparing import make_ready

if TYPE_CHECKING:
    from app.config import Settings

WORKERS, SEED = 300, 2026
HALF = "demo.half"
"""The file that is there while the story is told."""
FORGET = "make forget-demo throws it away, the next make demo begins anew"

demo = AppGroup("demo", help="The fictional district; only in demo mode.")


@demo.command("prepare")
def prepare() -> None:
    """Make keys, tables, static files and people, whatever is missing; then say how to come in."""
    settings = _demo_settings()
    make_ready()
    _refuse_half(settings)
    if not is_loaded():
        _load(settings, WORKERS, SEED)
    click.echo(_welcome(settings))


@demo.command("load")
@click.option("--workers", type=click.IntRange(10, 200_000), default=WORKERS, show_default=True)
@click.option("--sittings", type=click.IntRange(min=0), help="In all; two for each worker if not given.")
@click.option("--seed", type=int, default=SEED, show_default=True)
def load(workers: int, sittings: int | None, seed: int) -> None:
    """Fill an empty installation with people and a year of history; the same seed tells the same story."""
    settings = _demo_settings()
    _refuse_half(settings)
    if is_loaded():
        raise click.ClickException(f"there are people here already: {FORGET}")
    _load(settings, workers, seed, sittings)


def _load(settings: Settings, workers: int, seed: int, sittings: int | None = None) -> None:
    half = settings.instance / HALF
    half.touch(mode=0o600)
    with progress(f"settling {workers} workers", max(workers - 2, 0)) as note:
        story = Story(workers, seed, note)
    with progress("planning their year", max(workers - 2, 0)) as note:
        story.write(2 * workers if sittings is None else sittings, note)
    with progress("telling their story", len(story)) as note:
        for happened in story.tell():
            note(happened)
    half.unlink()


def _refuse_half(settings: Settings) -> None:
    if (settings.instance / HALF).exists():
        raise click.ClickException(f"the story here was interrupted half-way: {FORGET}")


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
