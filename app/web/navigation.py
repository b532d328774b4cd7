"""The menus: each domain registers its pages, and a menu shows those that exist and that the role may enter.

``register(Role.WORKER, _l("Lectures"), "courses_worker.list_lectures", "calendar", 30)`` in the domain's ``init_app``;
registering the same endpoint again replaces it. A worker's phone has room for four: home 10, questionnaires 20,
lectures 30, mine 90.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app, request, url_for
from werkzeug.routing import BuildError

if TYPE_CHECKING:
    from app.core.permissions import Role


@dataclass(frozen=True)
class Entry:
    """One line of a menu as a domain registered it."""

    label: object
    endpoint: str
    icon: str
    order: int


@dataclass(frozen=True)
class Link:
    """One line of a menu as the page shows it."""

    label: object
    url: str
    icon: str
    active: bool


_entries: dict[tuple[Role, str], Entry] = {}


def register(role: Role, label: object, endpoint: str, icon: str, order: int = 50) -> None:
    """Put a page into the menu of ``role``; ``icon`` is a name from ``components/icons.html``."""
    _entries[role, endpoint] = Entry(label, endpoint, icon, order)


def links(role: Role | None) -> list[Link]:
    """The menu of ``role``, in order; the page being shown (or another page of its blueprint) is active."""
    known = current_app.view_functions
    mine = [entry for (owner, _), entry in _entries.items() if owner == role and entry.endpoint in known]
    here = _nearest(mine)
    return [
        Link(entry.label, url_for(entry.endpoint), entry.icon, entry is here)
        for entry in sorted(mine, key=lambda entry: entry.order)
    ]


def door(endpoint: str, **values: object) -> str | None:
    """The address of a page of a higher room, or None while no such page exists."""
    try:
        return url_for(endpoint, **values)  # type: ignore[arg-type]
    except BuildError:
        return None


def _nearest(entries: list[Entry]) -> Entry | None:
    exact = [entry for entry in entries if entry.endpoint == request.endpoint]
    nearby = [entry for entry in entries if entry.endpoint.split(".")[0] == request.blueprint]
    return next(iter(exact or nearby), None)
