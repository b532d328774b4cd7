"""Whole sittings, answered elsewhere or before: every answer of many people stored at once, each at its own moment.

Computing and sealing need the owner keys alone, so ``seal_whole`` may run in another process than ``store_whole``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert

from app import audit
from app.core import clock
from app.core.database import session, table_of
from app.core.errors import Malformed
from app.core.ids import random_id
from app.screening import instruments
from app.screening.branching import load_batteries, next_instruments
from app.screening.drafts import Draft
from app.screening.models import Result, Sitting
from app.screening.scoring import AnswerError, Scored, is_asked, score
from app.screening.services.results import sealed_scores
from app.screening.services.sittings import SittingView, raise_alerts, sealed_draft
from app.vault import owner_keys, seal_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

A_MINUTE = timedelta(minutes=1)


class Sheet(NamedTuple):
    """The answers to one instrument."""

    instrument: str
    given: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Whole:
    """A finished sitting: each sheet took a minute. ``settled`` says that triage has dealt with its results."""

    subject_id: UUID
    battery: str
    at: datetime
    sheets: Sequence[Sheet]
    settled: bool = False


class Part(NamedTuple):
    """One instrument of a sitting, scored and sealed: its row, and the safety answers that raise an alert."""

    at: datetime
    instrument: str
    result: dict[str, Any]
    safety: dict[str, int]


class SealedWhole(NamedTuple):
    """A sitting as it will be stored."""

    view: SittingView
    draft: bytes
    parts: list[Part]

    @property
    def at(self) -> datetime:
        """When it began."""
        return self.view.draft.started


def store_complete(sittings: Iterable[Whole]) -> int:
    """Store finished sittings in the present transaction; returns how many. Raises what its two halves raise."""
    return store_whole(seal_whole(list(sittings)))


def seal_whole(sittings: Sequence[Whole]) -> list[SealedWhole]:
    """Score and seal finished sittings; writes nothing.

    Raises ``Malformed`` for answers an instrument does not offer, for missing ones, and where the branching would have
    asked for other instruments.
    """
    owner_keys.prefetch({sitting.subject_id for sitting in sittings})
    return [_sealed(sitting) for sitting in sittings]


def store_whole(sealed: Iterable[SealedWhole]) -> int:
    """Store sealed sittings in the present transaction: rows, alerts that are due, acts; returns how many.

    Nobody is notified: what happened before is found in the lists. Raises ``Conflict`` as an alert does.
    """
    found = list(sealed)
    parts = sorted(((each, part) for each in found for part in each.parts), key=lambda pair: pair[1].at)
    _insert(Sitting, [_sitting_row(sitting) for sitting in found])
    _insert(Result, [part.result for _, part in parts])
    for sitting, part in parts:
        with clock.at(part.at), audit.acting_as(sitting.view.subject_id):
            raise_alerts(sitting.view, part.instrument, part.safety, announce=False)
            audit.record("screening.submitted", sitting.view.subject_id, result=part.result["id"].hex)
    return len(found)


def _sealed(sitting: Whole) -> SealedWhole:
    battery, sitting_id = load_batteries()[sitting.battery], random_id()
    done: list[Scored] = []
    parts: list[Part] = []
    for number, sheet in enumerate(sitting.sheets):
        if sheet.instrument not in next_instruments(battery, done)[:1]:
            raise Malformed(_l("Another part of the questions comes first."))
        scored, kept = _scored(sheet)
        done.append(scored)
        parts.append(_part(sitting, sitting_id, sitting.at + number * A_MINUTE, scored, kept))
    if next_instruments(battery, done):
        raise Malformed(_l("Some questions have no answer yet."))
    alerted = {f"{part.instrument}.{item}": value for part in parts for item, value in part.safety.items()}
    draft = Draft(sitting.battery, sitting.at, (), tuple(part.instrument for part in parts), alerted=alerted)
    view = SittingView(sitting_id, sitting.subject_id, clock.iso_week(sitting.at), open=False, version=2, draft=draft)
    return SealedWhole(view, sealed_draft(view, draft), parts)


def _scored(sheet: Sheet) -> tuple[Scored, dict[str, int]]:
    """The result, and the answers without those that were not to be asked."""
    asked = instruments.get(sheet.instrument)
    try:
        scored = score(asked, sheet.given)
    except AnswerError as error:
        raise Malformed(_l("This answer does not belong to the question.")) from error
    if scored.missing:
        raise Malformed(_l("Some questions have no answer yet."))
    skipped = {item.id for item in asked.unscored_items if not is_asked(item, scored)}
    return scored, {item: value for item, value in sheet.given.items() if item not in skipped}


def _part(sitting: Whole, sitting_id: UUID, at: datetime, scored: Scored, kept: dict[str, int]) -> Part:
    row, week, owner = random_id(), clock.iso_week(at), sitting.subject_id
    place = {"id": row, "subject_id": owner, "sitting_id": sitting_id, "week": week}
    sheet = {"instrument": scored.instrument, "version": scored.version, "given": kept, "seconds": {}}
    answers = seal_for(Result.answers, row=row, owner=owner, value=sheet, bound={"week": week})
    scores = sealed_scores(scored, at=at, row=row, owner=owner, week=week)
    return Part(
        at,
        scored.instrument,
        {**place, "open": not sitting.settled, "answers": answers, "scores": scores},
        {item: kept[item] for item in scored.safety},
    )


def _sitting_row(sitting: SealedWhole) -> dict[str, Any]:
    view = sitting.view
    place = {"id": view.id, "subject_id": view.subject_id, "week": view.week}
    return {**place, "open": view.open, "version": view.version, "draft": sitting.draft}


def _insert(model: type[Sitting | Result], rows: list[dict[str, Any]]) -> None:
    """In the order of their random ids, which tells nothing of who came first."""
    if rows:
        session().execute(insert(table_of(model)), sorted(rows, key=lambda row: row["id"]))
