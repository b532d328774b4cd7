"""Alerts: raising, acknowledging, documenting and closing them; every step is decided by a conditional update."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID  # noqa: TC003 - a field of a NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select, update

from app import audit, vault
from app.core import clock
from app.core.database import changed, insert_if_absent, session
from app.core.errors import Conflict, Malformed, NotFound, Refused
from app.core.ids import random_id
from app.core.permissions import Permission, allows
from app.notices.services import enqueue
from app.safety.models import Alert
from app.safety.services import access, duty
from app.safety.steps import Kind, Report, State, Step
from app.vault import rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.orm import InstrumentedAttribute

    from app.accounts.models import Account

ERASED = "K005"
ATTEMPTS = 5
DOCUMENTED = frozenset({Kind.CONTACT, Kind.ASSESSMENT, Kind.DECISION, Kind.PLAN})


class Raised(NamedTuple):
    """The open alert of a person, and whether people are to be told: not of an answer that is no worse than before."""

    alert_id: UUID
    told: bool


def raise_alert(
    subject_id: UUID, *, source: str, instrument: str, item: str, value: int | None = None, announce: bool = True
) -> Raised:
    """Raise an alert in the transaction of the act, or add the answer to the open alert of the same person.

    ``source`` names the event (``sitting:<id>:<item>``). ``announce=False`` where the act's own outbox row already
    says "alert". Raises ``Conflict`` where others keep changing the alert.
    """
    report = Report(source, instrument, item, clock.now(), value)
    for _attempt in range(ATTEMPTS):
        found = _open_alert_of(subject_id)
        raised = _join(found, report) if found else _begin(subject_id, report)
        if raised is not None:
            break
    else:
        raise Conflict(_l("Your answer could not be saved just now. Please try again."))
    if announce and raised.told:
        enqueue("alert.raised", alert=raised.alert_id.hex)
    return raised


def _begin(subject_id: UUID, report: Report) -> Raised | None:
    """A new alert; None where another request has just raised one."""
    alert_id = random_id()
    log = vault.seal_for(Alert.log, row=alert_id, owner=subject_id, value=State((report,)).to_json())
    access = rows.with_seal(Alert, {"id": alert_id, "subject_id": subject_id, "assignee": None, "open": True})
    if not insert_if_absent(Alert, **access, week=clock.iso_week(), version=1, origin=_origin(subject_id), log=log):
        return None
    audit.record("alert.raised", subject_id, alert=alert_id.hex)
    return Raised(alert_id, told=True)


def _join(found: Row[Any], report: Report) -> Raised | None:
    """One more answer in the open alert; None where it was changed or closed meanwhile.

    An alert that does not open must not cost the answer: it goes on with a new log.
    """
    before = _state_of(found)
    after = before.with_report(report)
    if after == before:
        return Raised(found.id, told=False)
    blob = vault.seal_for(Alert.log, row=found.id, owner=found.subject_id, value=after.to_json())
    unchanged = update(Alert).where(Alert.id == found.id, Alert.version == found.version, Alert.open)
    if not changed(unchanged.values(log=blob, version=found.version + 1)):
        return None
    audit.record("alert.reported", found.subject_id, alert=found.id.hex)
    return Raised(found.id, told=after.reports[-1].told)


def _state_of(found: Row[Any]) -> State:
    try:
        return State.from_json(vault.open_for(Alert.log, found.log, row=found.id, owner=found.subject_id))
    except vault.VaultError as error:
        vault.note_damage(error)
        audit.record("alert.log_lost", found.subject_id, alert=found.id.hex)
        return State.lost(clock.week_begins(found.week))


def _open_alert_of(subject_id: UUID) -> Row[Any] | None:
    columns = select(Alert.id, Alert.subject_id, Alert.week, Alert.version, Alert.log)
    return session().execute(columns.where(Alert.subject_id == subject_id, Alert.open).order_by(Alert.id)).first()


def _origin(subject_id: UUID) -> bytes:
    return vault.reference("audit", "alert", subject_id.bytes)


def open_alerts() -> Sequence[Alert]:
    """All open alerts but those of erased people, their keys at hand; ``state`` says of a damaged one that it is."""
    found = session().scalars(select(Alert).where(Alert.open)).all()
    vault.owner_keys.prefetch([alert.subject_id for alert in found])
    return [alert for alert in found if not _is_erased(alert)]


def has_open_alert(subject_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Whether this subject has an open alert: a condition for the query of a higher room."""
    return exists().where(Alert.subject_id == subject_id, Alert.open)


def subjects_in_alert() -> set[UUID]:
    """The subjects that have an open alert."""
    return set(session().scalars(select(Alert.subject_id).where(Alert.open)))


def alerts_of(subject_id: UUID) -> Sequence[Alert]:
    """All alerts of one subject, open ones first, then the newest week."""
    chosen = select(Alert).where(Alert.subject_id == subject_id)
    return session().scalars(chosen.order_by(Alert.open.desc(), Alert.week.desc())).all()


def fetch_alert(alert_id: UUID, person: Account) -> Alert:
    """An alert that this person may open: on duty, supervisor, who acknowledged it, whose case it is. ``NotFound``."""
    alert = session().get(Alert, alert_id)
    if alert is None or not access.may_open(person, alert):
        raise NotFound
    return alert


def subject_in(alert_id: UUID) -> UUID:
    """Whom an alert speaks about. Raises ``NotFound``."""
    alert = session().get(Alert, alert_id)
    if alert is None:
        raise NotFound
    return alert.subject_id


