"""Scans of tables: no page and no job reads a table that grows from one end to the other."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, text

from app.core import clock
from app.core.database import Base, db
from app.home.jobs.scans import SCANS
from tests.care.full_house import fill
from tests.care.scenes import NOW
from tests.home.test_growth import ROLES, pages
from tests.safety.scenes import on_duty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from sqlalchemy import Connection

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client


SMALL = frozenset(
    {"caseload_bucket", "duty_shift", "invitation", "lecturer", "series", "triage_bucket", "unit", "venue"}
)
"""Tables with a row for each place, programme, hour of duty, guest or bucket of open work: some are read whole."""
MANY_ROWS = text("UPDATE pg_class SET reltuples = 1000000, relpages = 1 WHERE relname = ANY(:tables)")
"""PostgreSQL plans by size: within one transaction let it believe that the tables have grown. Their pages are counted
truly, so that reading them whole looks cheap: what does that is switched off, and used where there is no other way."""
EMPTY = text("SELECT relname FROM pg_class WHERE relkind = 'r' AND pg_relation_size(oid) = 0")
"""Nothing makes PostgreSQL believe that these have grown: of them SQLite speaks."""
SCAN = re.compile(r"SCAN (?P<table>\w+?)(?:_\d+)?(?: USING (?:COVERING )?INDEX (?P<index>\w+))?(?: .*)?$")


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.at(NOW):
        yield


def test_no_page_and_no_job_reads_a_growing_table_whole(
    app: Flask, people: Cast, signed_in: Callable[[Account], Client]
) -> None:
    on_duty(app, people.counsellor)
    fill(app, people, cases=4, waiting=4)
    browsers = {role: signed_in(getattr(people, role)) for role in ROLES}
    acts: dict[str, Callable[[], object]] = {
        f"{role} {path}": partial(browsers[role].http.get, path) for role in ROLES for path in pages(app)
    }
    acts |= {f"job {scan.name}": partial(in_context, app, scan.run) for scan in SCANS}

    whole = {name: tables for name, act in acts.items() if (tables := read_whole(app, asked_by(app, act)) - SMALL)}

    assert not whole


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("SELECT id FROM account WHERE occupation = 'courier'", {"account"}),
        ("SELECT count(*) FROM consent", {"consent"}),
        ("SELECT seq FROM audit_entry ORDER BY digest LIMIT 5", {"audit_entry"}),
        ("SELECT id FROM account WHERE role = 'admin'", set()),
        ("SELECT seq FROM audit_entry ORDER BY seq DESC LIMIT 5", set()),
    ],
)
def test_a_table_that_is_read_whole_is_seen(app: Flask, people: Cast, statement: str, tables: set[str]) -> None:
    assert people.worker
    assert read_whole(app, [(statement, ())]) == tables


def in_context(app: Flask, run: Callable[[], object]) -> None:
    with app.app_context():
        run()


def asked_by(app: Flask, act: Callable[[], object]) -> list[tuple[str, Any]]:
    """What an act asks of the database of the data, each statement with its values."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, _context: object, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            asked.append((statement, values[0] if many else values))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    return asked


def read_whole(app: Flask, asked: list[tuple[str, Any]]) -> set[str]:
    """The tables of which these statements must read every row, as the database plans them."""
    with app.app_context(), db.engine.connect() as connection:
        plan = _on_sqlite if connection.dialect.name == "sqlite" else _on_postgresql
        return {table for statement, values in asked for table in plan(connection, statement, values)}


def _on_sqlite(connection: Connection, statement: str, values: Any) -> Iterator[str]:
    lines = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(values))]
    words = set(statement.split())
    few = "LIMIT" in words and "WHERE" not in words and not any("TEMP B-TREE FOR ORDER" in line for line in lines)
    found = [match for line in lines if (match := SCAN.match(line)) and match["table"] in Base.metadata.tables]
    yield from (match["table"] for match in found if not few and not _is_partial(match["index"]))


def _on_postgresql(connection: Connection, statement: str, values: Any) -> Iterator[str]:
    for way in ("seqscan", "hashjoin", "mergejoin"):
        connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    connection.execute(MANY_ROWS, {"tables": [name for name in Base.metadata.tables if name not in SMALL]})
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
    empty = set(connection.scalars(EMPTY))
    yield from (table for table in _whole_in(plan[0]["Plan"], few=False) if table not in empty)


def _whole_in(node: dict[str, Any], *, few: bool) -> Iterator[str]:
    """A node without a condition on its index reads the whole table, unless a limit above stops it."""
    few = node["Node Type"] == "Limit" or (few and node["Node Type"] != "Sort")
    table = node.get("Relation Name")
    if table and "Index Cond" not in node and node["Node Type"] != "ModifyTable" and not few:
        indexes = [node.get("Index Name"), *(below.get("Index Name") for below in node.get("Plans", ()))]
        bounded = [below for below in node.get("Plans", ()) if "Index Cond" in below]
        if not bounded and not any(_is_partial(index) for index in indexes):
            yield table
    for below in node.get("Plans", ()):
        yield from _whole_in(below, few=few)


def _is_partial(name: str | None) -> bool:
    """Whether an index holds only the rows that are open: as few as there is work to do."""
    return name in {
        index.name
        for table in Base.metadata.tables.values()
        for index in table.indexes
        if index.dialect_kwargs.get("sqlite_where") is not None
    }
