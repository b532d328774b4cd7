"""Keeping what was typed, and giving it back to whoever typed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID  # noqa: TC003 - a field of a dataclass

from sqlalchemy import delete, select, update

from app import vault
from app.core import clock
from app.core.database import changed, insert_if_absent, session
from app.unsent import origin as origins
from app.unsent.models import UnsentText

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ColumnElement

    from app.unsent.origin import Origin

POST_KEPT, DRAFT_KEPT = timedelta(minutes=30), timedelta(days=7)
LONGEST = 100_000
"""Characters in all fields of a form together; no form of ours takes as much."""

MOST = 200
"""Texts kept of one person; more come from a machine, and the ones that end first go."""

Values = dict[str, list[str]]
_owners: dict[str, Callable[[UUID], UUID]] = {}


@dataclass(frozen=True)
class Kept:
    """What was typed into a form, when, and until when it is given back."""

    origin: Origin
    values: Values
    at: datetime
    until: datetime
    is_post: bool


def name_owner(record: str, lookup: Callable[[UUID], UUID]) -> None:
    """Let a text about a record (``case_id``) be sealed under the key of the subject that ``lookup`` names."""
    _owners[record] = lookup


def owner_of(records: Mapping[str, Any]) -> UUID | None:
    """The subject whom a form speaks about, None where it speaks about nobody."""
    return next((_owners[name](value) for name, value in records.items() if name in _owners), None)


def keep(origin: Origin, values: Values, *, is_post: bool) -> datetime | None:
    """Keep what was typed, in place of what this form held before; returns until when, None where it is too long.

    A draft is kept for a week, a post that was refused for half an hour, or as long as its draft.
    """
    account, owner = origin.account, origin.owner
    if account is None or owner is None or sum(len(text) for texts in values.values() for text in texts) > LONGEST:
        return None
    now = clock.now()
    until = max(now + (POST_KEPT if is_post else DRAFT_KEPT), _end_of_draft(origin))
    value = {"values": values, "at": now.isoformat(), "until": until.isoformat(), "post": is_post}
    row = {
        "text": vault.seal_for(UnsentText.text, row=origin.id, owner=owner, value=value),
        "ends_at": _full_hour_after(until),
    }
    tied = {"account_digest": _digest(account), "place_digest": origin.place, "origin": origin.sealed()}
    if insert_if_absent(UnsentText, id=origin.id, **tied, **row):
        _drop_surplus(account)
    else:
        session().execute(update(UnsentText).where(UnsentText.id == origin.id, _is_of(account)).values(**row))
    if origin.source:
        _discard(account, [origin.source])
    return until


def offered(account_id: UUID) -> list[Kept]:
    """The posts of a person that were refused, the newest first; drafts wait in their forms."""
    rows = session().scalars(select(UnsentText).where(_is_of(account_id))).all()
    return [kept for kept in _readable(rows, account_id) if kept.is_post]


def at_places(places: Sequence[bytes], account_id: UUID) -> dict[bytes, Kept]:
    """The newest text of each of these places, in one statement."""
    rows = session().scalars(select(UnsentText).where(UnsentText.place_digest.in_(places))).all()
    return {kept.origin.place: kept for kept in reversed(_readable(rows, account_id))}


def forget(origin: Origin, account_id: UUID) -> None:
    """The form was stored: nothing of it is kept any longer."""
    if origin.account == account_id:
        _discard(account_id, [origin.id, origin.source] if origin.source else [origin.id])


def discard(text_id: UUID, account_id: UUID) -> bool:
    """Throw away what a person typed, because she says so; says whether it was there and hers."""
    return bool(_discard(account_id, [text_id]))


def _discard(account_id: UUID, texts: Sequence[UUID]) -> int:
    return changed(delete(UnsentText).where(UnsentText.id.in_(texts), _is_of(account_id)))


def _readable(rows: Sequence[UnsentText], account_id: UUID) -> list[Kept]:
    """What is not over, opens, and is hers; a damaged or erased text hides no other."""
    found, now = [], clock.now()
    for row in rows:
        try:
            kept = _read(row)
        except vault.VaultError as error:
            vault.note_damage(error)
            continue
        if kept.until > now and kept.origin.account == account_id:
            found.append(kept)
    return sorted(found, key=lambda kept: kept.at, reverse=True)


def _read(row: UnsentText) -> Kept:
    value = row.text
    at, until = (datetime.fromisoformat(value[name]) for name in ("at", "until"))
    return Kept(origins.of(row.id, row.origin), value["values"], at, until, is_post=value["post"])


def _drop_surplus(account_id: UUID) -> None:
    ordered = select(UnsentText.id).where(_is_of(account_id)).order_by(UnsentText.ends_at.desc())
    if surplus := session().scalars(ordered.offset(MOST)).all():
        _discard(account_id, surplus)


def _end_of_draft(origin: Origin) -> datetime:
    """Until when the draft of a form is kept that is now sent; long ago where there is none."""
    row = session().get(UnsentText, origin.id)
    found = _readable([row], origin.account) if row and origin.account else []
    return found[0].until if found else clock.now()


def _digest(account_id: UUID) -> bytes:
    return vault.reference("session", "unsent account", account_id.bytes)


def _is_of(account_id: UUID) -> ColumnElement[bool]:
    return UnsentText.account_digest == _digest(account_id)


def _full_hour_after(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