def fetch_open_alert(alert_id: UUID, person: Account) -> Alert:
    """An open alert, to be acknowledged by a clinician. Raises ``NotFound``."""
    alert = session().get(Alert, alert_id)
    if alert is None or not alert.open or not allows(person.role, Permission.SEE_ALERTS):
        raise NotFound
    return alert


def acknowledge(alert: Alert, *, by: Account) -> None:
    """Take an alert over. Raises ``Refused`` off duty (naming who is on duty) and ``Conflict`` where it is taken."""
    now = clock.now()
    if not access.answers_alerts(by, now):
        names = str(_l(", ")).join(account.name for account in duty.on_duty(now))
        raise Refused(_l("You are not on duty now. On duty: %(names)s", names=names or _l("nobody; call a supervisor")))
    if alert.state.has(Kind.ACKNOWLEDGED):
        raise Conflict(_l("Somebody else has already taken this alert."))
    append(alert, Step(Kind.ACKNOWLEDGED, now, by.id), assignee=by.id)
    audit.record("alert.acknowledged", alert.subject_id, alert=alert.id.hex)


def document(alert: Alert, step: Step) -> None:
    """Add a contact, an assessment, a decision or a plan. Raises ``Refused`` for a closed or unacknowledged alert."""
    _require_open(alert)
    if step.kind not in DOCUMENTED or not step.text.strip():
        raise Malformed
    if not alert.state.has(Kind.ACKNOWLEDGED):
        raise Refused(_l("Please take this alert first."))
    append(alert, step)
    audit.record("alert.documented", alert.subject_id, alert=alert.id.hex, step=step.kind.value)


def propose_closing(alert: Alert, *, by: Account) -> None:
    """Ask a supervisor to sign. Raises ``Refused`` while something is missing or a proposal waits already."""
    _require_open(alert)
    state = alert.state
    if state.missing or state.proposal:
        raise Refused(_l("Something is still missing before this alert can be closed."))
    append(alert, Step(Kind.PROPOSED, clock.now(), by.id))
    audit.record("alert.closing_proposed", alert.subject_id, alert=alert.id.hex)


def sign_closing(alert: Alert, *, by: Account) -> None:
    """Close an alert with a supervisor's signature. Raises ``Refused`` for one's own proposal."""
    _require_signable(alert, by)
    append(alert, Step(Kind.SIGNED, clock.now(), by.id), open=False)
    audit.record("alert.closed", alert.subject_id, alert=alert.id.hex)


def return_closing(alert: Alert, *, by: Account, reason: str) -> None:
    """Give a proposal back with a reason. Raises ``Refused`` for one's own, ``Malformed`` without a reason."""
    _require_signable(alert, by)
    if not reason.strip():
        raise Malformed
    append(alert, Step(Kind.RETURNED, clock.now(), by.id, text=reason))
    audit.record("alert.closing_returned", alert.subject_id, alert=alert.id.hex)


def note_escalation(alert: Alert, rung: str) -> bool:
    """Write down that a rung was told; False where another process was faster."""
    try:
        append(alert, Step(Kind.ESCALATED, clock.now(), choice=rung))
    except Conflict:
        return False
    return True


def _is_erased(alert: Alert) -> bool:
    try:
        vault.owner_keys.key_of(alert.subject_id)
    except vault.VaultError as error:
        return error.code == ERASED
    return False


def _require_open(alert: Alert) -> None:
    if not alert.open:
        raise Refused(_l("This alert is closed."))


def _require_signable(alert: Alert, by: Account) -> None:
    _require_open(alert)
    proposal = alert.state.proposal
    if proposal is None or not allows(by.role, Permission.SIGN_TIER):
        raise Refused(_l("Something is still missing before this alert can be closed."))
    if proposal.by == by.id:
        raise Refused(_l("Nobody signs their own proposal: please ask another supervisor."))


def tells_whom(alert: Alert, state: State) -> bool:
    """Whether it is certain whom an alert speaks about: by its log, which only her key opens, or by its seal."""
    return not state.is_lost or rows.holds(Alert, alert)


def _sealed_anew(alert: Alert, columns: dict[str, object]) -> dict[str, object]:
    """Also of a row that was changed past the program, whose assignee is none by now: nobody is left alone.

    Not where another person may have been put into it: such a row gives nothing, whoever takes it.
    """
    if not tells_whom(alert, alert.state):
        return columns
    present = {"id": alert.id, "subject_id": alert.subject_id, "assignee": alert.assignee, "open": alert.open}
    return rows.with_seal(Alert, present | columns)


def append(alert: Alert, step: Step, **columns: object) -> None:
    """Write one more step unless others did since the alert was read. Raises ``Conflict``.

    An answer of the person herself that came meanwhile is no reason to refuse: her words and this step both stay. Only
    closing is refused then, for nobody has read that answer.
    """
    read, present = alert.state, alert
    if read.is_lost and not read.steps:
        audit.record("alert.log_lost", alert.subject_id, alert=alert.id.hex)
    for _attempt in range(ATTEMPTS):
        state = present.state
        if state.steps != read.steps or (columns.get("open") is False and state.reports != read.reports):
            break
        value = replace(state, steps=(*state.steps, step)).to_json()
        blob = vault.seal_for(Alert.log, row=alert.id, owner=alert.subject_id, value=value)
        access = _sealed_anew(present, columns) if columns else {}
        unchanged = update(Alert).where(Alert.id == alert.id, Alert.version == present.version)
        written = changed(unchanged.values(log=blob, version=present.version + 1, **access))
        present = session().get_one(Alert, alert.id, populate_existing=True)
        if written:
            return
    raise Conflict(_l("Somebody else has changed this alert. Please open it again."))
