"""What the start pages show, gathered from the other rooms' services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from app import audit
from app.accounts.services import links
from app.accounts.services.roles import team_of
from app.audit import anchors, reading
from app.care import services as care
from app.care.services import caseload
from app.core import clock
from app.courses import services as courses
from app.courses.models import LIVE, Series
from app.courses.services.audience import choices_of
from app.courses.services.programmes import lectures_in_branch
from app.notices.services import count_unread
from app.safety import services as safety
from app.safety.steps import Kind
from app.screening import services as screening

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from app.accounts.models import Account
    from app.audit.anchors import Anchor
    from app.care.services.caseload import Row
    from app.care.services.lectures import Suggested
    from app.courses.models import Booking, Lecture
    from app.courses.services.programmes import Progress
    from app.safety.models import Alert
    from app.safety.services.duty import Slot
    from app.screening.services import ResultView, SittingView

WEEK = timedelta(days=7)
FIRST = 6  # lines of a list that a start page shows
SOON = 3


@dataclass(frozen=True)
class WorkerDay:
    """A worker's start page."""

    begun: SittingView | None
    latest: list[ResultView]
    suggested: list[Suggested]
    booking: Booking | None
    lectures: list[Lecture]
    unread: int


@dataclass(frozen=True)
class AlertLine:
    """An open alert without the person: since when it runs, and whether somebody has taken it."""

    since: datetime
    taken: bool


@dataclass(frozen=True)
class CounsellorDay:
    """A counsellor's day: who needs her, what waits, what comes."""

    alerts: list[AlertLine]
    waiting: dict[int, int]
    rows: list[Row]
    counts: dict[str, int]
    reviews: list[Row]
    on_duty: list[Account]


@dataclass(frozen=True)
class Signature:
    """A tier that waits for a supervisor, by whom and since when it was proposed."""

    case_id: str
    tier: int
    proposer: str
    at: datetime


@dataclass(frozen=True)
class TeamLine:
    """One counsellor's caseload in figures."""

    account: Account
    counts: dict[str, int]


@dataclass(frozen=True)
class SupervisorDay:
    """A supervisor's day: signatures, the team, alerts, the roster."""

    alerts: list[AlertLine]
    waiting: dict[int, int]
    signatures: list[Signature]
    to_sign: int
    team: list[TeamLine]
    on_duty: list[Account]
    gaps: list[Slot]


@dataclass(frozen=True)
class AdminDay:
    """An admin's week: lectures with their seats, and the series against its target."""

    lectures: list[Lecture]
    series: Series | None
    progress: Progress | None


@dataclass(frozen=True)
class AuditorDay:
    """The state of the chain and the last acts."""

    anchor: Anchor | None
    lines: list[reading.Line]


def worker_day(worker: Account) -> WorkerDay:
    """What concerns a worker today; that her latest result is opened is recorded under her pseudonym."""
    subject = links.subject_of(worker)
    results = screening.results_of(subject)
    if results:
        with audit.acting_as(subject):
            audit.record("screening.result_read", subject)
    live = [booking for booking in courses.bookings_of(worker.id, limit=40) if _is_coming(booking)]
    booked = {booking.lecture_id for booking in live}
    suggested = care.recommendations_for(subject)
    shown = booked | {each.lecture.id for each in suggested}
    lectures = courses.bookable_lectures(worker, limit=SOON + len(shown)).rows
    return WorkerDay(
        begun=next(iter(screening.open_sittings(subject)), None),
        latest=[view for view in results if view.sitting_id == results[-1].sitting_id],
        suggested=suggested,
        booking=min(live, key=lambda booking: booking.lecture.starts_at, default=None),
        lectures=[lecture for lecture in lectures if lecture.id not in shown][:SOON],
        unread=count_unread(worker.id),
    )


def counsellor_day(counsellor: Account) -> CounsellorDay:
    """What a counsellor needs at eight in the morning."""
    rows, alerts, today = care.read_caseload(counsellor).rows, safety.open_alerts(), clock.today()
    pressing = [row for row in rows if row.reading.flags][:FIRST]
    reviews = [row for row in rows if row.brief.next_review and today <= row.brief.next_review <= today + WEEK]
    reviews = sorted(reviews, key=lambda row: (row.brief.next_review or today, row.id))[:FIRST]
    named = caseload.first_rows(pressing, *reviews)
    return CounsellorDay(
        alerts=_alert_lines(alerts),
        waiting=care.waiting_counts({alert.subject_id for alert in alerts}),
        rows=[named[row.id] for row in pressing if row.id in named],
        counts=caseload.counts(rows, today),
        reviews=[named[row.id] for row in reviews if row.id in named],
        on_duty=safety.on_duty(clock.now()),
    )


def supervisor_day(supervisor: Account) -> SupervisorDay:
    """What waits for a supervisor, and how the team is doing."""
    alerts, today, overseen = safety.open_alerts(), clock.today(), team_of(supervisor)
    people = [account for account in safety.clinicians() if overseen is None or account.id in overseen]
    names = {account.id.hex: account.name for account in people}
    caseloads: dict[UUID, list[Row]] = {account.id: [] for account in people}
    rows = care.read_caseload(supervisor, team=True).rows
    for row in rows:
        caseloads.setdefault(row.assignee, []).append(row)
    team = [TeamLine(account, caseload.counts(caseloads[account.id], today)) for account in people]
    waiting = sorted(
        (row for row in rows if row.brief.waits_since), key=lambda row: row.brief.waits_since or row.brief.opened_at
    )
    empty = [slot for day in safety.roster() for slot in day if slot.account_id is None and slot.span[1] > clock.now()]
    return SupervisorDay(
        alerts=_alert_lines(alerts),
        waiting=care.waiting_counts({alert.subject_id for alert in alerts}),
        signatures=[_signature(row, names) for row in waiting[:FIRST]],
        to_sign=len(waiting),
        team=[line for line in team if line.counts["open"]],
        on_duty=safety.on_duty(clock.now()),
        gaps=empty[:FIRST],
    )


def admin_day(admin: Account) -> AdminDay:
    """The lectures of the next two weeks and the newest series of an admin's branch."""
    start = datetime.combine(clock.today(), time(), clock.LOCAL)
    lectures = lectures_in_branch(admin, start, start + 2 * WEEK)
    series = next(iter(choices_of(Series, admin)), None)
    standing = [lecture for lecture in lectures if not lecture.is_cancelled]
    return AdminDay(standing[:FIRST], series, courses.progress_of(series) if series else None)


def auditor_day() -> AuditorDay:
    """The chain as it was found last, and what happened last; the reading is recorded."""
    lines = reading.entries(size=8).lines
    audit.record("audit.read")
    return AuditorDay(anchors.last(), lines)


def _alert_lines(alerts: Iterable[Alert]) -> list[AlertLine]:
    """Alerts as a start page shows them, those that nobody has taken first, then the oldest."""
    states = [alert.state for alert in alerts]
    lines = [AlertLine(state.raised_at, state.has(Kind.ACKNOWLEDGED)) for state in states]
    return sorted(lines, key=lambda line: (line.taken, line.since))


def _signature(row: Row, names: dict[str, str]) -> Signature:
    case = row.brief
    return Signature(row.id, case.waiting or 0, names.get(case.proposer, ""), case.waits_since or case.opened_at)


def _is_coming(booking: Booking) -> bool:
    return booking.state in LIVE and booking.lecture.ends_at > clock.now() and not booking.lecture.is_cancelled
