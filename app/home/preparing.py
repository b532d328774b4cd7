"""``flask prepare``: keys, tables, static files and the pool of this installation; run as often as you like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from app.audit import carried
from app.core.private_files import close_folder
from app.subjects import services as subjects
from app.vault import founding, seal_old_rows
from app.vault.state import vault
from app.web import assets, catalogues

if TYPE_CHECKING:
    from app.config import Settings


def make_ready(*, trust_rows: bool = False) -> None:
    """Bring this installation in step with the program. Needs an application context.

    ``trust_rows`` seals rows without a seal although their table was done: after an older backup was restored.
    """
    settings: Settings = current_app.config["XINGFU"]
    close_folder(settings.instance, besides={assets.built(settings)})
    founding.found(vault(), if_missing=True)
    upgrade()
    seal_old_rows(again=trust_rows)
    carried.carry_over()
    assets.build(settings)
    catalogues.compile_all()
    subjects.refill()


@click.command("prepare")
@click.option("--trust-rows", is_flag=True, help="Seal unsealed rows: only after restoring a backup you trust.")
@with_appcontext
def prepare(*, trust_rows: bool) -> None:
    """Make keys, tables and static files, or bring them up to date."""
    make_ready(trust_rows=trust_rows)
    click.echo(f"ready: {current_app.config['XINGFU'].instance}")
