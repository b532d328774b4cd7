"""A phone in the tests: what was sent to it, and an authenticator."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pyotp
from sqlalchemy import select

from app.accounts.current import DEVICE_COOKIE
from app.accounts.models import Account, Status
from app.accounts.services import devices
from app.core import clock
from app.core.database import session, transaction
from app.notices.models import OutboxRow

if TYPE_CHECKING:
    from flask import Flask

    from tests.client import Client

NEW_PHONE = "138 1234 5678"
NEW_NUMBER = "+8613812345678"
NEW_PASSWORD = "a quiet river at dawn"


class Stored(NamedTuple):
    """What the tests ask about an account."""

    status: Status
    phone: str
    former_index: bytes | None
    recovery: str | None


def codes_sent(app: Flask, phone: str) -> list[str]:
    """The codes on their way to a phone, oldest first."""
    with app.app_context(), transaction(writes=False):
        payloads = [row.payload for row in session().scalars(select(OutboxRow).order_by(OutboxRow.due_at))]
        return [payload["code"] for payload in payloads if payload.get("phone") == phone]


def authenticator_code(app: Flask, account: Account) -> str:
    """What the person's authenticator shows now."""
    with app.app_context(), transaction(writes=False):
        secret = session().get_one(Account, account.id).second_factor["secret"]
        return str(pyotp.TOTP(secret).at(clock.now()))


def wrong(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def phone_of(app: Flask, account: Account) -> str:
    """The phone number of an account."""
    with app.app_context(), transaction(writes=False):
        return str(session().get_one(Account, account.id).phone)


def make_known(app: Flask, client: Client, account: Account) -> None:
    """Make this browser known to the person, as a confirmed sign-in does."""
    with app.app_context(), transaction():
        token = devices.remember(session().merge(account, load=True))
    client.http.set_cookie(DEVICE_COOKIE, token)


def confirm(app: Flask, client: Client, phone: str, *, beginning: str = "/forgotten") -> None:
    """Ask for a code on this page, and give the one that came to the phone."""
    client.get(beginning)
    client.submit(phone=phone)
    client.submit(code=codes_sent(app, phone)[-1])


def digits_shown(client: Client) -> str:
    """The code that the present page shows to be kept."""
    return "".join(re.findall(r"<span>(\d{4})</span>", client.page.text))


def enrolled(app: Flask, account: Account) -> str:
    """Give a member of staff an authenticator; returns her phone."""
    with app.app_context(), transaction():
        account = session().get_one(Account, account.id)
        account.second_factor = {"secret": pyotp.random_base32(), "enrolled": True}
        return str(account.phone)


def stored(app: Flask, account: Account) -> Stored:
    """The account as it is stored now."""
    with app.app_context(), transaction(writes=False):
        found = session().get_one(Account, account.id)
        return Stored(found.status, found.phone, found.former_index, found.recovery)
