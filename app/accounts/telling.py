"""Whom the notices about accounts go to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.accounts.services import staff
from app.core.permissions import Role
from app.notices import kinds


def init_app() -> None:
    """Register the kinds of this room."""
    kinds.register("staff.requested", _requested)


def _requested(payload: dict[str, Any]) -> list[kinds.Delivery]:
    """A request goes to the supervisors whose branch holds the unit."""
    deciding = staff.staff_over(UUID(payload["unit"]), Role.SUPERVISOR)
    return [kinds.Delivery(kinds.Channel.IN_APP, person.id, "staff.requested") for person in deciding]
