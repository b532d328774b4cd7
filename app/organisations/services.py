"""The union tree: reading it, growing it, finding a unit by its invitation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, func, or_, select

from app import audit
from app.core.database import memory, session
from app.core.errors import NotFound, Unavailable
from app.core.ids import ordered_id
from app.organisations.models import Unit, UnitKind, new_join_code
from app.vault import rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Row

MOST_HELD = 20_000
_held: set[tuple[Any, ...]] = set()
_POSTER = select(Unit).where(Unit.join_code == bindparam("code"))


class UnitForgedError(Unavailable):
    """The row of a unit was changed past the program, so nobody knows where it stands."""

    def __init__(self) -> None:
        super().__init__(
            _l("The record of this union unit was changed past the program. Please tell whoever runs this system.")
        )


class Children(NamedTuple):
    """The units right below another, and how many rows there were changed past the program and are not shown."""

    units: Sequence[Unit]
    forged: int


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
    """The district at the top of the tree, made now where there is none yet. Raises ``UnitForgedError``."""
    top = or_(Unit.kind == UnitKind.DISTRICT, Unit.parent_id.is_(None))
    district = session().scalar(select(Unit).where(top).order_by(Unit.id).limit(1))
    if district is not None and not district.is_placed:
        raise UnitForgedError
    return district or add_unit(name, kind=UnitKind.DISTRICT, parent=None)


def children_of(unit: Unit) -> Children:
    """The units right below a unit, in the order of their making, and how many of them were changed."""
    found = session().scalars(select(Unit).where(Unit.parent_id == unit.id).order_by(Unit.id)).all()
    units = [child for child in found if child.parent_id == unit.id]
    return Children(units, len(found) - len(units))


def ancestors_of(unit: Unit, *, branch: UUID | None) -> Sequence[Unit]:
    """The units above a unit, from the top of the branch down."""
    ids = unit.steps
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


def require_placed(unit_id: UUID) -> None:
    """Raise ``UnitForgedError`` where this unit's row was changed past the program."""
    unit = session().get(Unit, unit_id)
    if unit is not None and not unit.is_placed:
        raise UnitForgedError


def unit_by_join_code(code: str) -> Unit:
    """The unit whose poster carries this code. Raises ``NotFound``."""
    unit = session().scalar(_POSTER, {"code": code})
    if unit is None or unit.join_code != code:
        raise NotFound
    return unit


def renew_join_code(unit: Unit) -> None:
    """Make the posters with the old link invalid."""
    unit.join_code = new_join_code()
    audit.record("unit.link_renewed", unit.id)


def branch_of(unit_id: UUID) -> Sequence[Unit]:
    """All units of a branch, parents before children."""
    top = session().get_one(Unit, unit_id)
    found = session().scalars(select(Unit).where(Unit.path.startswith(top.path)).order_by(Unit.path))
    return [unit for unit in found if unit.is_within(top)]


def branch_ids(unit_id: UUID | None) -> frozenset[UUID]:
    """The ids of a branch, without loading its units; remembered until the present transaction ends."""
    remembered = memory()
    branches: dict[UUID | None, frozenset[UUID]] = {} if remembered is None else remembered.setdefault("branches", {})
    if unit_id not in branches:
        branches[unit_id] = _branch_ids(unit_id)
    return branches[unit_id]


def _branch_ids(unit_id: UUID | None) -> frozenset[UUID]:
    top = select(Unit.path).where(Unit.id == unit_id).scalar_subquery()
    found = session().execute(select(*rows.columns_of(Unit)).where(Unit.path.startswith(top)))
    sound = frozenset(row.id for row in found if _is_sound(row))
    return sound if unit_id in sound else frozenset()


def _is_sound(row: Row[Any]) -> bool:
    """Whether a row holds; what held once holds as long as not a bit of it changes, so it is judged once a process."""
    said = tuple(row)
    if said not in _held:
        if not rows.holds(Unit, row):
            return False
        if len(_held) >= MOST_HELD:
            _held.clear()
        _held.add(said)
    return True


def ancestor_ids(unit_id: UUID | None) -> list[UUID]:
    """A unit and all above it, nearest last: what an audience that names units is compared with."""
    unit = session().get(Unit, unit_id) if unit_id else None
    return unit.steps if unit else []


def townships() -> Sequence[Unit]:
    """The township-level units of the district, in the order of their ids."""
    return _of_kind(UnitKind.TOWNSHIP)


def open_units() -> Sequence[Unit]:
    """What a person without an invitation may choose from: the townships, or the district while it has none."""
    return townships() or _of_kind(UnitKind.DISTRICT)


def _of_kind(kind: UnitKind) -> Sequence[Unit]:
    found = session().scalars(select(Unit).where(Unit.kind == kind).order_by(Unit.id))
    return [unit for unit in found if unit.kind is kind]
