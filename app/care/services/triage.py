"""Triage: who has a new result and nobody to care yet; a query, so nothing gets lost on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.services import consents, links
from app.care import dates
from app.care.models import Case
from app.care.services import records
from app.care.state import CaseState, Happening, Line, Stage
from app.care.tiers import Facts, Proposal, propose
from app.core import clock
from app.core.database import insert_if_absent
from app.core.errors import Conflict, NotFound
from app.core.ids import random_id
from app.safety import services as safety
from app.screening import services as screening

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from app.accounts.models import Account
    from app.screening.services import ResultView

FORTNIGHT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A subject whose results wait; ``person`` is None for those who did not agree to be contacted."""

    subject_id: UUID
    results: tuple[ResultView, ...]
    proposal: Proposal
    has_alert: bool
    person: Account | None = None

    @property
    def since(self) -> datetime:
        """The oldest result that waits."""
        return self.results[0].at if self.results else clock.now()

    @property
    def due(self) -> datetime | None:
        """When the proposed tier wants the first contact."""
        return dates.contact_due(self.proposal.tier, self.since)

    @property
    def rank(self) -> tuple[int, float]:
        """The smallest first: tier, then how little time is left."""
        return -self.proposal.tier, (self.due or self.since).timestamp()


@dataclass(frozen=True, slots=True)
class Queue:
    """Triage today: those to take, most urgent first, and those who did not agree to be contacted."""

    people: tuple[Waiting, ...]
    silent: tuple[Waiting, ...]


def queue() -> Queue:
    """The triage queue; the reading, and every name in it, is audited."""
    waiting = [each for each in _waiting() if each.proposal.tier > 0]
    people = links.accounts_of([each.subject_id for each in waiting])
    agreed = consents.who_agrees([account.id for account in people.values()], consents.CONTACT)
    named = [_named(each, people, agreed) for each in waiting]
    ranked = sorted(named, key=lambda each: each.rank)
    shown = tuple(each for each in ranked if each.person)
    audit.record("case.triage_read", subjects=[each.subject_id.hex for each in shown])
    return Queue(shown, tuple(each for each in ranked if each.person is None))


def waiting_tiers() -> list[int]:
    """The proposed tiers of those who wait, the highest first: figures for a start page, without opening who it is."""
    return sorted((each.proposal.tier for each in _waiting() if each.proposal.tier > 0), reverse=True)


def take_case(subject_id: UUID, *, by: Account) -> UUID:
    """Open a case for a subject that waits. Raises ``NotFound``, ``Conflict`` where somebody else was faster."""
    waiting = fetch_waiting(subject_id, by)
    case_id, now = random_id(), clock.now()
    state = _opened(waiting, now, by)
    values: dict[str, Any] = {"subject_id": subject_id, "assignee": by.id, "week": clock.iso_week()}
    file = records.sealed_file(case_id, subject_id, state)
    if not insert_if_absent(Case, id=case_id, open=True, version=1, file=file, **values):
        raise Conflict(_l("A colleague has just taken this case."))
    screening.settle(view.id for view in waiting.results)
    audit.record("case.opened", subject_id, case=case_id.hex, tier=state.tier)
    return case_id


def fetch_waiting(subject_id: UUID, person: Account) -> Waiting:
    """A subject that waits and may be contacted: by her own consent, or for an alert that this person took.

    Raises ``Conflict`` where a colleague has the case already, else ``NotFound``.
    """
    if records.open_case_of(subject_id):
        raise Conflict(_l("A colleague has just taken this case."))
    alerts = [alert for alert in safety.alerts_of(subject_id) if alert.open]
    took_alert = any(alert.assignee == person.id for alert in alerts)
    results = screening.open_results_of([subject_id])
    account = links.accounts_of([subject_id]).get(subject_id)
    if account is None or not (results or took_alert):
        raise NotFound
    if not took_alert and not consents.has_consented(account.id, consents.CONTACT):
        raise NotFound
    return _judged(subject_id, results, {alert.subject_id for alert in alerts})


def settle_quiet() -> int:
    """Settle results that need nobody, and fold those of people in care into their cases. Runs in a transaction."""
    folded = records.absorb_results()
    quiet = [view.id for each in _waiting() if each.proposal.tier == 0 for view in each.results]
    return folded + screening.settle(quiet)


def _waiting() -> list[Waiting]:
    in_care, in_alert = records.subjects_in_care(), safety.subjects_in_alert()
    found: dict[UUID, list[ResultView]] = {}
    for view in screening.open_results():
        if view.subject_id not in in_care:
            found.setdefault(view.subject_id, []).append(view)
    return [_judged(subject_id, results, in_alert) for subject_id, results in found.items()]


def _judged(subject_id: UUID, results: Sequence[ResultView], in_alert: set[UUID]) -> Waiting:
    has_alert = subject_id in in_alert
    recent = {view.scored.instrument for view in results if view.at >= clock.now() - FORTNIGHT}
    facts = Facts(alerts_open=has_alert, full_battery_within_14d=recent >= records.FULL)
    newest = {view.scored.instrument: view.scored for view in results}
    return Waiting(subject_id, tuple(results), propose(list(newest.values()), facts=facts), has_alert)


def _named(waiting: Waiting, people: dict[UUID, Account], agreed: set[UUID]) -> Waiting:
    account = people.get(waiting.subject_id)
    person = account if account and account.id in agreed else None
    return Waiting(waiting.subject_id, waiting.results, waiting.proposal, waiting.has_alert, person)


def _opened(waiting: Waiting, now: datetime, by: Account) -> CaseState:
    tier = waiting.proposal.tier
    history = screening.results_of(waiting.subject_id)
    return CaseState(
        stage=Stage.NEW,
        opened_at=now,
        tier=tier,
        reasons=tuple((reason.code, reason.value) for reason in waiting.proposal.reasons),
        contact_due=dates.contact_due(tier, waiting.since),
        next_review=dates.next_review(tier, now),
        scores=records.scores_from(history),
        history=(Line(Happening.OPENED, now, by.id.hex, str(tier)),),
    )
