"""Sittings: started once, resumed anywhere, each answer kept at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, insert, select, text, update

from app import audit, vault
from app.core import clock
from app.core.database import changed, lock_for_writing, session, table_of
from app.core.errors import Malformed, NotFound, Refused, TooMany
from app.core.ids import random_id
from app.safety import services as safety
from app.screening import instruments
from app.screening.branching import begun_an_hour, load_batteries, next_instruments
from app.screening.drafts import Draft, Given
from app.screening.models import Sitting
from app.screening.scoring import AnswerError, safety_items
from app.vault import open_for, seal_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy import Row

    from app.safety.services import Raised

_TABLE = table_of(Sitting)
_OF_SUBJECT = select(*_TABLE.c["id", "subject_id", "week", "open", "version", "draft"]).where(
    _TABLE.c.subject_id == bindparam("subject")
)
_ONE = _OF_SUBJECT.where(_TABLE.c.id == bindparam("sitting"))
_OPEN = _OF_SUBJECT.where(_TABLE.c.open)
_WRITE = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("sitting"), _TABLE.c.version == bindparam("read"), _TABLE.c.open)
    .values(draft=bindparam("written"), version=bindparam("read") + 1, open=bindparam("goes_on"))
)
_LATELY = select(*_TABLE.c["id", "subject_id", "week", "open", "version", "draft"])
AN_HOUR = timedelta(hours=1)
TRIES = 5
LONGEST = 36_000  # tenths of a second: whoever rests on a question for longer has put the phone away


class NotKept(Refused):
    """An answer that is not stored as one, refused before anything was written: its safety answers still count."""


@dataclass(frozen=True, slots=True)
class SittingView:
    """A sitting of one subject, opened."""

    id: UUID
    subject_id: UUID
    week: str
    open: bool
    version: int
    draft: Draft

    @property
    def accepts(self) -> bool:
        """Whether it may still be answered."""
        return self.open and self.draft.is_fresh(clock.now())


def start(subject_id: UUID, battery: str) -> SittingView:
    """The open sitting of this battery, or a new one.

    Raises ``NotFound`` for an unknown battery, ``TooMany`` where many were begun within the hour.
    """
    chosen = load_batteries().get(battery)
    if chosen is None:
        raise NotFound
    _one_at_a_time(subject_id)
    for sitting in _open_rows(subject_id):
        if sitting.draft.battery == battery:
            if sitting.accepts:
                return sitting
            _close(sitting)
    _refuse_haste(subject_id)
    draft = Draft(battery=battery, started=clock.now(), left=tuple(next_instruments(chosen, [])))
    view = SittingView(random_id(), subject_id, clock.iso_week(), open=True, version=1, draft=draft)
    row = {"id": view.id, "subject_id": subject_id, "week": view.week, "open": True, "version": 1}
    session().execute(insert(_TABLE), {**row, "draft": sealed_draft(view, draft)})
    with audit.acting_as(subject_id):
        audit.record("screening.started", subject_id, sitting=view.id.hex)
    return view


def fetch_sitting(sitting_id: UUID, subject_id: UUID) -> SittingView:
    """A sitting of this subject. Raises ``NotFound``, also for somebody else's."""
    row = session().execute(_ONE, {"sitting": sitting_id, "subject": subject_id}).first()
    if row is None:
        raise NotFound
    return _view(row)


def open_sittings(subject_id: UUID) -> list[SittingView]:
    """What this subject began and may go on with, the latest first."""
    found = [sitting for sitting in _open_rows(subject_id) if sitting.accepts]
    return sorted(found, key=lambda sitting: sitting.draft.started, reverse=True)


def record_answer(
    sitting: SittingView, instrument: str, item: str, value: int, *, seconds: float | None = None
) -> tuple[str, ...]:
    """Keep one answer of an open sitting; returns the safety items it concerns, for the help card.

    A safety answer raises its alert in the same transaction, once a sitting. Raises ``Malformed`` for an answer
    the instrument does not offer, ``NotKept`` when it is not its turn or others keep writing.
    """
    check_turn(sitting, instrument)
    fired = _checked(instrument, item, value)
    tenths = None if seconds is None else min(max(round(seconds * 10), 0), LONGEST)
    for _attempt in range(TRIES):
        new = sitting.draft.unalerted(instrument, dict.fromkeys(fired, value))
        draft = sitting.draft.answered(item, Given(value, tenths)).having_alerted(instrument, new)
        if store_draft(sitting, draft):
            raise_alerts(sitting, instrument, new)
            return fired
        sitting = fetch_sitting(sitting.id, sitting.subject_id)
        check_turn(sitting, instrument)
    raise NotKept(_l("Your answer could not be saved just now. Please try again."))


