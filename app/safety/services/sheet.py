"""One alert, opened: whose it is, what made it ring, what was done, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app import audit
from app.core import clock as present
from app.core.database import session
from app.core.permissions import Permission, allows
from app.organisations.models import Unit
from app.safety.clocks import clocks, follow_ups, next_due
from app.safety.services import alerts, board, duty

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from app.accounts.models import Account
    from app.safety.clocks import Clock, Due
    from app.safety.models import Alert
    from app.safety.steps import State


@dataclass(frozen=True, slots=True)
class Mark:
    """One clock of the alert: when it is up, and whether it was kept."""

    clock: Clock
    due: datetime
    done_at: datetime | None

    @property
    def in_time(self) -> bool:
        """Whether the step came before the time was up."""
        return self.done_at is not None and self.done_at <= self.due

    @property
    def is_late(self) -> bool:
        """Whether the time is up and the step was not taken."""
        return self.done_at is None and self.due <= present.now()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the page of one alert shows."""

    alert: Alert
    state: State
    due: Due | None
    marks: Sequence[Mark]
    tells_whom: bool
    person: Account | None
    unit: Unit | None
    names: Mapping[UUID, str]
    follow_ups: Sequence[datetime]
    may_sign: bool


def read(alert: Alert, person: Account) -> Sheet:
    """Open an alert for this person; the reading and the identity are recorded."""
    state = alert.state
    audit.record("alert.read", alert.subject_id, alert=alert.id.hex)
    tells_whom = alerts.tells_whom(alert, state)
    found = board.open_identity(alert.subject_id) if tells_whom else None
    proposal = state.proposal
    return Sheet(
        alert=alert,
        state=state,
        due=next_due(state) if alert.open else None,
        marks=[_mark(clock, state) for clock in clocks()],
        tells_whom=tells_whom,
        person=found,
        unit=session().get(Unit, found.unit_id) if found and found.unit_id else None,
        names=duty.staff_names(),
        follow_ups=follow_ups(state.raised_at),
        may_sign=proposal is not None and proposal.by != person.id and allows(person.role, Permission.SIGN_TIER),
    )


def _mark(clock: Clock, state: State) -> Mark:
    done = state.of(clock.until)
    return Mark(clock, clock.due(state.raised_at), done[0].at if done else None)
