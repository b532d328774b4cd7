"""``flask staff invite`` and ``flask first-admin``: the first two; everybody after them is approved by two persons."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from app.accounts.services import staff as service
from app.core.database import session, transaction
from app.core.errors import AppError
from app.core.permissions import Role
from app.organisations.services import ensure_district
from app.web import phone_numbers

staff = AppGroup("staff", help="The first two members of staff.")


@staff.command("invite")
@click.option("--role", type=click.Choice([Role.ADMIN.value, Role.SUPERVISOR.value]), required=True)
@click.option("--name", required=True)
@click.option("--phone", required=True)
def invite(role: str, name: str, phone: str) -> None:
    """Print a one-time link by which the first admin or supervisor comes in; again for who did not use it in time."""
    try:
        with transaction():
            click.echo(_link(phone_numbers.normalise(phone), Role(role), name))
    except AppError as refusal:
        raise click.ClickException(str(refusal.message)) from None


@click.command("first-admin")
@with_appcontext
def first_admin() -> None:
    """Print the one-time link by which the first admin comes in; nothing once one has."""
    with transaction():
        if not service.has_admin():
            click.echo(
                f"The first administrator comes in here, once, within three days:\n  {_link('', Role.ADMIN, '')}"
            )


def _link(phone: str, role: Role, name: str) -> str:
    settings = current_app.config["XINGFU"]
    unit = ensure_district(settings.district)
    session().flush()
    invited = service.invite_first(phone, role=role, name=name, unit=unit.id)
    return f"{settings.base_url}/invitation/{invited.token}"
