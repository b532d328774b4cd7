"""Allowances: a try is counted, by a conditional update, before it is judged."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select, update

from app import vault
from app.accounts.models import Allowance
from app.core import clock
from app.core.database import changed, insert_if_absent, session
from app.core.errors import TooMany


def take(purpose: str, who: bytes, *, limit: int, window: timedelta) -> None:
    """Use up one of ``limit`` tries that ``who`` has in a window. Raises ``TooMany``, which says when to come back.

    The count is part of the transaction: whoever judges the try next calls ``store_so_far`` first.
    """
    key, now = _key(purpose, who), clock.now()
    session().execute(delete(Allowance).where(Allowance.key == key, Allowance.ends_at <= now))
    one_more = update(Allowance).where(Allowance.key == key, Allowance.used < limit).values(used=Allowance.used + 1)
    if changed(one_more) or insert_if_absent(Allowance, key=key, used=1, ends_at=now + window) or changed(one_more):
        return
    raise _too_many(key)


def use_once(purpose: str, who: bytes, *, window: timedelta) -> bool:
    """Whether this is the first time in ``window`` that ``who`` does this: for a code that is accepted once."""
    key, now = _key(purpose, who), clock.now()
    session().execute(delete(Allowance).where(Allowance.key == key, Allowance.ends_at <= now))
    return insert_if_absent(Allowance, key=key, used=1, ends_at=now + window)


def used(purpose: str, who: bytes) -> int:
    """How many tries of the present window are used up."""
    return session().scalar(select(Allowance.used).where(Allowance.key == _key(purpose, who))) or 0


def give_one_back(purpose: str, who: bytes) -> None:
    """Take one try off the count."""
    one_less = update(Allowance).where(Allowance.key == _key(purpose, who), Allowance.used > 0)
    changed(one_less.values(used=Allowance.used - 1))


def give_back(purpose: str, who: bytes) -> None:
    """Forget the tries of somebody who then proved to be the right person."""
    session().execute(delete(Allowance).where(Allowance.key == _key(purpose, who)))


def _key(purpose: str, who: bytes) -> bytes:
    return vault.reference("codes", "allowance", purpose, who)


def _too_many(key: bytes) -> TooMany:
    ends_at = session().scalar(select(Allowance.ends_at).where(Allowance.key == key)) or clock.now()
    back = clock.local(ends_at + timedelta(minutes=1))
    if back.date() > clock.today():
        return TooMany(_("That was tried very often. Please try again tomorrow from %(time)s.", time=f"{back:%H:%M}"))
    return TooMany(_("That was tried very often. Please try again at %(time)s.", time=f"{back:%H:%M}"))
