"""What a counsellor does with a case: tier, stage, review, closing; and what a supervisor signs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from app import audit
from app.accounts.services import links
from app.accounts.services.roles import team_of
from app.care import dates
from app.care import state as rules
from app.care.services import case_lines, records
from app.care.state import Happening, Line, Stage
from app.core import clock
from app.core.database import session
from app.core.errors import Malformed, NotFound, Refused
from app.core.paging import Numbered, numbered
from app.core.permissions import Permission, allows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from app.accounts.models import Account
    from app.care.models import Case
    from app.care.services.case_lines import ListedCase
    from app.care.services.records import OpenCase
    from app.care.state import CaseState

TIERS = range(5)
PAGE = 50


@dataclass(frozen=True, slots=True)
class Signature:
    """A tier that waits to be signed by ``viewer`` (hex), unless it is her own proposal; no name for one erased."""

    case: OpenCase
    name: str | None
    proposal: Line
    viewer: str

    @property
    def proposer_id(self) -> UUID:
        """Who proposed it."""
        return UUID(self.proposal.by)

    @property
    def is_own(self) -> bool:
        """Whether the viewer proposed it herself."""
        return self.proposal.by == self.viewer


def confirm_tier(case: Case, tier: int, *, by: Account, why: str) -> None:
    """Confirm the tier in force or override it; 3 and 4 wait for a supervisor. ``Refused``, ``Malformed``."""
    if tier not in TIERS:
        raise Malformed
    before = records.state_of(case)
    now = clock.now()
    state = records.change(case, lambda found: rules.set_tier(found, tier, at=now, by=by.id.hex, why=why))
    action = "case.tier_confirmed" if tier == before.tier else "case.tier_overridden"
    audit.record(action, case.subject_id, case=case.id.hex, tier=tier, waits=state.waiting is not None)
    if state.waiting is None:
        _set_dates(case)


def sign_tier(case: Case, *, by: Account) -> None:
    """Sign the tier that waits. Raises ``Refused`` for one's own proposal."""
    _require_signer(by)
    now = clock.now()
    state = records.change(case, lambda found: rules.sign_tier(found, at=now, by=by.id.hex))
    audit.record("case.tier_confirmed", case.subject_id, case=case.id.hex, tier=state.tier)
    _set_dates(case)


def return_tier(case: Case, *, by: Account, why: str) -> None:
    """Give a proposed tier back. Raises ``Refused``."""
    _require_signer(by)
    now = clock.now()
    records.change(case, lambda found: rules.return_tier(found, at=now, by=by.id.hex, why=why))
    audit.record("case.tier_returned", case.subject_id, case=case.id.hex)


def signatures(person: Account, number: int = 1) -> Numbered[Signature]:
    """A page of what waits for this supervisor's signature, the longest first; what it shows is opened and recorded.

    ``number`` beyond the last page shows the last one.
    """
    page = numbered(waiting_signatures(case_lines.read(team_of(person)).cases), number, PAGE)
    cases = records.opened_cases(UUID(hex=each.case) for each in page.rows).cases
    waiting = [case for case in cases if case.state.waiting is not None]
    names = links.names_of([case.subject_id for case in waiting])
    audit.record(
        "case.signatures_read", shown=[case.subject_id for case in waiting], cases=[case.id.hex for case in waiting]
    )
    found = [
        Signature(case, names.get(case.subject_id), case.state.last(Happening.TIER_PROPOSED), person.id.hex)
        for case in waiting
    ]
    shown = sorted(found, key=lambda each: each.proposal.at)
    return Numbered(shown, page.number, page.pages, page.total)


def waiting_signatures(listed: Iterable[ListedCase] | None = None) -> list[ListedCase]:
    """The cases whose tier waits for a signature, the one waiting longest first; nothing is opened for it."""
    cases = case_lines.read().cases if listed is None else listed
    waiting = [each for each in cases if each.brief.waiting is not None]
    return sorted(waiting, key=lambda each: (each.brief.waits_since or each.brief.opened_at, each.case))


def move_stage(case: Case, stage: Stage, *, by: Account) -> None:
    """Go on to the next stage. Raises ``Refused``."""
    _apply(case, "case.stage_moved", lambda found: rules.move_stage(found, stage, at=clock.now(), by=by.id.hex))


def set_review(case: Case, day: date, *, by: Account) -> None:
    """Set the next review. Raises ``Refused`` for a day in the past or a closed case."""
    if day < clock.today():
        raise Refused(_l("Please choose a day from today on."))

    def alter(found: CaseState) -> CaseState:
        rules.require_open(found)
        return found.with_line(Line(Happening.REVIEW, clock.now(), by.id.hex, day.isoformat()), next_review=day)

    _apply(case, "case.review_set", alter)


def close_case(case: Case, *, by: Account, why: str) -> None:
    """Close a case with a reason. Raises ``Refused``."""
    _apply(case, "case.closed", lambda found: rules.close(found, at=clock.now(), by=by.id.hex, why=why), open=False)


def reopen_case(case: Case, *, by: Account, why: str) -> None:
    """Open a closed case again. Raises ``Refused``, also where the person has another open case by now."""
    if records.open_case_of(case.subject_id):
        raise Refused(_l("This person is in care under another case."))
    now = clock.now()

    def alter(found: CaseState) -> CaseState:
        return rules.reopen(found, at=now, by=by.id.hex, why=why)

    try:
        with session().begin_nested():
            _apply(case, "case.reopened", alter, open=True)
    except IntegrityError:
        raise Refused(_l("This person is in care under another case.")) from None
    _set_dates(case)


def _apply(case: Case, action: str, alter: Callable[[CaseState], CaseState], **columns: object) -> None:
    records.change(case, alter, **columns)
    audit.record(action, case.subject_id, case=case.id.hex)


def _set_dates(case: Case) -> None:
    """A tier in force brings its own dates: the next review always, the first contact while there was none."""

    def alter(found: CaseState) -> CaseState:
        due = found.contact_due if found.last_contact else dates.contact_due(found.tier, found.opened_at)
        return replace(found, next_review=dates.next_review(found.tier, clock.now()), contact_due=due)

    records.change(case, alter)


def _require_signer(person: Account) -> None:
    if not allows(person.role, Permission.SIGN_TIER):
        raise NotFound
