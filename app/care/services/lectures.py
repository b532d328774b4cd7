"""Lectures from a case: recommending one (clinical), and booking one with the worker's agreement (identity).

No use case here writes to both halves: a recommendation counts as accepted when a booking of its lecture exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from app import audit
from app.accounts.services import links
from app.care import state as rules
from app.care.models import Case, Recommendation
from app.care.services import records
from app.core import clock
from app.core.database import changed, session
from app.core.errors import NotFound, Refused
from app.courses import services as courses
from app.courses.models import Booking, Lecture
from app.notices.kinds import Channel, Delivery
from app.notices.services import enqueue
from app.screening import instruments
from app.vault import VaultError, note_damage, owner_keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.accounts.models import Account
    from app.care.state import CaseState

SUGGESTION = "case.suggestion"


@dataclass(frozen=True, slots=True)
class Suggested:
    """A recommended lecture; ``booking`` is the worker's, where she has one."""

    id: UUID
    lecture: Lecture
    why: str
    at: datetime
    open: bool
    booking: Booking | None

    @property
    def waits(self) -> bool:
        """Whether the worker may still say yes or no."""
        upcoming = self.lecture.starts_at > clock.now() and not self.lecture.is_cancelled
        return self.open and upcoming and not (self.booking and self.booking.is_live)


@dataclass(frozen=True, slots=True)
class Offer:
    """What the lecture page of a case shows."""

    suiting: Sequence[Lecture]
    others: Sequence[Lecture]
    bookings: Sequence[Booking]
    suggested: Sequence[Suggested]
    dimensions: frozenset[str]


def offer(case: Case, state: CaseState, worker: Account) -> Offer:
    """The lectures for the person of a case: those that suit her, others, her bookings and what was recommended."""
    dimensions = needs(state)
    suiting = courses.suiting(set(dimensions), worker)
    known = {lecture.id for lecture in suiting}
    others = [lecture for lecture in courses.bookable_lectures(worker).rows if lecture.id not in known]
    bookings = courses.bookings_of(worker.id)
    return Offer(suiting, others, bookings, suggested_in(case.id, bookings), dimensions)


def read_offer(case: Case, worker: Account) -> Offer:
    """The same, recorded as a reading of the case."""
    audit.record("case.read", case.subject_id, case=case.id.hex, why="lectures")
    return offer(case, records.state_of(case), worker)


def needs(state: CaseState) -> frozenset[str]:
    """The dimensions in which the latest totals lie above the lowest band."""
    latest = {score.instrument: score.total for score in state.scores}
    found = ((instruments.get(code), total) for code, total in latest.items())
    return frozenset(each.dimension.value for each, total in found if each.band_of(total).level > 0)


def recommend(case: Case, lecture: Lecture, *, by: Account, why: str) -> None:
    """Recommend a lecture; recommending it again while it waits changes nothing. Raises ``Refused``."""
    rules.require_open(records.state_of(case))
    if lecture.starts_at <= clock.now():
        raise Refused(_l("This lecture has already started."))
    waiting = _open_rows(case.subject_id)
    if any(about["lecture"] == lecture.id.hex for row in waiting if (about := _about(row))):
        return
    about = {"lecture": lecture.id.hex, "why": why.strip(), "by": by.id.hex, "at": clock.now().isoformat()}
    session().add(Recommendation(case_id=case.id, subject_id=case.subject_id, about=about))
    audit.record("case.lecture_recommended", case.subject_id, case=case.id.hex, lecture=lecture.id.hex)
    enqueue(SUGGESTION, subject=case.subject_id.hex)


def book(case: Case, lecture: Lecture, worker: Account) -> Booking:
    """Book for a worker who agreed: an ordinary booking in her name. Raises ``Refused``."""
    booking = courses.book_seat(lecture, worker=worker.id)
    audit.record("case.lecture_booked", case.subject_id, case=case.id.hex, lecture=lecture.id.hex)
    return booking


