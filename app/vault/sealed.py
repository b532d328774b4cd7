"""Sealed columns: plain values on the row, sealed bytes in the database, bound to table, column, row and owner.

The column's attribute holds either what the database holds or a ``Pending`` value that waits for the flush, and nothing
else remembers a plaintext: so a rollback cannot leave the row saying what was never stored. The column type takes
sealed bytes only, so bulk and Core statements that bypass the flush fail instead of storing plain text.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast
from uuid import UUID

from sqlalchemy import LargeBinary, event
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Mapper, mapped_column
from sqlalchemy.types import TypeDecorator

from app.vault import owner_keys
from app.vault.answers import note_damage
from app.vault.binding import part_of
from app.vault.errors import Code, VaultError
from app.vault.sealing import generation_of, looks_sealed, pad, seal, suite_of, unpad, unseal
from app.vault.state import vault
from app.vault.suites import tlv
from app.vault.terms import Terms
from app.vault.wrapping import system_owner

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Column
    from sqlalchemy.engine import Dialect

Sealed = Mapped
"""``name: Sealed[str] = sealed(...)`` tells the type checker what a sealed column holds."""


class SealedBytes(TypeDecorator[bytes]):
    """A column that refuses anything but a well-formed sealed value (``VaultError`` K001)."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, terms: Terms) -> None:
        super().__init__()
        self.terms = terms

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002 -- SQLAlchemy's signature
        """Let sealed bytes pass, and nothing else."""
        if value is None or looks_sealed(value, self.terms.block):
            return cast("bytes | None", value)
        raise VaultError(Code.K001, "plain text for a sealed column")

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002 -- as above
        """The sealed bytes as they are; opening them needs the row."""
        return None if value is None else bytes(value)


def sealed(  # noqa: PLR0913 -- each says one thing about the column, by name
    type_tag: str,
    *,
    owner: str | None = None,
    system: str | None = None,
    block: int,
    bind: tuple[str, ...] = (),
    required: bool = False,
    since: str | None = None,
) -> Any:
    """A sealed column of the attribute's name; the docstring of ``app.vault`` says what each word means."""
    if (owner is None) == (system is None):
        raise TypeError("a sealed column has an owner or a system purpose, and not both")
    return Declaration(Terms(type_tag, owner, system, block, bind, since=since), required=required)


class Declaration:
    """What stands in the class body: it becomes a column, whatever type the annotation tells the type checker."""

    def __init__(self, terms: Terms, *, required: bool) -> None:
        self._terms = terms
        self._required = required

    def or_else(self, words: object) -> Any:
        """Let a damaged value read as these words: for what a list shows of many rows, and must not fail for one."""
        return Declaration(replace(self._terms, unreadable=words), required=self._required)

    def __set_name__(self, owner: type, name: str) -> None:
        """Put the column in its own place, before the class is mapped."""
        vars(owner).get("__annotations__", {}).pop(name, None)
        setattr(owner, name, mapped_column(SealedBytes(self._terms), nullable=not self._required))


class Pending:
    """A value that waits to be sealed; as padded canonical JSON, so that nobody can change it from outside."""

    __slots__ = ("plain",)

    def __init__(self, plain: bytes) -> None:
        self.plain = plain

    def __repr__(self) -> str:
        return "<pending>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a pending value stays in this process")


class Place:
    """Where a sealed column of one mapped class is, and how values are sealed into it and opened."""

    __slots__ = ("_may_be_null", "_prefix", "line", "terms")

    def __init__(self, terms: Terms, column: Column[Any]) -> None:
        self.terms = terms
        self.line: Final = f"{column.table.name}.{column.name}"
        self._may_be_null = [bool(column.table.c[name].nullable) for name in terms.bind]
        count = 5 + len(terms.bind)
        place = terms.since.split(".") if terms.since else (column.table.name, column.name)
        self._prefix = bytes((count,)) + tlv("xingfu", *place)[1:] + b"\0\x10"

    def seal(self, plain: bytes, row: UUID, owner: UUID | None, bound: Sequence[object]) -> bytes:
        """Seal a padded value under the owner's present key."""
        suite = vault().suite
        context = self._context(row, self._owner(owner, suite), bound)
        generation, key = self._key(owner, None)
        return seal(key, context, plain, suite=suite, generation=generation)

    def open(self, blob: bytes, row: UUID, owner: UUID | None, bound: Sequence[object]) -> Any:
        """The value. Raises ``VaultError`` K001 … K006, naming table and column."""
        try:
            if not looks_sealed(blob, self.terms.block):
                raise VaultError(Code.K001)
            context = self._context(row, self._owner(owner, suite_of(blob)), bound)
            _generation, key = self._key(owner, generation_of(blob))
            return unpad(self.terms.type_tag, unseal(key, context, blob))
        except VaultError as error:
            raise VaultError(Code[error.code], self.line) from None

    def open_or_say(self, blob: bytes, row: UUID, owner: UUID | None, bound: Sequence[object]) -> Any:
        """The value; of a column that says ``unreadable``, that where the value is damaged."""
        try:
            return self.open(blob, row, owner, bound)
        except VaultError as error:
            if self.terms.unreadable is None:
                raise
            note_damage(error)
            return self.terms.unreadable if isinstance(self.terms.unreadable, str) else str(self.terms.unreadable)

    def _key(self, owner: UUID | None, generation: int | None) -> tuple[int, bytes]:
        if self.terms.system:
            return vault().keyring.system_key(self.terms.system, generation)
        found = owner_keys.key_of(cast("UUID", owner), generation)
        return found.generation, found.key

    def _owner(self, owner: UUID | None, suite: int) -> bytes:
        if self.terms.system:
            return system_owner(self.terms.system, suite)
        return owner.bytes if type(owner) is UUID else b""

    def _context(self, row: UUID, owner: bytes, bound: Sequence[object]) -> bytes:
        if type(row) is not UUID or not owner:
            raise VaultError(Code.K002, f"{self.line}: the row has no id or no owner")
        context = self._prefix + row.bytes + b"\0\x10" + owner
        for value, may_be_null in zip(bound, self._may_be_null, strict=True):
            part = part_of(value, may_be_null=may_be_null)
            if not part:
                raise VaultError(Code.K002, f"{self.line}: a bound column is empty or of no known type")
            context += len(part).to_bytes(2, "big") + part
        return context


