"""Everybody who may meet an alert is there before it is raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cast import Cast


@pytest.fixture
def people(people: Cast) -> Cast:
    born = (people.worker, people.counsellor, people.other_counsellor, people.supervisor, people.admin)
    assert all(born)
    return people
