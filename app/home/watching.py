"""The scan that looks for what was done past the program to rows and keys, before anybody happens to ask for them.

Each minute it looks through every sealed table and at the key of every person: a table of ``PART`` rows as a whole, a
larger one part by part, so its cost does not grow. It reads first and writes afterwards.
"""

from __future__ import annotations

import logging
import random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from app.accounts.models import Account
from app.audit import reference, refusals
from app.care import services as care
from app.care.models import Case
from app.core.database import session, transaction
from app.safety import services as safety
from app.safety.models import Alert
from app.subjects.models import Subject
from app.vault import VaultError, owner_keys, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Row

log = logging.getLogger("xingfu.watch")

PART = 2_000
MENDERS = {Alert: safety.mend, Case: care.mend}
"""What may be brought back to what is sealed, because leaving it would hide somebody who needs help."""

_places: dict[str, UUID] = {}
"""Where the last part of each table ended, in this process; the first one begins at a random place."""


def watch() -> int:
    """Look through the next part of rows and keys; returns how many are not as the program left them."""
    return sum(_watch_rows(model) for model in rows.sealed_models()) + sum(map(_watch_keys, (Account, Subject)))


def find_all() -> Iterator[str]:
    """What ``flask audit verify`` says of every row and key, by the reference under which the log names them."""
    for model in rows.sealed_models():
        for part in _parts(model, *rows.columns_of(model)):
            forged = [row.id for row in part if not rows.holds(model, row)]
            yield from (f"FORGED {_named(model, row_id)}: changed past the program" for row_id in forged)
    for model in (Account, Subject):
        for part in _parts(model, model.id):
            lost = owner_keys.lacking(row.id for row in part)
            yield from (f"LOST {_named(model, owner)}: the key is gone, and was not destroyed here" for owner in lost)


def _named(model: Any, row_id: UUID) -> str:
    return f"{model.__tablename__} {reference(row_id).hex()[:8]}"


def _watch_rows(model: Any) -> int:
    with transaction(writes=False):
        part = _next_part(model.__tablename__, model, *rows.columns_of(model))
        forged = [row.id for row in part if not rows.holds(model, row)]
    for row_id in forged:
        _mend(model, row_id)
    return len(forged)


def _mend(model: Any, row_id: UUID) -> None:
    if model in MENDERS:
        try:
            MENDERS[model](row_id)
        except VaultError as error:
            log.error("a %s that was changed could not be put back: %s", model.__tablename__, error.code)


def _watch_keys(model: Any) -> int:
    with transaction(writes=False):
        lost = owner_keys.lacking(row.id for row in _next_part(f"keys of {model.__tablename__}", model, model.id))
        for owner in lost:
            refusals.name_lost_key(owner)
    return len(lost)


def _parts(model: Any, *columns: Any) -> Iterator[Sequence[Row[Any]]]:
    last = UUID(int=0)
    while part := session().execute(select(*columns).where(model.id > last).order_by(model.id).limit(PART)).all():
        yield part
        last = part[-1].id


def _next_part(place: str, model: Any, *columns: Any) -> Sequence[Row[Any]]:
    """The rows after the last part's end, and on from the beginning; so a small table is always whole."""
    last = _places.get(place) or UUID(int=random.getrandbits(128))
    ordered = select(*columns).order_by(model.id)
    found = list(session().execute(ordered.where(model.id > last).limit(PART)))
    if len(found) < PART:
        found += session().execute(ordered.where(model.id <= last).limit(PART - len(found)))
    if found:
        _places[place] = found[-1].id
    return found
