"""One case in full: profile, trends and the life line of everything that happened."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from app import audit
from app.accounts.services import consents, links
from app.care import urgency
from app.care.services import entries, lectures, records
from app.core import clock
from app.core.database import session
from app.core.errors import NotFound
from app.courses import services as courses
from app.organisations.models import Unit
from app.safety import services as safety
from app.screening import instruments
from app.screening import services as screening

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.accounts.models import Account
    from app.care.models import Case
    from app.care.services.entries import Written
    from app.care.services.lectures import Suggested
    from app.care.state import CaseState
    from app.care.urgency import Reading
    from app.courses.models import Booking
    from app.safety.models import Alert
    from app.screening.services import Answers, ResultView


@dataclass(frozen=True, slots=True)
class Moment:
    """One dot on the life line: ``kind`` says what ``thing`` is."""

    at: datetime
    kind: str
    thing: object


@dataclass(frozen=True, slots=True)
class Axis:
    """A dimension in the profile: how far the latest total lies towards the worse end, 0 to 1."""

    dimension: str
    instrument: str
    share: float
    total: int


@dataclass(frozen=True, slots=True)
class Remains:
    """What there is of a case beside its file: whose it is, what was measured, written and booked.

    ``person`` is None once erased.
    """

    person: Account | None
    results: Sequence[ResultView]
    entries: Sequence[Written]
    bookings: Sequence[Booking]
    alerts: Sequence[Alert]
    unit: Unit | None

    def moments(self) -> list[Moment]:
        """What happened, in no order."""
        moments = [Moment(view.at, "result", view) for view in self.results]
        moments += [Moment(entry.at, "contact" if entry.channel else "note", entry) for entry in self.entries]
        moments += [Moment(booking.lecture.starts_at, "lecture", booking) for booking in self.bookings]
        moments += [Moment(alert.state.raised_at, "alert", alert) for alert in self.alerts]
        return moments

    def line(self) -> list[Moment]:
        """Everything that happened, the newest first."""
        return sorted(self.moments(), key=lambda moment: moment.at, reverse=True)


@dataclass(frozen=True, slots=True)
class Life(Remains):
    """A case, opened in full."""

    state: CaseState
    reading: Reading
    agrees: bool
    suggested: Sequence[Suggested]

    def profile(self) -> list[Axis]:
        """The latest total of each instrument, as shares of its scale."""
        latest = {view.scored.instrument: view.scored.total for view in self.results if view.scored.total is not None}
        return [_axis(code, total) for code, total in latest.items()]

    def moments(self) -> list[Moment]:
        """What happened, decisions included, in no order."""
        return [*Remains.moments(self), *(Moment(line.at, "history", line) for line in self.state.history)]


def read_case(case: Case) -> Life:
    """Open a case. Recorded as a reading of the case."""
    beside = read_remains(case)
    state = records.with_results(records.state_of(case), [view for view in beside.results if view.open])
    has_alert = any(alert.open for alert in beside.alerts)
    return Life(
        **{field.name: getattr(beside, field.name) for field in fields(Remains)},
        state=state,
        reading=urgency.read(state, now=clock.now(), has_alert=has_alert),
        agrees=beside.person is not None and consents.has_consented(beside.person.id, consents.CONTACT),
        suggested=lectures.suggested_in(case.id, beside.bookings) if beside.person else [],
    )


def read_remains(case: Case) -> Remains:
    """Open what there is beside the case's file: all there is where the file is damaged. Recorded as a reading."""
    person = links.accounts_of([case.subject_id]).get(case.subject_id)
    audit.record("case.read", case.subject_id, case=case.id.hex)
    return Remains(
        person=person,
        results=screening.results_of(case.subject_id),
        entries=entries.entries_of(case.id),
        bookings=courses.bookings_of(person.id) if person else [],
        alerts=safety.alerts_of(case.subject_id),
        unit=session().get(Unit, person.unit_id) if person and person.unit_id else None,
    )


def person_of(case: Case) -> Account:
    """The worker of a case. Raises ``NotFound`` once she is erased."""
    return links.account_of(case.subject_id)


def read_answers(case: Case, result: object) -> tuple[ResultView, Answers]:
    """Open the answers behind one result of this case: an act of its own in the log. Raises ``NotFound``."""
    view = next((each for each in screening.results_of(case.subject_id) if each.id == result), None)
    if view is None:
        raise NotFound
    answers = screening.answers_of(case.subject_id, view.id)
    audit.record("screening.answers_read", case.subject_id, case=case.id.hex, result=view.id.hex)
    return view, answers


def _axis(code: str, total: int) -> Axis:
    instrument = instruments.get(code)
    share = (total - instrument.minimum) / ((instrument.maximum - instrument.minimum) or 1)
    upwards = instrument.direction is instruments.Direction.HIGHER_IS_BETTER
    return Axis(instrument.dimension.value, code, 1 - share if upwards else share, total)
