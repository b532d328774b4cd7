"""Contacts and notes: stored once, never overwritten in silence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from app.care import services
from app.care.models import Case, CaseEntry
from app.care.services import records
from app.care.services.entries import EditedMeanwhile, SentBefore, entries_of
from app.core.database import session
from app.core.errors import Malformed, NotFound, Refused
from tests.care.scenes import NOW, ONCE, at, contacted, in_care

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

    from tests.cast import Cast


@pytest.fixture
def case_id(app: Flask, people: Cast, subject: UUID) -> UUID:
    return in_care(app, subject, people.counsellor)


@pytest.fixture
def note_id(app: Flask, people: Cast, case_id: UUID) -> UUID:
    with at(app):
        services.write_note(session().get_one(Case, case_id), "第一稿", by=people.counsellor, once=ONCE)
        return entries_of(case_id)[0].id


def test_a_form_sent_twice_stores_one_contact(app: Flask, people: Cast, case_id: UUID) -> None:
    assert contacted(app, case_id, people.counsellor)
    assert not contacted(app, case_id, people.counsellor)
    with at(app):
        assert [entry.text for entry in entries_of(case_id)] == ["聊了二十分钟"]


def test_the_last_contact_is_the_newest_that_reached_the_person(app: Flask, people: Cast, case_id: UUID) -> None:
    contacted(app, case_id, people.counsellor, once="form-number-one-of-three")
    contacted(app, case_id, people.counsellor, days_ago=3, once="form-number-two-of-three")
    contacted(app, case_id, people.counsellor, outcome="not_reached", once="form-number-three-of-3")
    with at(app):
        assert records.state_of(session().get_one(Case, case_id)).last_contact == NOW


def test_a_contact_does_not_lie_in_the_future(app: Flask, people: Cast, case_id: UUID) -> None:
    with pytest.raises(Malformed):
        contacted(app, case_id, people.counsellor, at=NOW + timedelta(hours=1))


def test_a_note_sent_twice_is_one_note(app: Flask, people: Cast, case_id: UUID, note_id: UUID) -> None:
    with at(app):
        assert not services.write_note(session().get_one(Case, case_id), "第一稿", by=people.counsellor, once=ONCE)
        assert len(entries_of(case_id)) == 1


def test_the_same_form_with_another_text_is_a_conflict(app: Flask, people: Cast, case_id: UUID, note_id: UUID) -> None:
    with at(app):
        services.change_note(session().get_one(CaseEntry, note_id), "第二稿", seen=1, by=people.counsellor)
    with at(app):
        assert not services.write_note(session().get_one(Case, case_id), "第一稿", by=people.counsellor, once=ONCE)
    with pytest.raises(SentBefore), at(app):
        services.write_note(session().get_one(Case, case_id), "第三稿", by=people.counsellor, once=ONCE)
    assert contacted(app, case_id, people.counsellor, once="form-number-one-of-three")
    with pytest.raises(SentBefore):
        contacted(app, case_id, people.counsellor, outcome="not_reached", once="form-number-one-of-three")


def test_a_changed_note_keeps_its_earlier_text(app: Flask, people: Cast, case_id: UUID, note_id: UUID) -> None:
    with at(app):
        services.change_note(session().get_one(CaseEntry, note_id), "第二稿", seen=1, by=people.counsellor)
    with at(app):
        entry = entries_of(case_id)[0]
    assert (entry.text, entry.earlier, entry.version) == ("第二稿", ("第一稿",), 2)


def test_the_second_editor_sees_a_conflict_with_the_newest_text(
    app: Flask, people: Cast, case_id: UUID, note_id: UUID
) -> None:
    with at(app):
        services.change_note(session().get_one(CaseEntry, note_id), "陈静写的", seen=1, by=people.counsellor)
    with pytest.raises(EditedMeanwhile) as conflict, at(app):
        services.change_note(session().get_one(CaseEntry, note_id), "督导写的", seen=1, by=people.supervisor)
    assert conflict.value.newest.text == "陈静写的"
    with at(app):
        assert entries_of(case_id)[0].text == "陈静写的"


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_note_is_none(app: Flask, people: Cast, case_id: UUID, text: str) -> None:
    with pytest.raises(Malformed), at(app):
        services.write_note(session().get_one(Case, case_id), text, by=people.counsellor, once=ONCE)


def test_a_note_has_an_end(app: Flask, people: Cast, case_id: UUID) -> None:
    with pytest.raises(Refused), at(app):
        services.write_note(session().get_one(Case, case_id), "长" * 4_001, by=people.counsellor, once=ONCE)


def test_a_contact_is_not_rewritten(app: Flask, people: Cast, case_id: UUID) -> None:
    contacted(app, case_id, people.counsellor)
    with pytest.raises(NotFound), at(app):
        case = session().get_one(Case, case_id)
        services.fetch_note(case, entries_of(case_id)[0].id, people.counsellor)


def test_nothing_is_written_into_a_closed_case(app: Flask, people: Cast, case_id: UUID) -> None:
    with at(app):
        services.close_case(session().get_one(Case, case_id), by=people.counsellor, why="目标达成")
    with pytest.raises(Refused):
        contacted(app, case_id, people.counsellor)


def test_no_text_stands_in_the_database(app: Flask, people: Cast, case_id: UUID, note_id: UUID) -> None:
    with at(app):
        rows = session().execute(CaseEntry.__table__.select()).all()
        assert all("第一稿".encode() not in bytes(row.body) for row in rows)
