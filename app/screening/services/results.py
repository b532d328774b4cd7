"""Results as others read them: of one subject, of many, and those that triage has not settled yet."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import exists, select, update

from app.core.database import changed, session, table_of
from app.core.errors import NotFound
from app.core.hex_ids import hex_of
from app.screening.models import Result
from app.screening.scoring import Scored
from app.vault import VaultError, open_for, owner_keys, seal_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.orm import InstrumentedAttribute

log = logging.getLogger("xingfu.screening")
CHUNK = 1_000
HEX = 32
_TABLE = table_of(Result)
COLUMNS = (Result.id, Result.subject_id, Result.sitting_id, Result.week, Result.open, Result.scores)


@dataclass(frozen=True, slots=True)
class ResultView:
    """One result, opened; ``open`` says that triage has not settled it."""

    id: UUID
    subject_id: UUID
    sitting_id: UUID
    week: str
    at: datetime
    scored: Scored
    open: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers a result was made of: value by item, and seconds by item where they were counted."""

    instrument: str
    version: str
    given: Mapping[str, int]
    seconds: Mapping[str, float]


def results_of(subject_id: UUID) -> list[ResultView]:
    """All results of one subject, oldest first."""
    return results_of_many([subject_id]).get(subject_id, [])


def results_of_many(subject_ids: Iterable[UUID]) -> dict[UUID, list[ResultView]]:
    """The results of many subjects, each oldest first, in one statement (and one a thousand keys)."""
    wanted = list(subject_ids)
    found: dict[UUID, list[ResultView]] = {}
    for view in _opened(session().execute(select(*COLUMNS).where(Result.subject_id.in_(wanted))).all()):
        found.setdefault(view.subject_id, []).append(view)
    return found


def open_result_ids(*, but: Select[tuple[UUID]] | None = None) -> dict[str, str]:
    """Which results triage has not settled, nothing opened: by the hex id of a subject those of her results, in order.

    Those of the subjects that ``but`` selects are left out.
    Tens of thousands may be open, so ids stay text, many results of one subject side by side in one string.
    """
    subject, result = _TABLE.c.subject_id, _TABLE.c.id
    wanted = select(hex_of(subject), hex_of(result)).where(_TABLE.c.open).order_by(subject, result)
    if but is not None:
        wanted = wanted.where(subject.not_in(but))
    found: dict[str, str] = {}
    for owner, each in session().execute(wanted).tuples():
        found[owner] = found.get(owner, "") + each
    return found


def has_open_result(subject_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Whether triage has not settled all results of this subject: a condition for the query of a higher room."""
    return exists().where(Result.subject_id == subject_id, Result.open)


def split_ids(together: str) -> list[UUID]:
    """The ids of a string from ``open_result_ids``."""
    return [UUID(hex=together[start : start + HEX]) for start in range(0, len(together), HEX)]


def results_by_id(result_ids: Iterable[UUID]) -> list[ResultView]:
    """These results as far as they can be read, oldest first, in one statement a thousand."""
    wanted: list[UUID] = list(result_ids)
    rows: list[Row[Any]] = []
    for start in range(0, len(wanted), CHUNK):
        chosen = Result.id.in_(wanted[start : start + CHUNK])
        rows += session().execute(select(*COLUMNS).where(chosen)).all()
    return list(_opened(rows))


def open_results_of(subject_ids: Iterable[UUID]) -> list[ResultView]:
    """Those of these subjects' results that triage has not settled; oldest first, in one statement."""
    chosen = select(*COLUMNS).where(Result.subject_id.in_(list(subject_ids)), Result.open)
    return list(_opened(session().execute(chosen).all()))


def settle(result_ids: Iterable[UUID]) -> int:
    """Take results out of the list of open ones, for triage has dealt with them; returns how many were open."""
    wanted = list(result_ids)
    return changed(update(Result).where(Result.id.in_(wanted), Result.open).values(open=False)) if wanted else 0


def answers_of(subject_id: UUID, result_id: UUID) -> Answers:
    """The answers behind a result; the caller records that they were read. Raises ``NotFound``."""
    row = (
        session()
        .execute(
            select(Result.id, Result.subject_id, Result.week, Result.answers).where(
                Result.id == result_id, Result.subject_id == subject_id
            )
        )
        .first()
    )
    if row is None:
        raise NotFound
    held = open_for(Result.answers, row.answers, row=row.id, owner=row.subject_id, bound={"week": row.week})
    return Answers(held["instrument"], held["version"], held["given"], held["seconds"])


def sealed_scores(scored: Scored, *, at: datetime, row: UUID, owner: UUID, week: str) -> bytes:
    """A result's scores as its column stores them."""
    value = {**scored.to_json(), "at": at.isoformat(timespec="seconds")}
    return seal_for(Result.scores, row=row, owner=owner, value=value, bound={"week": week})


def _opened(rows: Sequence[Row[Any]]) -> Iterator[ResultView]:
    """The readable ones, oldest first: a row that cannot be opened must not hide the others."""
    owner_keys.prefetch({row.subject_id for row in rows})
    views = []
    for row in rows:
        try:
            views.append(_view(row))
        except VaultError as error:
            if error.code != "K005":
                log.warning("a result cannot be read: %s", error.code)
    yield from sorted(views, key=lambda view: view.at)


def _view(row: Row[Any]) -> ResultView:
    values = open_for(Result.scores, row.scores, row=row.id, owner=row.subject_id, bound={"week": row.week})
    at = datetime.fromisoformat(values.pop("at"))
    return ResultView(row.id, row.subject_id, row.sitting_id, row.week, at, Scored.from_json(values), row.open)