class SealedAttribute(InstrumentedAttribute[Any]):
    """The attribute of a sealed column: opens on reading, keeps a pending value on writing."""

    __slots__ = ()
    inherit_cache = True
    place: Place

    def __get__(self, instance: object | None, owner: Any) -> Any:
        """The value, opened at this moment; the attribute itself on the class."""
        if instance is None:
            return self
        stored: Any = super().__get__(instance, owner)
        if stored is None:
            return None
        if type(stored) is Pending:
            return unpad(self.place.terms.type_tag, stored.plain)
        return self.place.open_or_say(stored, *_ties_of(instance, self.place.terms))

    def __set__(self, instance: object, value: Any) -> None:
        """Keep the value to be sealed at the flush; None stores NULL."""
        terms = self.place.terms
        super().__set__(instance, None if value is None else Pending(pad(terms.type_tag, value, terms.block)))


def seal_for(
    attribute: Any, *, row: UUID, owner: UUID | None = None, value: Any, bound: Mapping[str, object] | None = None
) -> bytes:
    """Seal a value for a Core statement: ``seal_for(Sitting.draft, row=…, owner=…, value=…)``."""
    place: Place = attribute.place
    terms = place.terms
    return place.seal(pad(terms.type_tag, value, terms.block), row, owner, _bound(terms, bound))


def open_for(
    attribute: Any, blob: bytes, *, row: UUID, owner: UUID | None = None, bound: Mapping[str, object] | None = None
) -> Any:
    """Open what a Core statement read: ``open_for(Sitting.draft, found.draft, row=found.id, owner=…)``."""
    place: Place = attribute.place
    return place.open(blob, row, owner, _bound(place.terms, bound))


def _bound(terms: Terms, bound: Mapping[str, object] | None) -> Sequence[object]:
    if not bound and not terms.bind:
        return ()
    given = bound or {}
    if given.keys() != set(terms.bind):
        raise TypeError(f"bound columns are {terms.bind}")
    return [given[name] for name in terms.bind]


def _ties_of(instance: Any, terms: Terms) -> tuple[UUID, UUID | None, Sequence[object]]:
    owner = getattr(instance, terms.owner) if terms.owner else None
    return instance.id, owner, [getattr(instance, name) for name in terms.bind] if terms.bind else ()


@event.listens_for(Mapper, "after_mapper_constructed")
def _equip(mapper: Mapper[Any], class_: type[Any]) -> None:
    """Give a mapped class its sealed attributes, its ids at birth and the sealing inside the flush."""
    places = {}
    for key, column in mapper.columns.items():
        if isinstance(column.type, SealedBytes):
            places[key] = Place(column.type.terms, column)
            attribute = mapper.class_manager[key]
            attribute.__class__ = type("SealedAttribute", (SealedAttribute,), {"__slots__": (), "place": places[key]})
    births = {"id"}.union(*(place.terms.bind for place in places.values()))
    defaults = {key: mapper.columns[key].default for key in births if key in mapper.columns}
    if any(defaults.values()):
        event.listen(class_, "init", _giver_of({key: value for key, value in defaults.items() if value}))
    places = {key: place for key, place in places.items() if not place.terms.is_of_row}
    if places:
        event.listen(mapper, "before_insert", _sealer_of(places, _check_moved_copy))
        event.listen(mapper, "before_update", _sealer_of(places, _refuse_moved))


def _giver_of(defaults: dict[str, Any]) -> Any:
    """An ``init`` listener that applies column defaults at birth, because sealing needs id and bound columns."""

    def give(target: Any, _args: Any, _kwargs: Any) -> None:
        for key, default in defaults.items():
            if default.is_callable:
                setattr(target, key, default.arg(None))
            elif default.is_scalar:
                setattr(target, key, default.arg)

    return give


def _sealer_of(places: dict[str, Place], check: Any) -> Any:
    """A flush listener that seals what is pending and checks that the rest still is where it was sealed."""

    def seal_pending(_mapper: Any, _connection: Any, target: Any) -> None:
        values = target.__dict__
        for key, place in places.items():
            stored = values.get(key)
            if type(stored) is Pending:
                values[key] = place.seal(stored.plain, *_ties_of(target, place.terms))
            else:
                check(target, key, place, stored)

    return seal_pending


def _check_moved_copy(target: Any, _key: str, place: Place, stored: Any) -> None:
    """A new row with bytes already sealed was rolled back or copied: they must belong exactly here."""
    if stored is not None:
        place.open(stored, *_ties_of(target, place.terms))


def _refuse_moved(target: Any, key: str, place: Place, stored: Any) -> None:
    """Refuse to move a sealed value: it could never be opened at its new place."""
    before = target._sa_instance_state.committed_state
    if not before or (stored is None and key in target.__dict__):
        return
    values = target.__dict__
    if any(tie in before and before[tie] != values.get(tie) for tie in place.terms.ties):
        raise VaultError(Code.K002, f"{place.line}: id, owner or a bound column changed, so assign the value again")
