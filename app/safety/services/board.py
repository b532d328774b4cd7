"""The alert board: what runs out first stands first; whose it is, is opened only for those who may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app import audit
from app.accounts.services import links
from app.core import clock
from app.safety.clocks import Due, next_due
from app.safety.services import access, alerts
from app.safety.steps import Kind

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from app.accounts.models import Account
    from app.safety.models import Alert
    from app.safety.steps import State


@dataclass(frozen=True, slots=True)
class Row:
    """An open alert on the board; ``person`` is None for those who may not know whose it is."""

    alert: Alert
    state: State
    due: Due | None
    may_open: bool
    tells_whom: bool
    person: Account | None
    taken_by: str

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has taken it yet."""
        return not self.state.has(Kind.ACKNOWLEDGED)

    def share_used(self) -> int:
        """How much of the running clock is gone, in percent."""
        return self.due.share_used(self.state.raised_at, clock.now()) if self.due else 0

    def is_late(self) -> bool:
        """Whether the running clock is up."""
        return self.due is not None and self.due.at <= clock.now()


def rows_for(person: Account, *, names: dict[UUID, str]) -> list[Row]:
    """The open alerts for this person, the most urgent first; one entry of the log names the identities it opened."""
    found = alerts.open_alerts()
    openable = access.openable(person, found)
    states = {alert.id: alert.state for alert in found}
    certain = {alert.id for alert in found if alerts.tells_whom(alert, states[alert.id])}
    named = openable & certain
    people = links.accounts_of([alert.subject_id for alert in found if alert.id in named])
    if people:
        audit.record("alert.list_read", shown=people, subjects=[subject_id.hex for subject_id in people])
    rows = [
        Row(
            alert,
            states[alert.id],
            next_due(states[alert.id]),
            alert.id in openable,
            alert.id in certain,
            people.get(alert.subject_id) if alert.id in named else None,
            names.get(alert.assignee, "") if alert.assignee else "",
        )
        for alert in found
    ]
    return sorted(rows, key=_urgency)


def open_identity(subject_id: UUID) -> Account | None:
    """The person behind a subject, audited under the subject: the log must not tie it to the account."""
    person = links.accounts_of([subject_id]).get(subject_id)
    if person is not None:
        audit.record("account.identity_opened", subject_id, why="alert")
    return person


def _urgency(row: Row) -> tuple[bool, bool, bool, datetime, str]:
    """What cannot be read first, then whoever answered worse again, then by the clock; signatures come last."""
    moment = row.due.at if row.due else row.state.raised_at
    return not row.state.is_lost, not row.state.is_told_again, row.due is None, moment, row.alert.id.hex
