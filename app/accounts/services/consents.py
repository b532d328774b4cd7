"""Consent: one decision for each purpose, each alone, the newest one holds."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, insert, select

from app import audit
from app.accounts.models import Account, Consent
from app.core import clock
from app.core.database import session, table_of
from app.core.errors import Malformed, Refused
from app.core.ids import ordered_id
from app.vault import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

PURPOSES_FILE = Path(__file__).parent.parent / "consent.toml"
SCREENING, CONTACT, STATISTICS, RESEARCH = "screening", "contact", "statistics", "research"
_CONSENT = table_of(Consent)
_DECIDED = (
    select(*rows.columns_of(Consent)).where(_CONSENT.c.account_id == bindparam("account")).order_by(_CONSENT.c.id)
)


@dataclass(frozen=True)
class Purpose:
    """What a person may agree to: its version and its words by language."""

    code: str
    version: int
    title: Mapping[str, str]
    text: Mapping[str, str]


@cache
def purposes() -> dict[str, Purpose]:
    """All purposes, in the order in which they are asked."""
    found = tomllib.loads(PURPOSES_FILE.read_text("utf-8"))["purpose"]
    return {row["code"]: Purpose(**row) for row in found}


def decisions(account_id: UUID) -> dict[str, bool]:
    """The newest decision on each purpose; a consent to an older version is none, a refusal of it stands."""
    newest = {row.purpose: row for row in session().execute(_DECIDED, {"account": account_id})}
    return {
        purpose: row.given and rows.holds(Consent, row)
        for purpose, row in newest.items()
        if not row.given or row.version == purposes()[purpose].version
    }


def has_consented(account_id: UUID, purpose: str) -> bool:
    """Whether the person agrees to this purpose now."""
    return decisions(account_id).get(purpose, False)


def who_agrees(account_ids: Iterable[UUID], purpose: str) -> set[UUID]:
    """Which of these persons agree to this purpose now, in one statement."""
    asked = select(Consent).where(Consent.account_id.in_(list(account_ids)), Consent.purpose == purpose)
    newest = {row.account_id: row for row in session().scalars(asked.order_by(Consent.decided_at, Consent.id))}
    present = purposes()[purpose].version
    return {account_id for account_id, row in newest.items() if row.given and row.version == present}


def decide(account: Account, purpose: str, *, given: bool) -> None:
    """Store a decision; the same one again stores nothing. Raises ``Malformed`` for an unknown purpose."""
    if purpose not in purposes():
        raise Malformed
    if decisions(account.id).get(purpose) is given:
        return
    version = purposes()[purpose].version
    session().add(Consent(account_id=account.id, purpose=purpose, version=version, given=given))
    session().flush()
    _record(account.id, purpose, given=given)


class Decision(NamedTuple):
    """What somebody decided on a purpose, and when."""

    account_id: UUID
    purpose: str
    given: bool
    at: datetime


def decide_together(decisions: Iterable[Decision]) -> None:
    """Store the first decisions of people who have just joined, each at its moment. Raises ``Malformed``."""
    rows_of = []
    for account_id, purpose, given, at in decisions:
        if purpose not in purposes():
            raise Malformed
        told = {"account_id": account_id, "purpose": purpose, "version": purposes()[purpose].version, "given": given}
        with clock.at(at):
            rows_of.append(rows.with_seal(Consent, {"id": ordered_id(), **told, "decided_at": at}))
            _record(account_id, purpose, given=given)
    if rows_of:
        session().execute(insert(_CONSENT), rows_of)


def _record(account_id: UUID, purpose: str, *, given: bool) -> None:
    audit.record("account.consent_given" if given else "account.consent_withdrawn", account_id, purpose=purpose)


def require(account: Account, purpose: str) -> None:
    """Raise ``Refused`` unless the person agrees to this purpose."""
    if not has_consented(account.id, purpose):
        raise Refused