def move(case: Case, booking: Booking, to: Lecture) -> None:
    """Exchange the worker's seat for one at another lecture. Raises ``Refused``."""
    courses.move_booking(booking, to)
    audit.record("case.lecture_moved", case.subject_id, case=case.id.hex, lecture=to.id.hex)


def cancel(case: Case, booking: Booking) -> None:
    """Give the worker's seat back. Raises ``Refused``."""
    lecture_id = booking.lecture_id
    courses.cancel_booking(booking)
    audit.record("case.lecture_cancelled", case.subject_id, case=case.id.hex, lecture=lecture_id.hex)


def recommendations_for(subject_id: UUID) -> list[Suggested]:
    """What a worker may accept or decline on her start page; two more statements where there is anything."""
    rows = _open_rows(subject_id)
    if not rows:
        return []
    bookings = courses.bookings_of(links.account_of(subject_id).id)
    return [each for each in _with_lectures(rows, bookings) if each.waits]


def suggested_in(case_id: UUID, bookings: Sequence[Booking]) -> list[Suggested]:
    """Everything recommended in a case, the newest first, each with the worker's booking among these."""
    rows = session().scalars(select(Recommendation).where(Recommendation.case_id == case_id)).all()
    return sorted(_with_lectures(rows, bookings), key=lambda each: each.at, reverse=True)


def accept(recommendation_id: UUID, worker: Account) -> Booking:
    """Book the recommended lecture, by the worker's own tap: nothing clinical is written. ``NotFound``, ``Refused``."""
    row = _own(recommendation_id, links.subject_of(worker))
    lecture = courses.fetch_lecture_for_worker(UUID(row.about["lecture"]), worker)
    return courses.book_seat(lecture, worker=worker.id)


def decline(recommendation_id: UUID, worker: Account) -> None:
    """Say no, without a reason. Raises ``NotFound``."""
    subject_id = links.subject_of(worker)
    row = _own(recommendation_id, subject_id)
    with audit.acting_as(subject_id):
        if changed(update(Recommendation).where(Recommendation.id == row.id, Recommendation.open).values(open=False)):
            audit.record("case.suggestion_declined", subject_id, case=row.case_id.hex)


def suggestion_deliveries(payload: Mapping[str, object]) -> list[Delivery]:
    """Tell the worker, in the program alone, that there is something to look at."""
    account = links.account_of(UUID(str(payload["subject"])))
    return [Delivery(Channel.IN_APP, account.id, SUGGESTION)]


def _own(recommendation_id: UUID, subject_id: UUID) -> Recommendation:
    row = session().get(Recommendation, recommendation_id)
    if row is None or row.subject_id != subject_id:
        raise NotFound
    return row


def _open_rows(subject_id: UUID) -> Sequence[Recommendation]:
    chosen = select(Recommendation).where(Recommendation.subject_id == subject_id, Recommendation.open)
    return session().scalars(chosen).all()


def _about(row: Recommendation) -> dict[str, Any] | None:
    """What was recommended and why; None where it cannot be read."""
    try:
        return dict(row.about)
    except VaultError as error:
        note_damage(error)
        return None


def _with_lectures(rows: Sequence[Recommendation], bookings: Sequence[Booking]) -> list[Suggested]:
    if not rows:
        return []
    owner_keys.prefetch({row.subject_id for row in rows})
    abouts = {row.id: about for row in rows if (about := _about(row))}
    ids = {UUID(about["lecture"]) for about in abouts.values()}
    lectures = {lecture.id: lecture for lecture in session().scalars(select(Lecture).where(Lecture.id.in_(ids)))}
    booked = {booking.lecture_id: booking for booking in bookings}
    readable = ((row, abouts[row.id]) for row in rows if row.id in abouts)
    found = ((row, about, lectures.get(UUID(about["lecture"]))) for row, about in readable)
    return [
        Suggested(row.id, lecture, about["why"], datetime.fromisoformat(about["at"]), row.open, booked.get(lecture.id))
        for row, about, lecture in found
        if lecture
    ]
