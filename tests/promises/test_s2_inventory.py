"""S2: no plain time or order is forgotten: each column that tells one is named here, with the reason why it may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import BigInteger, Date, DateTime, Integer

from app.core.database import Half, Moment, db
from app.core.ids import ordered_id

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Column, Table

pytestmark = pytest.mark.promise

MAY_TELL = {
    # The identity half: when people joined, agreed, booked and were told, and when lectures are.
    "account": {"id", "created_on"},
    "booking": {"id", "booked_at", "turn"},
    "consent": {"id", "decided_at", "version"},
    "duty_shift": {"id", "starts", "ends"},
    "invitation": {"id", "ends_at"},
    "known_device": {"id", "created_on"},
    "lecture": {
        *("id", "starts_at", "ends_at", "opens_at", "closes_at", "capacity", "taken", "turns"),
        *("cancelled_at", "reminded_at"),
    },
    "lecturer": {"id"},
    "notice": {"id", "created_at", "read_at"},
    "series": {"id", "starts_on", "ends_on", "target_lectures", "target_participants"},
    "unit": {"id"},
    "venue": {"id", "seats"},
    # Shared: of whom, is told by keyed digests that no row of the clinical half has.
    "allowance": {"ends_at", "used"},
    "challenge": {"ends_at", "attempts"},
    "outbox": {"due_at", "attempts"},
    "probe": {"id", "count"},
    "signed_in_session": {"seen_at", "ends_at"},
    "unsent_text": {"ends_at"},
    "audit_entry": {"seq"},  # the order of cells that show nothing
    # The clinical half: the week, which is text, and how often a row was changed.
    "alert": {"version"},
    "case": {"version"},
    "case_entry": {"version"},
    "caseload_bucket": {"version"},
    "sitting": {"version"},
    "triage_bucket": {"version"},
}


def tells_time_or_order(column: Column[object]) -> bool:
    """Whether rows can be put in order by this column."""
    made: Any = getattr(column.default, "arg", None)
    is_ordered = getattr(made, "__name__", "") == ordered_id.__name__
    return isinstance(column.type, (BigInteger, Date, DateTime, Integer, Moment)) or is_ordered


def telling(table: Table) -> set[str]:
    """The columns of a table that tell a time or an order."""
    return {column.name for column in table.columns if tells_time_or_order(column)}


def test_every_plain_time_and_order_is_named(app: Flask) -> None:
    assert app
    found = {table.name: telling(table) for table in db.metadata.sorted_tables}

    assert {name: columns for name, columns in found.items() if columns} == MAY_TELL, (
        "seal it, or show the week; what the identity half may tell is said in MAY_TELL"
    )


def test_no_table_outside_the_identity_half_keeps_a_row_number(app: Flask) -> None:
    assert app
    numbered = {
        table.name
        for table in db.metadata.sorted_tables
        if table.info.get("half", Half.SHARED) is not Half.IDENTITY
        and table.dialect_options["sqlite"]["with_rowid"] is not False
    }

    assert numbered == {"audit_entry", "probe"}
