"""Contacts and notes: written once however often a form is sent, changed only by whoever saw the newest version."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from app import audit, vault
from app.care import state as rules
from app.care.models import Case, CaseEntry
from app.care.services import records
from app.core import clock
from app.core.database import changed, insert_if_absent, session
from app.core.errors import Conflict, Malformed, NotFound, Refused
from app.core.ids import random_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from app.accounts.models import Account

LONGEST = 4_000


class Channel(enum.StrEnum):
    """The way of a contact."""

    PHONE = "phone"
    VISIT = "visit"
    SESSION = "session"
    MESSAGE = "message"


class Outcome(enum.StrEnum):
    """What came of a contact."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    DECLINED = "declined"


CHANNEL_NAMES = {
    Channel.PHONE: _l("Phone call"),
    Channel.VISIT: _l("Visit"),
    Channel.SESSION: _l("Session"),
    Channel.MESSAGE: _l("Message"),
}
OUTCOME_NAMES = {
    Outcome.REACHED: _l("Reached"),
    Outcome.NOT_REACHED: _l("Not reached"),
    Outcome.DECLINED: _l("Reached; does not want a talk now"),
}
NOTE = "note"


@dataclass(frozen=True, slots=True)
class Written:
    """An entry, opened: a note where ``channel`` is None. ``earlier`` holds the texts it had before, oldest first."""

    id: UUID
    author: UUID
    version: int
    at: datetime
    text: str
    channel: Channel | None
    outcome: Outcome | None
    earlier: tuple[str, ...]
    is_damaged: bool = False


class EditedMeanwhile(Conflict):
    """Somebody else changed the note first; ``newest`` is what it says now."""

    def __init__(self, newest: Written) -> None:
        super().__init__(_l("A colleague has changed this note meanwhile. Both texts are below."))
        self.newest = newest


class SentBefore(Conflict):
    """The form was stored before with something else in it."""

    def __init__(self) -> None:
        super().__init__(
            _l("Another text was stored with this form; you find it in the case. Save again to store this one too.")
        )


def entries_of(case_id: UUID) -> list[Written]:
    """All contacts and notes of a case, oldest first."""
    rows = session().scalars(select(CaseEntry).where(CaseEntry.case_id == case_id))
    return sorted((opened(row) for row in rows), key=lambda entry: entry.at)


def record_contact(case: Case, contact: Mapping[str, Any], *, by: Account, once: str) -> bool:
    """Store a contact (``channel``, ``outcome``, ``at``, ``text``); False where this form was stored before.

    Raises ``Refused`` for a closed case, ``Malformed`` for a contact in the future and ``SentBefore``.
    """
    if contact["at"] > clock.now():
        raise Malformed(_l("A contact cannot lie in the future."))
    rules.require_open(records.state_of(case))
    body = {**contact, "at": contact["at"].isoformat(timespec="seconds"), "kind": "contact"}
    if not _store(case, body, by=by, once=once):
        return False
    reached = contact["outcome"] != Outcome.NOT_REACHED
    records.change(case, lambda state: rules.note_contact(state, at=contact["at"], by=by.id.hex, reached=reached))
    audit.record("case.contact_recorded", case.subject_id, case=case.id.hex)
    return True


def write_note(case: Case, text: str, *, by: Account, once: str) -> bool:
    """Store a note; False where it was stored before. Raises ``Malformed`` for an empty one, ``SentBefore``."""
    body = {"kind": NOTE, "at": clock.now().isoformat(timespec="seconds"), "text": _checked(text)}
    if not _store(case, body, by=by, once=once):
        return False
    audit.record("case.note_written", case.subject_id, case=case.id.hex)
    return True


def fetch_note(case: Case, entry_id: UUID, person: Account) -> CaseEntry:
    """One's own note in this case, to change it. Raises ``NotFound``; a contact stays as it was written."""
    row = session().get(CaseEntry, entry_id)
    if row is None or row.case_id != case.id or row.body["kind"] != NOTE:
        raise NotFound
    if row.author != person.id and case.assignee != person.id:
        raise NotFound
    return row


def read_note(note: CaseEntry) -> Written:
    """A note to be changed: recorded as a reading of the case."""
    audit.record("case.read", note.subject_id, case=note.case_id.hex, entry=note.id.hex)
    return opened(note)


def change_note(note: CaseEntry, text: str, *, seen: int, by: Account) -> None:
    """Store a new text over version ``seen``; the old text is kept. Raises ``EditedMeanwhile`` and ``Malformed``."""
    body = note.body
    now = clock.now().isoformat(timespec="seconds")
    past = [*body.get("earlier", []), [body.get("changed", body["at"]), body["text"]]]
    value = {**body, "text": _checked(text), "earlier": past, "changed": now, "changed_by": by.id.hex}
    blob = vault.seal_for(CaseEntry.body, row=note.id, owner=note.subject_id, value=value)
    unchanged = update(CaseEntry).where(CaseEntry.id == note.id, CaseEntry.version == seen)
    written = changed(unchanged.values(body=blob, version=seen + 1))
    session().refresh(note)
    if not written:
        raise EditedMeanwhile(opened(note))
    audit.record("case.note_written", note.subject_id, case=note.case_id.hex, entry=note.id.hex)


def opened(row: CaseEntry) -> Written:
    """An entry as people read it; a damaged one says so, and hides no other."""
    try:
        body = row.body
    except vault.VaultError as error:
        vault.note_damage(error)
        since = clock.week_begins(row.week)
        return Written(row.id, row.author, row.version, since, "", None, None, (), is_damaged=True)
    is_note = body["kind"] == NOTE
    return Written(
        row.id,
        row.author,
        row.version,
        datetime.fromisoformat(body["at"]),
        body["text"],
        None if is_note else Channel(body["channel"]),
        None if is_note else Outcome(body["outcome"]),
        tuple(text for _at, text in body.get("earlier", [])),
    )


def _store(case: Case, body: Mapping[str, Any], *, by: Account, once: str) -> bool:
    if len(once) < 16:
        raise Malformed
    entry_id, week = random_id(), clock.iso_week()
    blob = vault.seal_for(CaseEntry.body, row=entry_id, owner=case.subject_id, value=dict(body))
    digest = vault.reference("audit", "entry", by.id.bytes, case.id.bytes, once)
    values: dict[str, Any] = {"case_id": case.id, "subject_id": case.subject_id, "author": by.id, "week": week}
    if insert_if_absent(CaseEntry, id=entry_id, version=1, once=digest, body=blob, **values):
        return True
    stored = session().scalars(select(CaseEntry).where(CaseEntry.once == digest)).one().body
    if any(_first(stored, name) != value for name, value in body.items() if name != "at" or body["kind"] != NOTE):
        raise SentBefore
    return False


def _first(body: Mapping[str, Any], name: str) -> object:
    """What an entry said when it was written: a note may have been changed since."""
    earlier = body.get("earlier")
    return earlier[0][1] if name == "text" and earlier else body.get(name)


def _checked(text: str) -> str:
    if not text.strip():
        raise Malformed(_l("Please write something first."))
    if len(text) > LONGEST:
        raise Refused(_l("A note has at most %(most)s characters.", most=LONGEST))
    return text.strip()
