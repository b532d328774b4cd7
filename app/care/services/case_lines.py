"""What lists need of each open case, kept sealed in one row a counsellor, so that a list opens no case.

The cases remain the truth: a line counts only while it speaks of the present version of its case, by the present rules
and lately. Every other case is opened where a list needs it, and ``keep`` writes its line within a minute.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, update

from app.care import urgency
from app.care.models import Case, CaseloadBucket
from app.care.services import records
from app.care.tiers import load_table
from app.care.urgency import Brief
from app.core import clock
from app.core.database import changed, insert_if_absent, session, transaction
from app.core.hex_ids import hex_of
from app.safety import services as safety
from app.screening import services as screening
from app.vault import VaultError, open_for, seal_for

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import Row as DatabaseRow

log = logging.getLogger("xingfu.care")
FRESH = 24 * 3600
"""Seconds after which a line is made anew: rules of other files may have changed, and a person may be erased."""


class CaseLine(NamedTuple):
    """The line of one case, by its hex id; ``brief`` is a ``Brief`` as JSON, None where the person is erased."""

    case: str
    version: int
    rules: str
    at: float
    brief: list[Any] | None


class ListedCase(NamedTuple):
    """An open case as lists know it, nobody's name opened; ids are hex."""

    case: str
    subject: str
    assignee: str
    brief: Brief
    has_alert: bool
    is_new: bool


class ListedCases(NamedTuple):
    """Open cases, and the hex ids of those that cannot be read at present."""

    cases: list[ListedCase]
    unreadable: list[str]


def read(assignees: Collection[UUID] | None = None) -> ListedCases:
    """The open cases of these counsellors, or of all."""
    rows, lines = _rows(assignees), _kept(assignees)
    rules, now = load_table().version, clock.now().timestamp()
    stale = [row for row in rows if row.is_new or not _holds(lines.get(row.case), row.version, rules, now)]
    lines |= {line.case: line for line in _made(stale)}
    listed = [
        ListedCase(row.case, row.subject, row.assignee, Brief.from_json(brief), row.has_alert, row.is_new)
        for row in rows
        if (line := lines.get(row.case)) and (brief := line.brief)
    ]
    return ListedCases(listed, [row.case for row in rows if row.case not in lines])


def keep() -> None:
    """Bring the lines in step with the cases: reads and opens outside, then writes one counsellor's at a time."""
    with transaction(writes=False):
        rows, lines = _rows(None), _kept(None)
        versions = dict(session().execute(select(CaseloadBucket.id, CaseloadBucket.version)).tuples().all())
    caseloads: dict[str, list[DatabaseRow[Any]]] = defaultdict(list)
    for row in rows:
        caseloads[row.assignee].append(row)
    for bucket in {UUID(hex=assignee) for assignee in caseloads} | versions.keys():
        _keep_bucket(bucket, versions.get(bucket), caseloads[bucket.hex], lines)


def _rows(assignees: Collection[UUID] | None) -> list[DatabaseRow[Any]]:
    chosen = select(
        hex_of(Case.id).label("case"),
        hex_of(Case.subject_id).label("subject"),
        hex_of(Case.assignee).label("assignee"),
        Case.version,
        safety.has_open_alert(Case.subject_id).label("has_alert"),
        screening.has_open_result(Case.subject_id).label("is_new"),
    ).where(Case.open)
    theirs = chosen if assignees is None else chosen.where(Case.assignee.in_(assignees))
    return list(session().execute(theirs).all())


def _kept(assignees: Collection[UUID] | None) -> dict[str, CaseLine]:
    """The lines that can be read; the others are as if there were none."""
    chosen, found = select(CaseloadBucket.id, CaseloadBucket.lines), dict[str, CaseLine]()
    theirs = chosen if assignees is None else chosen.where(CaseloadBucket.id.in_(assignees))
    for row in session().execute(theirs):
        try:
            lines = open_for(CaseloadBucket.lines, row.lines, row=row.id)
        except VaultError as error:
            log.warning("the lines of a caseload cannot be read: %s", error.code)
            continue
        found.update((values[0], CaseLine._make(values)) for values in lines)
    return found


def _holds(line: CaseLine | None, version: int, rules: str, now: float) -> bool:
    """Whether a line still says what is true of this version of its case."""
    return line is not None and line.version == version and line.rules == rules and 0 <= now - line.at < FRESH


def _made(rows: Iterable[DatabaseRow[Any]]) -> list[CaseLine]:
    """Lines for these cases, from their files and their new results; none for a case that cannot be read."""
    versions = {UUID(hex=row.case): row.version for row in rows}
    if not versions:
        return []
    opened = records.opened_cases(versions)
    new = records.new_results(case.subject_id for case in opened.cases)
    rules, now = load_table().version, clock.now().timestamp()
    lines = [CaseLine(case_id.hex, versions[case_id], rules, now, None) for case_id in opened.erased]
    for case in opened.cases:
        brief = urgency.brief_of(records.with_results(case.state, new.get(case.subject_id, [])))
        lines.append(CaseLine(case.id.hex, versions[case.id], rules, now, brief.to_json()))
    return lines


def _keep_bucket(bucket: UUID, version: int | None, rows: list[DatabaseRow[Any]], lines: dict[str, CaseLine]) -> None:
    """Write the lines of one counsellor, unless they say what is true already."""
    rules, now = load_table().version, clock.now().timestamp()
    stale = [row for row in rows if not _holds(lines.get(row.case), row.version, rules, now)]
    if not stale and (rows or version is None):
        return
    with transaction(writes=False):
        made = {line.case: line for line in _made(stale)}
        kept = [made.get(row.case) or lines[row.case] for row in rows if row.case in made or row.case in lines]
        blob = seal_for(CaseloadBucket.lines, row=bucket, value=[list(line) for line in kept])
    with transaction():
        _store(bucket, version, blob)


def _store(bucket: UUID, version: int | None, blob: bytes) -> None:
    """Write over the version that was read; where another job was faster, its lines are as good."""
    if version is None:
        insert_if_absent(CaseloadBucket, id=bucket, version=1, lines=blob)
        return
    unchanged = update(CaseloadBucket).where(CaseloadBucket.id == bucket, CaseloadBucket.version == version)
    changed(unchanged.values(lines=blob, version=version + 1))
