"""The sizes of units that may be shown: none so small, alone or by subtraction, that it points at persons."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING
from uuid import UUID

from app.organisations.models import Unit, UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Policy: groups under 10 (an enterprise) or 5 (a township and above) are hidden.
SMALLEST = {UnitKind.DISTRICT: 5, UnitKind.TOWNSHIP: 5, UnitKind.ENTERPRISE: 10, UnitKind.JOINT: 10}


def shown_sizes(units: Iterable[Unit], direct: Mapping[str, int]) -> dict[UUID, int | None]:
    """The number of persons in each unit and below it, None where it is hidden.

    ``direct`` counts those who belong to a unit itself, by the unit's path. Where the hidden children of a unit would
    follow from the shown ones, the next smallest is hidden with them.
    """
    sizes: Counter[UUID] = Counter()
    for path, number in direct.items():
        sizes.update({UUID(step): number for step in path.strip("/").split("/")})
    families: defaultdict[UUID | None, list[Unit]] = defaultdict(list)
    for unit in units:
        families[unit.parent_id].append(unit)
    shown: dict[UUID, int | None] = {}
    for children in families.values():
        hidden = _hidden(children, sizes)
        shown |= {child.id: None if child.id in hidden else sizes[child.id] for child in children}
    return shown


def _hidden(children: list[Unit], sizes: Counter[UUID]) -> set[UUID]:
    ordered = sorted(children, key=lambda child: sizes[child.id])
    small = [child for child in ordered if sizes[child.id] < SMALLEST[child.kind]]
    others = [child for child in ordered if child not in small]
    while others and _tells(small, sizes):
        small.append(others.pop(0))
    return {child.id for child in small}


def _tells(hidden: list[Unit], sizes: Counter[UUID]) -> bool:
    """Whether what is left when the shown numbers are taken from the total says something about few persons."""
    rest = sum(sizes[child.id] for child in hidden)
    return rest > 0 and (len(hidden) == 1 or rest < max(SMALLEST[child.kind] for child in hidden))
