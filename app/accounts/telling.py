"""Whom the notices about accounts go to."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from app.accounts.models import Account
from app.accounts.services import closing, desk, message_limits, numbers, recovery, recovery_codes, staff
from app.core.database import session
from app.core.permissions import Role
from app.notices import kinds


def init_app() -> None:
    """Register the kinds of this room."""
    kinds.register("staff.requested", partial(_deciding, "staff.requested"))
    kinds.register(closing.WAITS, partial(_deciding, closing.WAITS))
    kinds.register(closing.ASKED, partial(_about_the_account, closing.ASKED))
    kinds.register(closing.CLOSED, _closed)
    kinds.register(message_limits.RUNNING_OUT, _running_out)
    kinds.register(numbers.MOVED, _number_moved)
    kinds.register(numbers.FROZEN, lambda _payload: [])  # whoever has the person in care says more
    for kind in (desk.STARTED, recovery.RECOVERED, recovery_codes.MADE):
        kinds.register(kind, partial(_about_the_account, kind))


def _deciding(kind: str, payload: dict[str, Any]) -> list[kinds.Delivery]:
    """A request goes to the supervisors whose branch holds the unit."""
    deciding = staff.staff_over(UUID(payload["unit"]), Role.SUPERVISOR)
    return [kinds.Delivery(kinds.Channel.IN_APP, person.id, kind) for person in deciding]


def _closed(payload: dict[str, Any]) -> list[kinds.Delivery]:
    """Whoever cannot sign in any more hears of it on her phone."""
    return [kinds.Delivery(kinds.Channel.PHONE, payload["phone"], closing.CLOSED)] if payload["phone"] else []


def _running_out(payload: dict[str, Any]) -> list[kinds.Delivery]:
    """Every admin is told that the day's codes run out, in the program and by phone."""
    values = {"cap": payload["cap"]}
    return [
        kinds.Delivery(channel, to, message_limits.RUNNING_OUT, values)
        for person in staff.active_admins()
        for channel, to in ((kinds.Channel.IN_APP, person.id), (kinds.Channel.PHONE, person.phone))
        if to
    ]


def _number_moved(payload: dict[str, Any]) -> list[kinds.Delivery]:
    """The old number hears that it is no longer hers, and so does she in the program."""
    return [
        kinds.Delivery(kinds.Channel.PHONE, payload["phone"], numbers.MOVED),
        kinds.Delivery(kinds.Channel.IN_APP, UUID(payload["account"]), numbers.MOVED),
    ]


def _about_the_account(kind: str, payload: dict[str, Any]) -> list[kinds.Delivery]:
    """A person hears of every way that is opened into her account, in the program and on her number if she has one."""
    account = session().get(Account, UUID(payload["account"]))
    if account is None:
        return []
    told = [kinds.Delivery(kinds.Channel.IN_APP, account.id, kind)]
    if account.phone:
        told.append(kinds.Delivery(kinds.Channel.PHONE, account.phone, kind))
    return told
