"""Sealed columns hold plain values on the row and sealed bytes in the database, whatever path writes them."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, insert, select, text, update

from app.vault import VaultError, open_for, seal_for
from app.vault.sealing import looks_sealed
from tests.vault.conftest import Person, Score, stored

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

CANARY = "一只叫阿黄的金丝雀"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
people: Table = Person.__table__  # type: ignore[assignment]


def test_reads_back_what_was_assigned(session: Session, person: Person) -> None:
    session.expire_all()

    assert person.name == "李小娟"
    assert person.link == "subject-7"
    assert person.nick is None


def test_reads_a_value_before_it_is_stored() -> None:
    assert Person(name="李小娟").name == "李小娟"


def test_stores_sealed_bytes_only(session: Session, person: Person) -> None:
    blob = session.execute(text("SELECT name FROM person")).scalar_one()

    assert looks_sealed(bytes(blob), 64)
    assert "李小娟".encode() not in bytes(blob)


def test_stores_none_as_null(session: Session, person: Person) -> None:
    person.name = None
    session.commit()

    assert session.execute(text("SELECT name FROM person")).scalar_one() is None


def test_seals_again_on_a_change(session: Session, person: Person) -> None:
    before = stored(session, Person.name, person.id)
    person.name = "王大力"
    session.commit()

    assert person.name == "王大力"
    assert stored(session, Person.name, person.id) != before


def test_hides_length_within_a_block(session: Session, owner: UUID) -> None:
    short, long = (seal_for(Person.name, row=uuid4(), owner=owner, value=value) for value in ("", "x" * 30))

    assert len(short) == len(long)


def test_keeps_its_value_from_changes_outside(session: Session, owner: UUID) -> None:
    answers = {"item": 1}
    score = Score(subject_id=owner, scores=answers)
    answers["item"] = 3

    assert score.scores == {"item": 1}


def test_makes_id_and_bound_columns_at_birth() -> None:
    score = Score(subject_id=uuid4())

    assert isinstance(score.id, UUID)
    assert score.week == "2026-W45"


def test_opens_for_core_what_the_flush_sealed(session: Session, owner: UUID) -> None:
    score = Score(subject_id=owner, scores={"total": 12})
    session.add(score)
    session.commit()
    found = session.execute(select(Score.id, Score.subject_id, Score.week, Score.scores)).one()

    opened = open_for(Score.scores, found.scores, row=found.id, owner=found.subject_id, bound={"week": found.week})

    assert opened == {"total": 12}


def test_opens_on_the_row_what_core_sealed(session: Session, person: Person) -> None:
    blob = seal_for(Person.name, row=person.id, owner=person.id, value="王大力")
    session.execute(update(Person).where(Person.id == person.id).values(name=blob))
    session.commit()

    assert person.name == "王大力"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=JSON)
def test_returns_every_json_value(session: Session, owner: UUID, value: Any) -> None:
    row = uuid4()

    blob = seal_for(Person.name, row=row, owner=owner, value=value)

    assert open_for(Person.name, blob, row=row, owner=owner) == value


def _orm_sentinel(session: Session, person: Person) -> None:
    session.bulk_save_objects([Person(name=CANARY)])


def _orm_bulk_mappings(session: Session, person: Person) -> None:
    session.bulk_insert_mappings(Person.__mapper__, [{"id": uuid4(), "name": CANARY}])


def _orm_bulk_update(session: Session, person: Person) -> None:
    session.bulk_update_mappings(Person.__mapper__, [{"id": person.id, "name": CANARY}])


def _orm_insert(session: Session, person: Person) -> None:
    session.execute(insert(Person), [{"id": uuid4(), "name": CANARY}, {"id": uuid4(), "name": CANARY}])


def _orm_insert_values(session: Session, person: Person) -> None:
    session.execute(insert(Person).values(id=uuid4(), name=CANARY))


def _core_insert(session: Session, person: Person) -> None:
    session.execute(people.insert(), {"id": uuid4(), "name": CANARY})


def _core_many(session: Session, person: Person) -> None:
    session.execute(people.insert(), [{"id": uuid4(), "name": CANARY}, {"id": uuid4(), "name": CANARY}])


def _core_bytes(session: Session, person: Person) -> None:
    session.execute(people.insert(), {"id": uuid4(), "name": CANARY.encode() * 9})


def _core_update(session: Session, person: Person) -> None:
    session.execute(people.update().values(name=CANARY))


def _orm_update(session: Session, person: Person) -> None:
    session.execute(update(Person).values({Person.name: CANARY}))


def _comparison(session: Session, person: Person) -> None:
    session.execute(select(Person.id).where(Person.name == CANARY))


@pytest.mark.promise
@pytest.mark.parametrize(
    "write",
    [
        _orm_sentinel,
        _orm_bulk_mappings,
        _orm_bulk_update,
        _orm_insert,
        _orm_insert_values,
        _core_insert,
        _core_many,
        _core_bytes,
        _core_update,
        _orm_update,
        _comparison,
    ],
)
def test_refuses_plain_text_on_every_path(session: Session, person: Person, write: Any) -> None:
    with pytest.raises(VaultError, match="K001") as refusal:
        write(session, person)

    shown = "".join(traceback.format_exception(refusal.value))
    assert CANARY not in shown.replace(f'CANARY = "{CANARY}"', "")
    session.rollback()
    assert session.execute(text("SELECT count(*) FROM person")).scalar_one() == 1


def test_refuses_a_row_whose_owner_has_no_key(session: Session) -> None:
    session.add(Person(name=CANARY))

    with pytest.raises(VaultError, match="K004"):
        session.flush()


def test_refuses_a_row_without_owner(session: Session) -> None:
    session.add(Score(scores={"total": 1}))

    with pytest.raises(VaultError, match="K002"):
        session.flush()


def test_says_the_truth_after_a_rollback(session: Session, person: Person) -> None:
    person.name = "never stored"
    session.flush()
    session.rollback()

    assert person.name == "李小娟"


def test_forgets_a_pending_value_at_a_rollback(session: Session, person: Person) -> None:
    person.name = "never stored"
    session.rollback()

    assert person.name == "李小娟"


def test_stores_a_row_again_after_its_rollback(session: Session, owner: UUID) -> None:
    score = Score(subject_id=owner, scores={"total": 1})
    session.add(score)
    session.flush()
    session.rollback()
    session.add(score)
    session.commit()

    assert score.scores == {"total": 1}


def test_refuses_a_rolled_back_row_that_moved(session: Session, owner: UUID) -> None:
    score = Score(subject_id=owner, scores={"total": 1})
    session.add(score)
    session.flush()
    session.rollback()
    score.week = "2026-W46"
    session.add(score)

    with pytest.raises(VaultError, match="K002"):
        session.flush()


def test_refuses_what_json_cannot_hold_without_showing_it() -> None:
    with pytest.raises((TypeError, ValueError)) as refusal:
        Person(name=CANARY + "\ud800")

    assert CANARY not in str(refusal.value)


def test_shows_no_plain_text_of_a_pending_value() -> None:
    person = Person(name=CANARY)

    assert CANARY not in repr(person.__dict__)
    assert CANARY not in repr(person)