def report_safety(sitting: SittingView, instrument: str, answers: Mapping[str, int]) -> None:
    """Raise the alert for safety answers that nobody could store as answers: too late, out of turn, sent twice.

    Raises ``Conflict`` where others keep changing the alert.
    """
    raise_alerts(sitting, instrument, sitting.draft.unalerted(instrument, answers))


def check_turn(sitting: SittingView, instrument: str) -> None:
    """Raise ``NotKept`` unless this instrument is the one to be answered now in this sitting."""
    if sitting.open and not sitting.accepts:
        raise NotKept(_l("These questions were begun more than a week ago. Please start again."))
    if not sitting.open or instrument in sitting.draft.done:
        raise NotKept(_l("You have already handed in these answers."))
    if instrument != sitting.draft.present:
        raise NotKept(_l("Another part of the questions comes first."))


def store_draft(sitting: SittingView, draft: Draft) -> bool:
    """Write the draft over the version that was read; False where somebody else was quicker."""
    written = sealed_draft(sitting, draft)
    values = {"sitting": sitting.id, "read": sitting.version, "written": written, "goes_on": bool(draft.left)}
    return changed(_WRITE, values) == 1


def sealed_draft(sitting: SittingView, draft: Draft) -> bytes:
    """A draft as the sitting's column stores it."""
    bound = {"week": sitting.week}
    return seal_for(Sitting.draft, row=sitting.id, owner=sitting.subject_id, value=draft.to_json(), bound=bound)


def raise_alerts(
    sitting: SittingView, instrument: str, answers: Mapping[str, int], *, announce: bool = True
) -> list[Raised]:
    """Raise the alert of this person for these safety answers, or add them to it, in the present transaction."""
    with audit.acting_as(sitting.subject_id):
        return [
            safety.raise_alert(
                sitting.subject_id,
                source=f"sitting:{sitting.id.hex}:{item}",
                instrument=instrument,
                item=item,
                value=value,
                announce=announce,
            )
            for item, value in answers.items()
        ]


def _checked(instrument: str, item: str, value: int) -> tuple[str, ...]:
    try:
        return safety_items(instruments.get(instrument), {item: value})
    except AnswerError as error:
        raise Malformed(_l("This answer does not belong to the question.")) from error


def _close(sitting: SittingView) -> None:
    store_draft(sitting, replace(sitting.draft, left=(), answers={}))


def _open_rows(subject_id: UUID) -> list[SittingView]:
    """Those that can be read: a damaged one must not keep its person from beginning anew."""
    found = []
    for row in session().execute(_OPEN, {"subject": subject_id}).all():
        try:
            found.append(_view(row))
        except vault.VaultError as error:
            vault.note_damage(error)
    return found


def _view(row: Row[Any]) -> SittingView:
    held = open_for(Sitting.draft, row.draft, row=row.id, owner=row.subject_id, bound={"week": row.week})
    return SittingView(row.id, row.subject_id, row.week, row.open, row.version, Draft.from_json(held))


def _refuse_haste(subject_id: UUID) -> None:
    """Raise ``TooMany`` after so many sittings within the hour; opens those of this week, and only where many."""
    since, most = clock.now() - AN_HOUR, begun_an_hour()
    lately = _TABLE.c.week >= clock.iso_week(since)
    rows = session().execute(_LATELY.where(_TABLE.c.subject_id == subject_id, lately)).all()
    if len(rows) >= most and sum(_view(row).draft.started > since for row in rows) >= most:
        raise TooMany(_l("You have answered several times within the hour. Your answers are kept: take a break."))


def _one_at_a_time(subject_id: UUID) -> None:
    """Let one request of a subject start sittings at a time."""
    lock_for_writing()
    if session().get_bind().dialect.name == "postgresql":
        lock = int.from_bytes(vault.reference("receipts", "start", subject_id.bytes)[:8], "big", signed=True)
        session().execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
