"""``flask audit``: verify the chain."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.audit.verification import verify
from app.core.database import transaction

audit = AppGroup("audit", help="The audit log.")


@audit.command("verify")
def verify_chain() -> None:
    """Recompute the chain and name the first bad entry; exit code 1 where there is one."""
    with transaction(writes=False):
        verdict = verify()
    if verdict.first_bad is not None:
        click.echo(f"BROKEN at entry {verdict.first_bad}; {verdict.entries} entries before it are sound")
        sys.exit(1)
    click.echo(f"sound: {verdict.entries} entries, head {verdict.head.hex()}")
