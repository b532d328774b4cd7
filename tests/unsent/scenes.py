"""What happens to a page while somebody writes in it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.accounts.current import SESSION_COOKIE
from app.core import clock
from app.core.database import session, transaction
from app.unsent.models import UnsentText

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from flask import Flask

    from app.accounts.models import Account
    from tests.client import Client

TEXT = "她说昨晚睡了五个小时，想换到白班。"
IDLE = timedelta(minutes=20)


def later(moment: timedelta = IDLE) -> AbstractContextManager[object]:
    """Some time after now."""
    return clock.at(clock.now() + moment)


def idle(client: Client) -> None:
    """Her session is over, and this browser still has its cookie: nothing to do but to wait."""


def signed_out(client: Client) -> None:
    """She signed out in another window of this browser."""
    client.http.post("/sign-out", data={"csrf_token": client.csrf})


def forgot_cookies(client: Client) -> None:
    """The browser was closed, and the page came back without cookies."""
    for name in (SESSION_COOKIE, "page"):
        client.http.delete_cookie(name)


def token_old(client: Client) -> None:
    """The token against forged requests is none of this browser's any more."""
    client.http.delete_cookie("page")


ENDINGS: dict[str, Callable[[Client], None]] = {
    "session over": idle,
    "signed out": signed_out,
    "cookies lost": forgot_cookies,
    "token old": token_old,
}


def come_back(client: Client, account: Account) -> None:
    """Sign in again in the same browser, without the sign-in page."""
    client.signed_in_as(account)


def kept_texts(app: Flask) -> int:
    """How many texts are kept."""
    with app.app_context(), transaction(writes=False):
        return session().scalar(select(func.count()).select_from(UnsentText)) or 0
