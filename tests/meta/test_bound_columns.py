"""S6: no plain column is forgotten: each is bound to a sealed value of its row, or said here to open nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.core.database import db
from app.vault import SealedBytes

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Table

pytestmark = pytest.mark.promise

OPENS_NOTHING = {
    "alert": {"origin"},  # a keyed reference of the subject, by which two requests raise one alert
    "account": {"occupation", "created_on"},  # which lectures she may join; what a day says
    "allowance": {"key", "used", "ends_at"},  # counted guesses: limits, beside tries that are bound
    "audit_entry": {"seq", "digest"},  # under the digest of the chain
    "booking": {"lecture_id", "account_id", "state", "turn", "booked_at"},  # a seat in a lecture, which is no secret
    "case_entry": {"case_id", "author", "once"},  # opens under the subject's key, and only from her case
    "lecture": {
        *("unit_id", "series_id", "venue_id", "lecturer_id", "kind", "topic", "summary", "starts_at", "ends_at"),
        *("opens_at", "closes_at", "capacity", "taken", "turns", "for_units", "for_occupations", "dimensions"),
        *("cancelled_at", "reminded_at"),
    },  # announced to everybody
    "lecturer": {"unit_id", "name", "title"},  # announced to everybody
    "notice": {"created_at", "read_at"},  # opens under her own key
    "outbox": {"due_at", "attempts"},  # when to try again
    "probe": {"count"},  # what readiness writes
    "recommendation": {"case_id", "open"},  # opens under the subject's key
    "result": {"sitting_id", "open"},  # opens under the subject's key; whether triage has settled it
    "series": {"unit_id", "name", "starts_on", "ends_on", "target_lectures", "target_participants"},  # announced
    "sitting": {"open"},  # opens under the subject's key
    "unit": {"name", "name_en"},  # what it is called
    "unsent_text": {"account_digest", "place_digest", "ends_at"},  # its sealed origin says whose it is
    "venue": {"unit_id", "name", "address", "seats"},  # announced to everybody
}
EVERYWHERE = {"id", "week", "version"}
"""The key of a row stands in every seal; the week and the version decide nothing but which of two writers is first."""


def free_columns(table: Table) -> set[str]:
    """The columns that no sealed value of the row is tied to."""
    terms = [column.type.terms for column in table.columns if isinstance(column.type, SealedBytes)]
    sealed = {column.name for column in table.columns if isinstance(column.type, SealedBytes)}
    return (
        {column.name for column in table.columns} - sealed - EVERYWHERE - {tie for each in terms for tie in each.ties}
    )


def test_every_plain_column_is_bound_or_opens_nothing(app: Flask) -> None:
    assert app
    tables = {table.name: free_columns(table) for table in db.metadata.sorted_tables}
    forgotten = {name: free - OPENS_NOTHING.get(name, set()) for name, free in tables.items()}
    assert {name: columns for name, columns in forgotten.items() if columns} == {}, (
        "bind a new column with row_seal (and migrate), or say in OPENS_NOTHING why it opens no door"
    )
