"""Triage: who has a new result and nobody to care yet; a query, so nothing gets lost on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.services import consents, links
from app.care import dates
from app.care.models import Case
from app.care.services import case_lines, records, waiting_list
from app.care.state import CaseState, Happening, Line, Stage
from app.core import clock
from app.core.database import insert_if_absent
from app.core.errors import Conflict, NotFound
from app.core.ids import random_id
from app.core.paging import Numbered, numbered
from app.safety import services as safety
from app.screening import services as screening
from app.vault import rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.accounts.models import Account
    from app.care.tiers import Proposal
    from app.screening.services import ResultView

PAGE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """A subject whose results wait."""

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


class Queue(NamedTuple):
    """One page of triage, most urgent first, and figures about everybody else who waits.

    ``page`` counts those who may be contacted, ``silent`` by tier those who did not agree to it. ``unsorted`` people
    are sorted in within a minute, ``unreadable`` ones have a result that does not open at present.
    """

    page: Numbered[Waiting]
    silent: dict[int, int]
    unsorted: int
    unreadable: int


def queue(page: int = 1) -> Queue:
    """A page of the triage queue, the last one for a number beyond it; each name on it is audited."""
    in_alert = safety.subjects_in_alert()
    listed = waiting_list.read(in_alert)
    found = numbered(listed.people, page, PAGE)
    wanted = [UUID(hex=line.subject) for line in found.rows]
    shown = tuple(sorted(_named(wanted, in_alert), key=lambda each: each.rank))
    subjects = [each.subject_id for each in shown]
    audit.record("case.triage_read", shown=subjects, subjects=[subject_id.hex for subject_id in subjects])
    return Queue(found._replace(rows=shown), listed.silent, listed.unsorted, listed.unreadable)  # type: ignore[arg-type]


def waiting_counts(in_alert: set[UUID]) -> dict[int, int]:
    """How many wait by proposed tier, the highest first: for a start page, without opening who it is.

    ``in_alert`` are the subjects with an open alert.
    """
    listed = waiting_list.read(in_alert)
    found = Counter(listed.silent) + Counter(line.tier for line in listed.people)
    if listed.unsorted:
        found[0] = listed.unsorted
    return dict(sorted(found.items(), reverse=True))


def take_case(subject_id: UUID, *, by: Account) -> UUID:
    """Open a case for a subject that waits. Raises ``NotFound``, ``Conflict`` where somebody else was faster."""
    waiting = fetch_waiting(subject_id, by)
    case_id, now = random_id(), clock.now()
    state = _opened(waiting, now, by)
    access = {"id": case_id, "subject_id": subject_id, "assignee": by.id, "open": True}
    file = records.sealed_file(case_id, subject_id, state)
    if not insert_if_absent(Case, **rows.with_seal(Case, access), version=1, week=clock.iso_week(), file=file):
        raise Conflict(_l("A colleague has just taken this case."))
    screening.settle(view.id for view in waiting.results)
    audit.record("case.opened", subject_id, case=case_id.hex, tier=state.tier)
    return case_id


def fetch_waiting(subject_id: UUID, person: Account) -> Waiting:
    """A subject that waits and may be contacted: by her own consent, or for an alert that this person took.

    Raises ``Conflict`` where a colleague has the case already, else ``NotFound``.
    """
    _refuse_taken(subject_id)
    alerts = [alert for alert in safety.alerts_of(subject_id) if alert.open]
    took_alert = any(alert.assignee == person.id for alert in alerts)
    results = screening.open_results_of([subject_id])
    account = links.accounts_of([subject_id]).get(subject_id)
    if account is None or not (results or took_alert):
        _refuse_taken(subject_id)  # whoever took the case a moment ago settled the results too
        raise NotFound
    if not took_alert and not consents.has_consented(account.id, consents.CONTACT):
        raise NotFound
    return _judged(subject_id, results, {alert.subject_id for alert in alerts})


def _refuse_taken(subject_id: UUID) -> None:
    if records.open_case_of(subject_id):
        raise Conflict(_l("A colleague has just taken this case."))


def settle_results() -> int:
    """Fold the results of people in care into their cases, and settle those that need nobody; returns how many.

    Runs outside a transaction: each case, and each part of the lists kept of them, is a short one of its own.
    """
    settled = records.absorb_results() + waiting_list.sort_in()
    case_lines.keep()
    return settled


def _named(subject_ids: Sequence[UUID], in_alert: set[UUID]) -> list[Waiting]:
    """Those of these subjects who still wait and agree to be contacted now, opened."""
    people = links.accounts_of(subject_ids)
    agreed = consents.who_agrees([account.id for account in people.values()], consents.CONTACT)
    results: dict[UUID, list[ResultView]] = {}
    for view in screening.open_results_of(subject_ids):
        results.setdefault(view.subject_id, []).append(view)
    named = ((subject_id, people[subject_id]) for subject_id in subject_ids if subject_id in people)
    return [
        _judged(subject_id, results[subject_id], in_alert, account)
        for subject_id, account in named
        if account.id in agreed and subject_id in results
    ]


def _judged(
    subject_id: UUID, results: Sequence[ResultView], in_alert: set[UUID], person: Account | None = None
) -> Waiting:
    has_alert = subject_id in in_alert
    return Waiting(subject_id, tuple(results), waiting_list.judge(results, has_alert=has_alert), has_alert, person)


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
