"""``flask keys``: make the keys of this installation, and look at them."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from app.vault import canary, founding, owner_keys
from app.vault.errors import VaultError
from app.vault.state import vault

keys = AppGroup("keys", help="Root key, keyring and owner keys.")


@keys.command()
@click.option("--if-missing", is_flag=True, help="Make only what is missing; leave the rest as it is.")
def init(if_missing: bool) -> None:
    """Make root key, keyring and keys table. Never overwrites: a lost key is lost data."""
    try:
        founding.found(vault(), if_missing=if_missing)
    except FileExistsError as error:
        raise click.ClickException(f"{error} exists already; --if-missing completes it") from None
    except VaultError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"keyring  {vault().path}")
    click.echo(f"root key {vault().root.path} (keep a copy elsewhere: without it nothing can be read again)")


@keys.command()
def status() -> None:
    """Show the keyring, the number of owner keys, and whether the start-up canary passes."""
    try:
        _describe()
        canary.check(current_app._get_current_object())  # type: ignore[attr-defined]
    except VaultError as error:
        raise click.ClickException(str(error)) from None
    click.echo("canary   passes")


def _describe() -> None:
    ring = vault().reload()
    census = owner_keys.census()
    root = ring.document["root"]
    click.echo(f"keyring  {vault().path}, made {ring.document['created']} in suite {ring.suite}")
    click.echo(f"values   sealed in suite {vault().suite} from now on")
    click.echo(f"root     {root['provider']}, check value {root['check']}")
    for version, kek in ring.document["keks"].items():
        ended = next((end for end in ("destroyed", "superseded") if kek[end]), "current")
        click.echo(f"KEK v{version}   {ended}, made {kek['created']}, {census.get((int(version), True), 0)} owner keys")
    click.echo(f"system   {', '.join(ring.document['system'])}")
    click.echo(f"erased   {sum(number for (_kek, live), number in census.items() if not live)}")
