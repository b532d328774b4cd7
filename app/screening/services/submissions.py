"""Submitting an instrument: everything is computed first, then written together, once."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert

from app import audit, vault
from app.core import clock
from app.core.database import session, table_of
from app.core.errors import Malformed
from app.core.ids import random_id
from app.notices.services import enqueue
from app.screening import instruments
from app.screening.branching import load_batteries, next_instruments
from app.screening.drafts import Receipt
from app.screening.models import Result
from app.screening.scoring import AnswerError, Scored, is_asked, score
from app.screening.services.results import results_of, sealed_scores
from app.screening.services.sittings import (
    NotKept,
    SittingView,
    check_turn,
    fetch_sitting,
    raise_alerts,
    store_draft,
)
from app.vault import seal_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from app.safety.services import Raised
    from app.screening.drafts import Draft

_STORE = insert(table_of(Result))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a submission was answered: the instrument that comes next (None: the result), and the help card."""

    following: str | None
    help_card: bool


@dataclass(frozen=True, slots=True)
class _Written:
    """What a submission will store, computed and sealed before the first write."""

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
    receipt = Receipt(_digest(sitting, instrument, key), _digest(sitting, *_in_order(answers)), help_card=False)
    if instrument in sitting.draft.receipts:
        return _earlier(sitting, instrument, receipt)
    check_turn(sitting, instrument)
    written = _compute(sitting, instrument, answers, receipt)
    if not store_draft(sitting, written.draft):
        now = fetch_sitting(sitting.id, sitting.subject_id)
        if instrument in now.draft.receipts:
            return _earlier(now, instrument, receipt)
        raise NotKept(_l("These questions were changed on another device. Please look at them again."))
    _store(sitting, instrument, written)
    return written.outcome


def _compute(sitting: SittingView, instrument: str, answers: Mapping[str, int], receipt: Receipt) -> _Written:
    row, now = random_id(), clock.now()
    scored, kept = _scored(sitting, instrument, answers)
    new = sitting.draft.unalerted(instrument, {item: kept[item] for item in scored.safety})
    battery = load_batteries()[sitting.draft.battery]
    left = next_instruments(battery, [*_earlier_scores(sitting), scored])
    receipt = replace(receipt, help_card=bool(new))
    draft = sitting.draft.having_alerted(instrument, new).finished(instrument, left, receipt)
    bound = {"week": clock.iso_week(now)}
    seconds = {item: spent for item, spent in sitting.draft.seconds.items() if item in kept}
    sheet = {"instrument": instrument, "version": scored.version, "given": kept, "seconds": seconds}
    return _Written(
        row=row,
        now=now,
        answers=seal_for(Result.answers, row=row, owner=sitting.subject_id, value=sheet, bound=bound),
        scores=sealed_scores(scored, at=now, row=row, owner=sitting.subject_id, week=bound["week"]),
        draft=draft,
        new_alerts=new,
        outcome=Outcome(following=draft.present, help_card=receipt.help_card),
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
    session().execute(_STORE, {**place, "open": True, "answers": written.answers, "scores": written.scores})
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


def _digest(sitting: SittingView, *parts: str) -> str:
    """What tells one key, or one sheet of answers, from another: 64 bits, short enough for a draft."""
    return vault.reference("receipts", sitting.subject_id.bytes, sitting.id.bytes, *parts).hex()[:16]


def _in_order(answers: Mapping[str, int]) -> tuple[str, ...]:
    return ("answers", json.dumps(dict(answers), sort_keys=True))


def _earlier(sitting: SittingView, instrument: str, sent: Receipt) -> Outcome:
    """What this sheet was answered before. Raises ``NotKept`` under another key, and for other answers."""
    kept = sitting.draft.receipts[instrument]
    if sent.key != kept.key:
        raise NotKept(_l("You have already handed in these answers."))
    if sent.sheet != kept.sheet:
        raise NotKept(_l("You have already handed in these answers. What you changed afterwards was not stored."))
    return Outcome(following=sitting.draft.after(instrument), help_card=kept.help_card)
