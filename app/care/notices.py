"""Whom the notices about persons in care go to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.accounts.models import Account
from app.accounts.services import links, numbers
from app.care.services import records
from app.core.database import session
from app.core.errors import NotFound
from app.notices import kinds

NUMBER_CHANGED = "case.number_changed"


def init_app() -> None:
    """Register the kinds of this room that start in another one."""
    kinds.register(numbers.FROZEN, _number_changed)


def _number_changed(payload: dict[str, Any]) -> list[kinds.Delivery]:
    """Who has the person in care hears that her number belongs to somebody else; not a word about what or who."""
    account = session().get(Account, UUID(payload["account"]))
    if account is None:
        raise NotFound
    case = records.open_case_of(links.subject_of(account))
    return [kinds.Delivery(kinds.Channel.IN_APP, case.assignee, NUMBER_CHANGED)] if case else []
