"""Everybody who may meet a case is there before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.courses.conftest import programme

__all__ = ["programme"]

if TYPE_CHECKING:
    from uuid import UUID

    from tests.cast import Cast


@pytest.fixture
def people(people: Cast) -> Cast:
    born = (people.worker, people.other_worker, people.counsellor, people.other_counsellor, people.supervisor)
    assert all((*born, people.admin))
    return people


@pytest.fixture
def subject(people: Cast) -> UUID:
    return people.subject_of(people.worker)


@pytest.fixture
def other_subject(people: Cast) -> UUID:
    return people.subject_of(people.other_worker)
