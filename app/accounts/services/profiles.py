"""What a person sees of herself, and what she may change about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app import audit
from app.accounts.services import consents, devices, phones, sessions
from app.core.database import session
from app.core.errors import Malformed
from app.organisations.models import Unit
from app.organisations.occupations import occupation_name, occupations

if TYPE_CHECKING:
    from app.accounts.models import Account
    from app.accounts.services.consents import Purpose


@dataclass(frozen=True)
class Profile:
    """One's own page: ``consents`` holds each purpose with the decision on it, None where there is none yet."""

    account: Account
    name: str
    phone: str
    unit: Unit | None
    consents: list[tuple[Purpose, bool | None]]
    sessions: int
    devices: int

    def occupation(self, language: str) -> str:
        """What the person works as, in words; empty where she did not say."""
        return occupation_name(self.account.occupation, language)


def profile_of(account: Account) -> Profile:
    """A person's own page."""
    decided = {} if account.is_staff else consents.decisions(account.id)
    purposes = () if account.is_staff else consents.purposes().values()
    return Profile(
        account=account,
        name=account.name or "",
        phone=phones.mask(account.phone),
        unit=session().get(Unit, account.unit_id) if account.unit_id else None,
        consents=[(purpose, decided.get(purpose.code)) for purpose in purposes],
        sessions=sessions.count(account.id),
        devices=devices.count(account.id),
    )


def change(account: Account, *, name: str, occupation: str | None) -> None:
    """Change what a person is called and works as. Raises ``Malformed`` for an unknown occupational group."""
    if occupation is not None and occupation not in occupations():
        raise Malformed
    account.name, account.occupation = name, occupation
    audit.record("account.changed", account.id)
