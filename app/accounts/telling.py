"""Whom the notices about accounts go to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.accounts.services import message_limits, staff
from app.core.permissions import Role
from app.notices import kinds


def init_app() -> None:
    """Register the kinds of this room."""
    kinds.register("staff.requested", _requested)
    kinds.register(message_limits.RUNNING_OUT, _running_out)


def _requested(payload: dict[str, Any]) -> list[kinds.Delivery]:
    """A request goes to the supervisors whose branch holds the unit."""
    deciding = staff.staff_over(UUID(payload["unit"]), Role.SUPERVISOR)
    return [kinds.Delivery(kinds.Channel.IN_APP, person.id, "staff.requested") for person in deciding]


def _running_out(payload: dict[str, Any]) -> list[kinds.Delivery]:
    """Every admin is told that the day's codes run out, in the program and by phone."""
    values = {"cap": payload["cap"]}
    return [
        kinds.Delivery(channel, to, message_limits.RUNNING_OUT, values)
        for person in staff.active_admins()
        for channel, to in ((kinds.Channel.IN_APP, person.id), (kinds.Channel.PHONE, person.phone))
        if to
    ]
