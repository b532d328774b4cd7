"""Rows whose plain columns open a door: bound to a seal that nobody without the keys can make.

A writer to the database cannot sign in, but could make a worker a supervisor with one UPDATE. So such a table has a
sealed column of its own, bound to the columns named here; it is made inside the flush and judged whenever a row is
loaded. A row that does not match becomes one that ``gives_nothing``, in memory only: nobody has to remember to ask.

Bulk and Core statements that change a bound column leave the old seal behind, so their rows give nothing either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import event
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.attributes import set_committed_value

from app.core.database import memory
from app.vault.answers import note_damage
from app.vault.errors import Code, VaultError
from app.vault.references import reference
from app.vault.sealed import Declaration, Place, SealedBytes
from app.vault.sealing import pad
from app.vault.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from uuid import UUID

    from sqlalchemy import Column
    from sqlalchemy.orm import ColumnProperty

TAG, SYSTEM, BLOCK = "row", "rows", 32
PLAIN = pad(TAG, 1, BLOCK)

_places: dict[str, Place] = {}
_models: dict[str, Any] = {}
_witnesses: list[Callable[[str, UUID, str], None]] = []


def row_seal(*bind: str, **gives_nothing: object) -> Any:
    """The seal of a row: which columns it binds, and what they say, in memory, where the row does not match."""
    return Declaration(Terms(TAG, None, SYSTEM, BLOCK, bind, nothing=tuple(gives_nothing.items())), required=False)


def on_refusal(witness: Callable[[str, UUID, str], None]) -> None:
    """Have ``witness`` told table and id of each row that gives nothing, and a mark of what it says instead."""
    if witness not in _witnesses:
        _witnesses.append(witness)


def refuse(error: VaultError, table: str, row: UUID, said: Iterable[object]) -> None:
    """Write down a row that gives nothing, and what it ``said`` instead; what is no damage is raised again."""
    note_damage(error)
    remembered = memory()
    seen: set[UUID] = set() if remembered is None else remembered.setdefault("refused rows", set())
    if row not in seen:
        seen.add(row)
        mark = reference("rows", *map(repr, said)).hex()
        for witness in _witnesses:
            witness(table, row, mark)


def sealed_tables() -> dict[str, Place]:
    """Where the seals of rows are, by table."""
    return dict(_places)


def sealed_models() -> list[Any]:
    """The models whose rows have a seal, by the names of their tables."""
    return [_models[table] for table in sorted(_models)]


def columns_of(model: Any) -> list[Column[Any]]:
    """The columns that a Core statement must read so that ``holds`` can judge its rows."""
    table = model.__table__
    place = _places[table.name]
    return [table.c[name] for name in ("id", *place.terms.bind, _name(place))]


def holds(model: Any, row: Any) -> bool:
    """Whether a row, read by a Core statement or as an object, is as it was sealed; one that is not is written down."""
    return _is_sound(_places[model.__table__.name], row._asdict() if hasattr(row, "_asdict") else row.__dict__)


def would_hold(model: Any, row: Any, **columns: object) -> bool:
    """Whether the seal that an object has in the database fits it with other ``columns``: what it said once."""
    place = _places[model.__table__.name]
    values = {**row.__dict__, **columns}
    try:
        _open(place, values, values[_name(place)])
    except VaultError:
        return False
    return True


def seal_of(table: str, row: Any) -> bytes:
    """A new seal for a row given as a mapping, by the names of its columns."""
    place = _places[table]
    return place.seal(PLAIN, row["id"], None, [row[name] for name in place.terms.bind])


def with_seal(model: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values for a Core statement, which must name the id and every bound column, with the seal that fits them."""
    table = model.__tablename__
    return {**values, _name(_places[table]): seal_of(table, values)}


def _name(place: Place) -> str:
    return place.line.rpartition(".")[2]


def _is_sound(place: Place, values: Any) -> bool:
    table, name = place.line.split(".")
    try:
        _open(place, values, values[name])
    except VaultError as error:
        refuse(error, table, values["id"], [values.get(column) for column in (*place.terms.bind, name)])
        return False
    return True


def _open(place: Place, values: Any, blob: bytes | None) -> None:
    if blob is None or any(name not in values for name in place.terms.bind):
        raise VaultError(Code.K001, place.line)
    place.open(blob, values["id"], None, [values[name] for name in place.terms.bind])


@event.listens_for(Mapper, "after_mapper_constructed")
def _equip(mapper: Mapper[Any], class_: type[Any]) -> None:
    for key, column in mapper.columns.items():
        if isinstance(column.type, SealedBytes) and column.type.terms.is_of_row:
            place = Place(column.type.terms, column)
            _places[column.table.name], _models[column.table.name] = place, class_
            # The seal is the row's version: of two changes at once the second is refused, not sealed with old columns.
            mapper.version_id_col, mapper.version_id_generator = column, False
            for name in place.terms.bind:  # the old value is needed to judge the old seal
                cast("ColumnProperty[Any]", mapper.get_property(name)).active_history = True
            event.listen(mapper, "before_insert", _sealer(key, place))
            event.listen(mapper, "before_update", _resealer(key, place))
            event.listen(class_, "load", _judge(place))
            event.listen(class_, "refresh", _judge(place))


def _judge(place: Place) -> Any:
    def judge(target: Any, *_context: Any) -> None:
        if not _is_sound(place, target.__dict__):
            for name, value in place.terms.nothing or ():
                set_committed_value(target, name, value)

    return judge


def _sealer(key: str, place: Place) -> Any:
    def seal_row(_mapper: Any, _connection: Any, target: Any) -> None:
        for name in place.terms.bind:
            if name not in target.__dict__:
                setattr(target, name, None)
        setattr(target, key, 1)
        target.__dict__[key] = place.seal(PLAIN, target.id, None, [getattr(target, name) for name in place.terms.bind])

    return seal_row


def _resealer(key: str, place: Place) -> Any:
    """Seal a changed row anew, but only one that was sound: a forged column must not be sealed with an honest one."""
    seal_row = _sealer(key, place)

    def seal_again(mapper: Any, connection: Any, target: Any) -> None:
        values, before = target.__dict__, target._sa_instance_state.committed_state
        changed = {name for name in ("id", *place.terms.bind) if name in before and before[name] != values.get(name)}
        if "id" in changed:
            raise VaultError(Code.K002, f"{place.line}: a row keeps its id")
        if changed:
            old = before.get(key)
            _open(place, {**values, **before}, old if type(old) is bytes else values.get(key))
            seal_row(mapper, connection, target)

    return seal_again
