"""``flask staff invite``: the first admin and the first supervisor; everybody after them is approved by two persons."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from app.accounts.services import phones
from app.accounts.services import staff as service
from app.core.database import transaction
from app.core.errors import AppError
from app.core.permissions import Role
from app.organisations.services import ensure_district

staff = AppGroup("staff", help="The first two members of staff.")


@staff.command("invite")
@click.option("--role", type=click.Choice([Role.ADMIN.value, Role.SUPERVISOR.value]), required=True)
@click.option("--name", required=True)
@click.option("--phone", required=True)
def invite(role: str, name: str, phone: str) -> None:
    """Print a one-time link by which the first admin or supervisor comes in; again for who did not use it in time."""
    settings = current_app.config["XINGFU"]
    try:
        with transaction():
            unit = ensure_district(settings.district)
            invited = service.invite_first(phones.normalise(phone), role=Role(role), name=name, unit=unit.id)
    except AppError as refusal:
        raise click.ClickException(str(refusal.message)) from None
    click.echo(f"{settings.base_url}/invitation/{invited.token}")
