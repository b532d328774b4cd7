"""The duty roster: who answers alerts when, planned two weeks ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from app import audit
from app.accounts.models import Account, Status
from app.core import clock
from app.core.database import changed, insert_if_absent, session
from app.core.errors import Malformed
from app.core.ids import ordered_id
from app.core.permissions import CLINICIANS, Role
from app.safety.clocks import Shift, shifts
from app.safety.models import DutyShift
from app.vault import owner_keys, rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement

DAYS = 14


@dataclass(frozen=True, slots=True)
class Slot:
    """One shift of one day in the roster; ``key`` names its field."""

    day: date
    shift: Shift
    account_id: UUID | None = None

    @property
    def key(self) -> str:
        """The field's name in the grid."""
        return f"{self.shift.code}-{self.day.isoformat()}"

    @property
    def span(self) -> tuple[datetime, datetime]:
        """When it starts and ends."""
        return self.shift.on(self.day)


def on_duty(moment: datetime) -> list[Account]:
    """Who is on duty at this moment; empty where nobody was planned."""
    return _planned(moment, moment)


def clinicians() -> list[Account]:
    """All counsellors and supervisors at work."""
    return _at_work(Account.role.in_(CLINICIANS))


def staff_names() -> dict[UUID, str]:
    """The names of all counsellors and supervisors, at work or not, by account."""
    found = _opened(select(Account).where(Account.role.in_(CLINICIANS)))
    return {account.id: account.name for account in found}


def supervisors() -> list[Account]:
    """All supervisors at work."""
    return _at_work(Account.role == Role.SUPERVISOR)


def backup(moment: datetime) -> list[Account]:
    """Who else is planned within a day and is not on duty now; else every supervisor."""
    busy = {account.id for account in on_duty(moment)}
    others = _planned(moment + timedelta(days=1), moment - timedelta(days=1))
    return [account for account in others if account.id not in busy] or supervisors()


def roster() -> list[list[Slot]]:
    """The next fourteen days, each with its shifts and who is planned for them."""
    days = [clock.today() + timedelta(days=number) for number in range(DAYS)]
    first, last = shifts()[0].on(days[0])[0], shifts()[-1].on(days[-1])[1]
    found = session().scalars(select(DutyShift).where(DutyShift.starts >= first, DutyShift.starts < last))
    planned = {row.starts: row.account_id for row in found}
    return [[Slot(day, shift, planned.get(shift.on(day)[0])) for shift in shifts()] for day in days]


def plan(chosen: Mapping[str, str]) -> int:
    """Store a roster: slot key → account id, or nothing for nobody. Returns how many shifts changed. ``Malformed``."""
    allowed = {account.id.hex: account.id for account in clinicians()}
    shown = [slot for day in roster() for slot in day if slot.key in chosen]
    wanted = [(slot, _named(chosen[slot.key], allowed)) for slot in shown]
    different = [(slot, account_id) for slot, account_id in wanted if account_id != slot.account_id]
    for slot, account_id in different:
        _assign(slot, account_id)
    if different:
        audit.record("alert.duty_changed", shifts=[slot.key for slot, _ in different])
    return len(different)


def give_shift(account: Account, *, starts: datetime, ends: datetime) -> None:
    """Put one shift into the roster as it is, whatever the grid says: for cover at short notice."""
    _store(account.id, starts, ends)


def _assign(slot: Slot, account_id: UUID | None) -> None:
    starts, ends = slot.span
    changed(delete(DutyShift).where(DutyShift.starts == starts))
    if account_id:
        _store(account_id, starts, ends)


def _store(account_id: UUID, starts: datetime, ends: datetime) -> None:
    row = {"id": ordered_id(), "account_id": account_id, "starts": starts, "ends": ends}
    insert_if_absent(DutyShift, **rows.with_seal(DutyShift, row))


def _named(value: str, allowed: Mapping[str, UUID]) -> UUID | None:
    if value and value not in allowed:
        raise Malformed
    return allowed.get(value)


def _planned(until: datetime, since: datetime) -> list[Account]:
    """The active ones whose shift begins by ``until`` and ends after ``since``; a forged shift ended long ago."""
    both = select(DutyShift, Account).join(Account, Account.id == DutyShift.account_id)
    chosen = both.where(DutyShift.starts <= until, DutyShift.ends > since, Account.status == Status.ACTIVE)
    found = [account for shift, account in session().execute(chosen) if shift.ends > since and account.is_active]
    owner_keys.prefetch([account.id for account in found])
    return sorted(set(found), key=lambda account: account.id)


def _at_work(who: ColumnElement[bool]) -> list[Account]:
    """The active ones of them; a row that was changed past the program is loaded as a closed account."""
    found = _opened(select(Account).where(who, Account.status == Status.ACTIVE))
    return [account for account in found if account.is_active]


def _opened(statement: object) -> list[Account]:
    found: Sequence[Account] = session().scalars(statement).all()  # type: ignore[call-overload]
    owner_keys.prefetch([account.id for account in found])
    return sorted(found, key=lambda account: account.id)
