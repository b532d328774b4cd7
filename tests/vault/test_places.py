"""A sealed value opens where it was sealed and nowhere else: not in another row, column, or owner's hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Table, select, text

from app.vault import VaultError, open_for, owner_keys, seal_for
from tests.vault.conftest import Person, Score, stored

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

scores: Table = Score.__table__  # type: ignore[assignment]


@pytest.mark.parametrize(
    "change", [{"id": uuid4()}, {"subject_id": uuid4()}, {"week": "2026-W46"}], ids=["id", "owner", "bound"]
)
def test_refuses_to_move_a_sealed_value(session: Session, owner: UUID, change: dict[str, Any]) -> None:
    score = Score(subject_id=owner, scores={"total": 1})
    session.add(score)
    session.commit()
    [(name, value)] = change.items()
    setattr(score, name, value)

    with pytest.raises(VaultError, match="assign the value again"):
        session.flush()


def test_moves_with_a_new_assignment(session: Session, owner: UUID) -> None:
    score = Score(subject_id=owner, scores={"total": 1})
    session.add(score)
    session.commit()
    score.week, score.scores = "2026-W46", {"total": 2}
    session.commit()

    assert score.scores == {"total": 2}


def _rows(session: Session) -> tuple[Score, Score]:
    owners = [uuid4(), uuid4()]
    owner_keys.create("subject", owners)
    first, second = (Score(subject_id=owner, scores={"tier": tier}) for owner, tier in zip(owners, (0, 4), strict=True))
    session.add_all([first, second])
    session.commit()
    return first, second


@pytest.mark.promise
def test_refuses_the_value_of_another_row(session: Session) -> None:
    first, second = _rows(session)
    stolen = stored(session, Score.scores, second.id)
    session.execute(scores.update().where(scores.c.id == first.id).values(scores=stolen))
    session.commit()

    with pytest.raises(VaultError, match=r"K002 .* score\.scores"):
        _ = first.scores


@pytest.mark.promise
def test_refuses_another_row_of_the_same_owner(session: Session, owner: UUID) -> None:
    blob = seal_for(Person.name, row=uuid4(), owner=owner, value="x")

    with pytest.raises(VaultError, match="K002"):
        open_for(Person.name, blob, row=uuid4(), owner=owner)


@pytest.mark.promise
def test_refuses_the_value_of_another_column(session: Session, person: Person) -> None:
    session.execute(text("UPDATE person SET nick = name"))
    session.commit()

    with pytest.raises(VaultError, match="K002"):
        _ = person.nick


@pytest.mark.promise
@pytest.mark.parametrize("column", ["id", "subject_id", "week"])
def test_refuses_a_row_changed_behind_its_back(session: Session, owner: UUID, column: str) -> None:
    score = Score(subject_id=owner, scores={"tier": 4})
    other = uuid4()
    owner_keys.create("subject", [other])
    session.add(score)
    session.commit()
    session.execute(scores.update().values({column: "2026-W46" if column == "week" else other}))
    session.commit()
    session.expunge_all()
    [moved] = session.scalars(select(Score))

    with pytest.raises(VaultError, match="K002"):
        _ = moved.scores


@pytest.mark.promise
def test_refuses_every_flipped_byte_in_the_column(session: Session, owner: UUID) -> None:
    row = uuid4()
    blob = seal_for(Person.name, row=row, owner=owner, value="x")

    opened = [place for place in range(len(blob)) if _opens(blob, place, row, owner)]

    assert opened == []


def _opens(blob: bytes, place: int, row: UUID, owner: UUID) -> bool:
    altered = blob[:place] + bytes([blob[place] ^ 0x01]) + blob[place + 1 :]
    try:
        open_for(Person.name, altered, row=row, owner=owner)
    except VaultError:
        return False
    return True
