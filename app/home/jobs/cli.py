"""``flask jobs``: the process that delivers, refills, escalates, sweeps and anchors."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from app.home.jobs import consumer
from app.home.jobs.scans import SCANS
from app.vault import canary


@click.group(cls=AppGroup, invoke_without_command=True)
@click.pass_context
@with_appcontext
def jobs(context: click.Context) -> None:
    """Work the jobs off until stopped; `run-once` for scripts."""
    if context.invoked_subcommand is None:
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        canary.check_start(app)
        consumer.work(app)


@jobs.command("run-once")
def run_once() -> None:
    """Run every scan once; exit code 1 where one failed."""
    failed = consumer.run_once()
    click.echo(f"{len(SCANS) - failed} of {len(SCANS)} scans went well")
    sys.exit(1 if failed else 0)
