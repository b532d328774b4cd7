"""``flask first-admin``: the one-time link by which the first admin of an empty installation comes in."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from app.accounts.models import Account, Status
from app.accounts.services import phones, staff
from app.core.database import session, transaction
from app.core.permissions import Role
from app.organisations.services import ensure_district

ANY_PHONE = "13800000000"


@click.command("first-admin")
@click.option("--phone", envvar="ADMIN_PHONE", default="", help="Her phone; asked for where there is a terminal.")
@click.option("--name", envvar="ADMIN_NAME", default="管理员", show_default=True)
@with_appcontext
def first_admin(phone: str, name: str) -> None:
    """Print the link while no admin has come in; say nothing afterwards."""
    if _is_in():
        return
    settings = current_app.config["XINGFU"]
    number = phones.normalise(phone or _invited_phone() or _ask())
    with transaction():
        unit = ensure_district(settings.district)
        invited = staff.invite_first(number, role=Role.ADMIN, name=name, unit=unit.id)
    click.echo("\nThe first admin comes in by this link, once, within three days:")
    click.echo(f"\n  {settings.base_url}/invitation/{invited.token}\n")
    click.echo(f"and later signs in with {number}. The first supervisor: flask --app app staff invite --help\n")


def _is_in() -> bool:
    with transaction(writes=False):
        active = select(Account.id).where(Account.role == Role.ADMIN, Account.status == Status.ACTIVE)
        return session().scalar(active.limit(1)) is not None


def _invited_phone() -> str:
    with transaction(writes=False):
        invited = select(Account).where(Account.role == Role.ADMIN, Account.status == Status.INVITED)
        account = session().scalars(invited.limit(1)).first()
        return account.phone if account else ""


def _ask() -> str:
    if not sys.stdin.isatty():
        return ANY_PHONE
    return str(click.prompt("Phone number of the first admin", default=ANY_PHONE))
