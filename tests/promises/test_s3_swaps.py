"""S3: in the product's own tables a sealed value opens in its place alone: swaps and flipped bits are refused."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from app.core.database import Base, db, in_transaction, session, transaction
from app.unsent import services as unsent
from app.unsent.origin import Origin
from app.vault import SealedBytes, VaultError, open_for, owner_keys
from app.vault.owner_keys import owner_key
from tests.promises.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

pytestmark = pytest.mark.promise


@dataclass(frozen=True)
class Sealed:
    """One stored value: its attribute, the bytes, and everything it is bound to."""

    attribute: Any
    blob: bytes
    row: UUID
    owner: UUID | None
    bound: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.attribute)

    def opens(self, **changed: Any) -> bool:
        """Whether it opens where it stands, or in another place."""
        place = {"blob": self.blob, "row": self.row, "owner": self.owner, "bound": self.bound, "at": self.attribute}
        place |= changed
        try:
            with nullcontext() if in_transaction() else transaction(writes=False):
                open_for(place["at"], place["blob"], row=place["row"], owner=place["owner"], bound=place["bound"])
        except VaultError:
            return False
        return True


@pytest.fixture
def stored(app: Flask) -> Iterator[list[Sealed]]:
    """Every sealed value that a small district holds."""
    world = World(app)
    world.write("第二条记录，给另一行作比较")
    with app.app_context():
        with transaction():
            _leave_unsent(world)
        with transaction(writes=False):
            found = [value for mapper in Base.registry.mappers for value in _values(mapper.class_)]
        yield found


def _leave_unsent(world: World) -> None:
    """Two texts that somebody was typing about the worker."""
    form, account = "app.care.forms.NoteForm", world.people.worker.id
    for number in range(2):
        origin = Origin(uuid4(), account, form, f"/cases/{number}", owner=world.subject)
        assert unsent.keep(origin, {"text": [f"写到一半{number}"]}, is_post=False)


def _owner(model: type[Any], row: Any, name: str | None) -> UUID | None:
    """Under whose key a value is sealed; of an unsent text that is sealed itself."""
    if name is None or name in row:
        return row[name] if name else None
    return UUID(open_for(model.origin, row["origin"], row=row["id"])["owner"])


def _values(model: type[Any]) -> list[Sealed]:
    columns = [column for column in model.__table__.columns if isinstance(column.type, SealedBytes)]
    if not columns:
        return []
    values = []
    for row in session().execute(select(*model.__table__.columns)).mappings():
        for column in columns:
            terms = column.type.terms
            if row[column.name] is not None:
                owner = _owner(model, row, terms.owner)
                bound = {name: row[name] for name in terms.bind}
                values.append(Sealed(getattr(model, column.name), row[column.name], row["id"], owner, bound))
    return values


def columns_of(stored: list[Sealed]) -> dict[str, list[Sealed]]:
    """The values by the column in which they stand."""
    found: dict[str, list[Sealed]] = {}
    for value in stored:
        found.setdefault(value.name, []).append(value)
    return found


def test_every_value_opens_in_its_own_place(stored: list[Sealed]) -> None:
    assert len(columns_of(stored)) > 15
    assert [value.name for value in stored if not value.opens()] == []


def test_every_flipped_bit_is_refused(stored: list[Sealed]) -> None:
    with transaction(writes=False):
        opened = [
            (name, bit)
            for name, values in columns_of(stored).items()
            for bit in range(len(values[0].blob) * 8)
            if values[0].opens(blob=flipped(values[0].blob, bit))
        ]

    assert opened == []


def test_no_row_opens_the_value_of_another(stored: list[Sealed]) -> None:
    pairs = [pair for values in columns_of(stored).values() for pair in permutations(values[:4], 2)]

    assert len(pairs) > 30
    assert [one.name for one, other in pairs if one.opens(blob=other.blob)] == []


def test_no_column_opens_the_value_of_another(stored: list[Sealed]) -> None:
    firsts = [values[0] for values in columns_of(stored).values()]
    opened = [
        (one.name, other.name)
        for one, other in permutations(firsts, 2)
        if set(other.bound) == set(one.bound) and bool(one.owner) == bool(other.owner) and one.opens(at=other.attribute)
    ]

    assert opened == []


@pytest.mark.parametrize(
    "change",
    [
        lambda value: {"row": uuid4()},
        lambda value: {"owner": UUID(int=value.owner.int ^ 1)} if value.owner else {"row": uuid4()},
        lambda value: {"bound": dict.fromkeys(value.bound, "another")} if value.bound else {"row": uuid4()},
    ],
    ids=["row", "owner", "bound column"],
)
def test_no_value_opens_when_what_it_is_bound_to_changed(
    stored: list[Sealed], change: Callable[[Sealed], dict[str, Any]]
) -> None:
    assert [value.name for value in stored if value.opens(**change(value))] == []


def test_a_swapped_owner_key_opens_nothing(stored: list[Sealed]) -> None:
    owners = sorted({value.owner for value in stored if value.owner})
    one, other = owners[0], owners[1]
    swap_keys(one, other)

    assert [value.name for value in stored if value.owner in {one, other} and value.opens()] == []


def test_every_flipped_bit_of_a_wrapped_key_is_refused(stored: list[Sealed]) -> None:
    value = next(value for value in stored if value.owner)
    wrapped = wrapped_key(value.owner)
    opened = [bit for bit in range(len(wrapped) * 8) if replaced_key_opens(value, flipped(wrapped, bit))]

    assert opened == []


def replaced_key_opens(value: Sealed, wrapped: bytes) -> bool:
    store_key(value.owner, wrapped)
    return value.opens()


def swap_keys(one: UUID, other: UUID) -> None:
    first, second = wrapped_key(one), wrapped_key(other)
    store_key(one, second)
    store_key(other, first)


def wrapped_key(owner: UUID | None) -> bytes:
    with db.engines["keys"].connect() as connection:
        return bytes(connection.execute(select(owner_key.c.wrapped).where(owner_key.c.owner == owner)).scalar_one())


def store_key(owner: UUID | None, wrapped: bytes) -> None:
    with owner_keys.opened() as connection:
        connection.execute(update(owner_key).where(owner_key.c.owner == owner).values(wrapped=wrapped))


def flipped(blob: bytes, bit: int) -> bytes:
    """The same bytes with one bit turned over."""
    changed = bytearray(blob)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)
