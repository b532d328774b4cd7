"""The union tree: reading it, growing it, finding a unit by its invitation."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import bindparam, func, select

from app import audit
from app.core.database import session
from app.core.errors import NotFound
from app.core.ids import ordered_id
from app.organisations.models import Unit, UnitKind, new_join_code

if TYPE_CHECKING:
    from collections.abc import Sequence

_POSTER = select(Unit).where(Unit.join_code == bindparam("code"))


def add_unit(name: str, *, kind: UnitKind, parent: Unit | None, name_en: str = "") -> Unit:
    """Add a node below ``parent`` (none for the district itself)."""
    unit_id = ordered_id()
    path = f"{parent.path if parent else '/'}{unit_id.hex}/"
    unit = Unit(id=unit_id, parent_id=parent.id if parent else None, path=path, kind=kind, name=name, name_en=name_en)
    unit.join_code = new_join_code()
    session().add(unit)
    audit.record("unit.created", unit_id)
    return unit


def ensure_district(name: str) -> Unit:
    """The district at the top of the tree, made now where there is none yet."""
    district = session().scalar(select(Unit).where(Unit.kind == UnitKind.DISTRICT).order_by(Unit.id).limit(1))
    return district or add_unit(name, kind=UnitKind.DISTRICT, parent=None)


def children_of(unit: Unit) -> Sequence[Unit]:
    """The units right below a unit, in the order of their making."""
    return session().scalars(select(Unit).where(Unit.parent_id == unit.id).order_by(Unit.id)).all()


def ancestors_of(unit: Unit, *, branch: UUID | None) -> Sequence[Unit]:
    """The units above a unit, from the top of the branch down."""
    ids = [UUID(step) for step in unit.path.strip("/").split("/")]
    within = ids[ids.index(branch) : -1] if branch and branch in ids else []
    return session().scalars(select(Unit).where(Unit.id.in_(within)).order_by(func.length(Unit.path))).all()


def rename(unit: Unit, name: str, *, name_en: str) -> None:
    """Give a unit another name."""
    unit.name, unit.name_en = name, name_en
    audit.record("unit.changed", unit.id)


def fetch_unit(unit_id: UUID, *, branch: UUID | None) -> Unit:
    """A unit inside the branch below ``branch``. Raises ``NotFound``, also for a foreign unit."""
    unit = session().get(Unit, unit_id)
    top = session().get(Unit, branch) if branch else None
    if unit is None or top is None or not unit.is_within(top):
        raise NotFound
    return unit


def unit_by_join_code(code: str) -> Unit:
    """The unit whose poster carries this code. Raises ``NotFound``."""
    unit = session().scalar(_POSTER, {"code": code})
    if unit is None:
        raise NotFound
    return unit


def renew_join_code(unit: Unit) -> None:
    """Make the posters with the old link invalid."""
    unit.join_code = new_join_code()
    audit.record("unit.link_renewed", unit.id)


def branch_of(unit_id: UUID) -> Sequence[Unit]:
    """All units of a branch, parents before children."""
    top = session().get_one(Unit, unit_id)
    return session().scalars(select(Unit).where(Unit.path.startswith(top.path)).order_by(Unit.path)).all()


def ancestor_ids(unit_id: UUID | None) -> list[UUID]:
    """A unit and all above it, nearest last: what an audience that names units is compared with."""
    unit = session().get(Unit, unit_id) if unit_id else None
    return [UUID(part) for part in unit.path.strip("/").split("/")] if unit else []


def townships() -> Sequence[Unit]:
    """The township-level units of the district, in the order of their ids."""
    return session().scalars(select(Unit).where(Unit.kind == UnitKind.TOWNSHIP).order_by(Unit.id)).all()


def open_units() -> Sequence[Unit]:
    """What a person without an invitation may choose from: the townships, or the district while it has none."""
    found = townships()
    return found or session().scalars(select(Unit).where(Unit.kind == UnitKind.DISTRICT)).all()
