"""Submitting an instrument: everything is computed first, then written together, once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select

from app import audit, vault
from app.core import clock
from app.core.database import delete_in_parts, insert_if_absent, session, table_of
from app.core.errors import Conflict, Malformed
from app.core.ids import random_id
from app.core.statements import Hot
from app.notices.services import enqueue
from app.screening import instruments
from app.screening.branching import load_batteries, next_instruments
from app.screening.models import Receipt, Response, Result
from app.screening.scoring import AnswerError, Scored, is_asked, score
from app.screening.services.results import results_of, sealed_scores
from app.screening.services.sittings import NotKept, SittingView, check_turn, raise_alerts, store_draft
from app.vault import open_for, seal_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from app.safety.services import Raised
    from app.screening.drafts import Draft

_RESPONSE, _RESULT = Hot(insert(table_of(Response))), Hot(insert(table_of(Result)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a submission was answered: the instrument that comes next (None: the result), and the help card."""

    following: str | None
    help_card: bool


@dataclass(frozen=True, slots=True)
class _Written:
    """What a submission will store, computed and sealed before the first write."""

    receipt: UUID
    row: UUID
    now: datetime
    answers: bytes
    scores: bytes
    draft: Draft
    new_alerts: Mapping[str, int]
    outcome: Outcome


def submit(sitting: SittingView, instrument: str, answers: Mapping[str, int], *, key: str) -> Outcome:
    """Hand in the answers to one instrument; the same sheet under the same ``key`` again is answered the same.

    Raises ``Malformed`` for missing answers or ones the instrument does not offer, ``NotKept`` when it is not this
    instrument's turn, the sitting changed meanwhile, or the key came before with other answers. Then nothing is
    stored.
    """
    receipt, sheet = _receipt_id(sitting, instrument, key), _digest(sitting, answers)
    if instrument != sitting.draft.present and (earlier := _earlier(receipt, sheet)):
        return earlier
    check_turn(sitting, instrument)
    written = _compute(sitting, instrument, answers, receipt)
    if not store_draft(sitting, written.draft):
        if earlier := _earlier(receipt, sheet):
            return earlier
        raise NotKept(_l("These questions were changed on another device. Please look at them again."))
    answer = _sealed_receipt(written, sheet)
    if not insert_if_absent(Receipt, id=receipt, week=clock.iso_week(written.now), answer=answer):
        raise Conflict(_l("These questions were changed on another device. Please look at them again."))
    _store(sitting, instrument, written)
    return written.outcome


def forget_receipts(before_week: str) -> int:
    """Delete receipts of weeks before this one: nobody repeats a submission that late. Runs its own transactions."""
    return delete_in_parts(Receipt, Receipt.week < before_week)


def _compute(sitting: SittingView, instrument: str, answers: Mapping[str, int], receipt: UUID) -> _Written:
    row, now = random_id(), clock.now()
    scored, kept = _scored(sitting, instrument, answers)
    new = sitting.draft.unalerted(instrument, {item: kept[item] for item in scored.safety})
    battery = load_batteries()[sitting.draft.battery]
    left = next_instruments(battery, [*_earlier_scores(sitting), scored])
    draft = sitting.draft.having_alerted(instrument, new).finished(instrument, left)
    bound = {"week": clock.iso_week(now)}
    seconds = {item: spent for item, spent in sitting.draft.seconds.items() if item in kept}
    sheet = {"instrument": instrument, "version": scored.version, "given": kept, "seconds": seconds}
    return _Written(
        receipt=receipt,
        row=row,
        now=now,
        answers=seal_for(Response.answers, row=row, owner=sitting.subject_id, value=sheet, bound=bound),
        scores=sealed_scores(scored, at=now, row=row, owner=sitting.subject_id, week=bound["week"]),
        draft=draft,
        new_alerts=new,
        outcome=Outcome(following=draft.present, help_card=bool(new)),
    )


def _scored(sitting: SittingView, instrument: str, answers: Mapping[str, int]) -> tuple[Scored, dict[str, int]]:
    """The result, and the answers without those that were not to be asked."""
    asked = instruments.get(instrument)
    try:
        scored = score(asked, answers, seconds=sitting.draft.seconds)
    except AnswerError as error:
        raise Malformed(_l("This answer does not belong to the question.")) from error
    if scored.missing:
        raise Malformed(_l("Some questions have no answer yet."))
    skipped = {item.id for item in asked.unscored_items if not is_asked(item, scored)}
    return scored, {item: value for item, value in answers.items() if item not in skipped}


def _earlier_scores(sitting: SittingView) -> list[Scored]:
    if not sitting.draft.done:
        return []
    return [view.scored for view in results_of(sitting.subject_id) if view.sitting_id == sitting.id]


def _store(sitting: SittingView, instrument: str, written: _Written) -> None:
    week = clock.iso_week(written.now)
    place = {"id": written.row, "subject_id": sitting.subject_id, "sitting_id": sitting.id, "week": week}
    _RESPONSE.run(**place, answers=written.answers)
    _RESULT.run(**place, open=True, scores=written.scores)
    _promise_notice(raise_alerts(sitting, instrument, written.new_alerts, announce=False))
    with audit.acting_as(sitting.subject_id):
        audit.record("screening.submitted", sitting.subject_id, result=written.row.hex)


def _promise_notice(alerts: list[Raised]) -> None:
    """One outbox row a submission, of one size, whether it is a crisis or not: their number tells nothing."""
    told = [raised.alert_id for raised in alerts if raised.told]
    if told:
        enqueue("alert.raised", alert=told[0].hex)
    else:
        enqueue("screening.completed")


def _receipt_id(sitting: SittingView, instrument: str, key: str) -> UUID:
    return UUID(bytes=vault.reference("receipts", sitting.subject_id.bytes, sitting.id.bytes, instrument, key))


def _digest(sitting: SittingView, answers: Mapping[str, int]) -> str:
    """What tells one sheet of answers from another, short enough for a receipt."""
    given = json.dumps(dict(answers), sort_keys=True)
    return vault.reference("receipts", sitting.subject_id.bytes, sitting.id.bytes, given).hex()[:16]


def _sealed_receipt(written: _Written, sheet: str) -> bytes:
    value = {"following": written.outcome.following, "help_card": written.outcome.help_card, "sheet": sheet}
    return seal_for(Receipt.answer, row=written.receipt, value=value)


def _earlier(receipt: UUID, sheet: str) -> Outcome | None:
    """What this sheet was answered under this key before. Raises ``NotKept`` where the answers are other ones."""
    held = session().execute(select(Receipt.answer).where(Receipt.id == receipt)).scalar()
    if held is None:
        return None
    try:
        answer = open_for(Receipt.answer, held, row=receipt)
    except vault.VaultError as error:
        vault.note_damage(error)
        answer = {"sheet": None}
    if answer.get("sheet", sheet) != sheet:
        raise NotKept(_l("You have already handed in these answers. What you changed afterwards was not stored."))
    return Outcome(following=answer["following"], help_card=answer["help_card"])
