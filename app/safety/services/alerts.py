"""Alerts: raising, acknowledging, documenting and closing them; every step is decided by a conditional update."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from app import audit, vault
from app.core import clock
from app.core.database import changed, insert_if_absent, session
from app.core.errors import Conflict, Malformed, NotFound, Refused
from app.core.ids import random_id
from app.core.permissions import Permission, allows
from app.notices.services import enqueue
from app.safety.models import Alert
from app.safety.services import access, duty
from app.safety.steps import Kind, State, Step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from app.accounts.models import Account

log = logging.getLogger("xingfu.safety")

ERASED = "K005"
DOCUMENTED = frozenset({Kind.CONTACT, Kind.ASSESSMENT, Kind.DECISION, Kind.PLAN})


def raise_alert(subject_id: UUID, *, source: str, instrument: str, item: str, announce: bool = True) -> UUID:
    """Raise an alert in the transaction of the act; the same source of the same subject raises one at a time.

    ``source`` names the event (``sitting:<id>``). ``announce=False`` where the act's own outbox row already says
    "alert". One insert; the id is that of the open alert.
    """
    alert_id, origin, week = random_id(), _origin(subject_id, source), clock.iso_week()
    log = State(source, instrument, item, clock.now()).to_json()
    is_new = insert_if_absent(
        Alert,
        id=alert_id,
        subject_id=subject_id,
        week=week,
        open=True,
        version=1,
        origin=origin,
        log=vault.seal_for(Alert.log, row=alert_id, owner=subject_id, value=log),
    )
    if not is_new:
        return session().execute(select(Alert.id).where(Alert.origin == origin, Alert.open)).scalar_one()
    audit.record("alert.raised", subject_id, alert=alert_id.hex)
    if announce:
        enqueue("alert.raised", alert=alert_id.hex)
    return alert_id


def open_alerts() -> Sequence[Alert]:
    """All open alerts, their keys at hand. One that cannot be read must not hide the others: it is logged."""
    found = session().scalars(select(Alert).where(Alert.open)).all()
    vault.owner_keys.prefetch([alert.subject_id for alert in found])
    return [alert for alert in found if _is_readable(alert)]


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
    _append(alert, Step(Kind.ACKNOWLEDGED, now, by.id), assignee=by.id)
    audit.record("alert.acknowledged", alert.subject_id, alert=alert.id.hex)


def document(alert: Alert, step: Step) -> None:
    """Add a contact, an assessment, a decision or a plan. Raises ``Refused`` for a closed or unacknowledged alert."""
    _require_open(alert)
    if step.kind not in DOCUMENTED or not step.text.strip():
        raise Malformed
    if not alert.state.has(Kind.ACKNOWLEDGED):
        raise Refused(_l("Please take this alert first."))
    _append(alert, step)
    audit.record("alert.documented", alert.subject_id, alert=alert.id.hex, step=step.kind.value)


def propose_closing(alert: Alert, *, by: Account) -> None:
    """Ask a supervisor to sign. Raises ``Refused`` while something is missing or a proposal waits already."""
    _require_open(alert)
    state = alert.state
    if state.missing or state.proposal:
        raise Refused(_l("Something is still missing before this alert can be closed."))
    _append(alert, Step(Kind.PROPOSED, clock.now(), by.id))
    audit.record("alert.closing_proposed", alert.subject_id, alert=alert.id.hex)


def sign_closing(alert: Alert, *, by: Account) -> None:
    """Close an alert with a supervisor's signature. Raises ``Refused`` for one's own proposal."""
    _require_signable(alert, by)
    _append(alert, Step(Kind.SIGNED, clock.now(), by.id), open=False)
    audit.record("alert.closed", alert.subject_id, alert=alert.id.hex)


def return_closing(alert: Alert, *, by: Account, reason: str) -> None:
    """Give a proposal back with a reason. Raises ``Refused`` for one's own, ``Malformed`` without a reason."""
    _require_signable(alert, by)
    if not reason.strip():
        raise Malformed
    _append(alert, Step(Kind.RETURNED, clock.now(), by.id, text=reason))
    audit.record("alert.closing_returned", alert.subject_id, alert=alert.id.hex)


def note_escalation(alert: Alert, rung: str) -> bool:
    """Write down that a rung was told; False where another process was faster."""
    try:
        _append(alert, Step(Kind.ESCALATED, clock.now(), choice=rung))
    except Conflict:
        return False
    return True


def _is_readable(alert: Alert) -> bool:
    try:
        return alert.log is not None
    except vault.VaultError as error:
        if error.code != ERASED:
            log.exception("an open alert cannot be read: %s", error.code)
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


def _append(alert: Alert, step: Step, **columns: object) -> None:
    """Write one more step unless the alert changed since it was read. Raises ``Conflict``."""
    state = replace(alert.state, steps=(*alert.state.steps, step))
    blob = vault.seal_for(Alert.log, row=alert.id, owner=alert.subject_id, value=state.to_json())
    unchanged = update(Alert).where(Alert.id == alert.id, Alert.version == alert.version)
    if not changed(unchanged.values(log=blob, version=alert.version + 1, **columns)):
        raise Conflict(_l("Somebody else has changed this alert. Please open it again."))
    session().refresh(alert)


def _origin(subject_id: UUID, source: str) -> bytes:
    return vault.reference("audit", "alert", subject_id.bytes, source)
